package resident

import (
	"maps"

	"clearwell/internal/access"
	"clearwell/internal/billing"
	"clearwell/internal/clock"
	"clearwell/internal/control"
	"clearwell/internal/limit"
	"clearwell/internal/notice"
	"clearwell/internal/payment"
	"clearwell/internal/web"
)

// Config is what the door asks.
type Config struct {
	Bills     *billing.Service
	Payments  *payment.Service
	Mail      Mail
	Holds     *control.Service // nil: nothing is held
	Gate      *limit.Gate
	Tries     *limit.Tries
	Clock     clock.Clock
	Companies map[string]Company // by the adapter's name
	Alarms    web.Alarms         // nil for none
	Openness  Openness
	Notices   *notice.Service // nil where no town has published any
	Logins    *access.Service // nil where no mail leaves, and so nobody has a login
}

// Company is a processor as residents meet it.
type Company struct {
	Name  string   // as they know it
	Pages []string // origins of its own page; none if it has no such page
}

// Door is the residents' door.
type Door struct{ Config }

// New makes the door.
func New(cfg Config) *Door { return &Door{cfg} }

// Routes is every address of the door. What stands in braces cannot be guessed.
// A bill and a quote are shown to the visit that made them; a payment to whoever
// has its address, which is the receipt.
func (d *Door) Routes() web.Routes {
	routes := d.logins()
	maps.Copy(routes, web.Routes{
		"GET /{$}":                 d.showFind,
		"POST /{$}":                d.find,
		"GET /bill/{visit}":        d.showBill,
		"POST /bill/{visit}":       d.chooseAmount,
		"GET /pay/{quote}":         d.showPay,
		"POST /pay/{quote}":        d.giveCard,
		"GET /review/{quote}":      d.showReview,
		"POST /review/{quote}":     d.confirm,
		"GET /duplicate/{quote}":   d.showDuplicate,
		"POST /duplicate/{quote}":  d.confirm,
		"GET /back/{quote}":        d.comeBack,
		"GET /pay/done/{payment}":  d.showDone,
		"GET /go-on/{payment}":     d.goOn,
		"POST /pay/done/{payment}": d.resend,

		"GET " + web.AssuranceAddress: d.showAssurance,
		"GET " + componentsAddress:    d.giveComponents,
		"GET " + checkpointAddress:    d.giveCheckpoint,
		"GET /notice":                 d.showNotice,
		"GET /affected":               d.showAsk,
		"POST /affected":              d.ask,
		"GET /affected/{visit}":       d.showAffected,
	})
	return d.pausing(routes)
}

func billAddress(r *web.Request, visit string) string { return r.Address("/bill/" + visit) }

func payAddress(r *web.Request, quote payment.QuoteID) string {
	return r.Address("/pay/" + quote.String())
}

func reviewAddress(r *web.Request, quote payment.QuoteID) string {
	return r.Address("/review/" + quote.String())
}

func duplicateAddress(r *web.Request, quote payment.QuoteID) string {
	return r.Address("/duplicate/" + quote.String())
}

func doneAddress(r *web.Request, p payment.ID) string { return r.Address("/pay/done/" + p.String()) }

func goOnAddress(r *web.Request, p payment.ID) string { return r.Address("/go-on/" + p.String()) }
func start(r *web.Request) string                     { return r.Address("/") }
