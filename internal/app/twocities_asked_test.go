package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/inbox"
	"clearwell/internal/limit"
	"clearwell/internal/payment"
	"clearwell/internal/secret"
)

// answerable lists the questions that have an answer in the city asked, because
// they name nothing that is the other's alone. All others are refused.
func answerable() []string {
	return []string{
		"payment.Service.Owed", "payment.Service.ApprovedOn", "payment.Service.Disputes", "payment.Service.Unposted", "cis.Service.Batches", "cis.Service.Refused", "cis.Service.NotSent", "cis.Service.Sent", "payment.Service.DisputesOn", "payment.Service.SettleOn", "payment.Service.Surpluses", "ledger.Service.BookedOn", "ledger.Service.Caused", "payment.Service.Quote",
		"billing.Service.Returns", "billing.Service.NoteReturns", "billing.Service.Find", "billing.Service.Bills", "billing.Service.Readings", "billing.Service.Holders", "notice.Service.Current", "notice.Service.Affected", "notice.Service.Withdraw",
		"cis.Service.Import", "cis.Service.Export", "cis.Service.Rewrite", "cis.Service.Overdue",
		"audit.Log.Verify", "audit.Log.Newest", "audit.Log.SliceFrom", "audit.Log.Export", "audit.Log.History",
		"exposure.Service.Each", "exposure.Service.Tallies", "incident.Desk.Open", "incident.Desk.List", "incident.Desk.People", "incident.Desk.Preview", "incident.Desk.Facts", "incident.Desk.Deeds", "incident.Desk.Closings", "incident.Desk.Warn", "incident.Desk.Warnings", "incident.Desk.Alarm",
		"incident.Desk.Answer", "sighting.Service.Hear", "sighting.Service.List",
		"exposure.Service.Between", "exposure.Service.Shown", "ledger.Service.TrialBalance", "inbox.Service.Keep", "inbox.Service.Stuck", "inbox.Service.Settle",
		"approval.Service.List", "billing.Service.Each", "control.Service.Between", "control.Service.Standing", "retain.Service.Holds", "incident.Desk.Hold", "control.Service.Holds", "control.Service.Throw", "city.Directory.ByID", "city.Registry.Versions", "city.Registry.Kept", "city.Registry.Waiting",
		"limit.Tries.Begin", "limit.Tries.BeginAll", "secret.Sealer.Seal", "till.Service.Open", "till.Service.Standing", "till.Service.Drops", "till.Service.Receipts", "till.Service.Totals", "till.Service.Sessions",
		"instrument.Service.OfOwner", "clearing.Service.Accept", "clearing.Service.Files", "clearing.Service.Rates", "clearing.Service.Answers", "clearing.Service.Make", "clearing.Service.Deliver", "clearing.Service.Run", "clearing.Service.Tend", "instrument.Service.Save", "instrument.Service.Open",
		"access.Service.Apply", "access.Service.AskCode", "access.Service.Enter", // of whoever asks: they say the same of all addresses
	}
}

// Every exported method that takes a city is asked in one city with what is the
// other's. No answer tells anything of the other, nothing of the other changes,
// and what only the other has is refused as what nobody has.
func TestTwoCitiesShareNoAnswer(t *testing.T) {
	known := questions()
	there := citizens(t)
	for name := range there {
		if (known[name] == nil) == (elsewhere()[name] == "") {
			t.Errorf("%s takes a city: ask it across two, or say why not", name)
		}
	}
	for _, name := range append(sortedKeys(known), sortedKeys(elsewhere())...) {
		if !there[name] {
			t.Errorf("%s is asked, and is not there", name)
		}
	}
	each(t, func(c *cities) {
		_, err := c.audit.Seal(c.Context())
		c.must(err)
		c.prepare(c.east)
		c.prepare(c.west)
		c.took(c.east)
		c.took(c.west)
		canaries := map[*place][]string{c.east: c.canaries(c.east, c.west), c.west: c.canaries(c.west, c.east)}
		c.both(func(here, other *place) {
			for _, name := range sortedKeys(known) {
				c.askAcross(name, known[name], here, other, canaries[other])
			}
		})
	})
}

func (c *cities) askAcross(name string, ask func(asking) (any, error), here, other *place, canaries []string) {
	c.Helper()
	what := name + " in " + string(here.slug)
	var answer any
	var err error
	c.untouched(what, other, func() { answer, err = ask(asking{c, c.Context(), here, other}) })
	if err != nil { // it may name what it was asked for, and nothing else
		canaries = slices.DeleteFunc(slices.Clone(canaries), identifies)
	}
	c.silent(what, told(answer)+fmt.Sprint(err), canaries, "of the log of "+string(other.slug))
	if (err == nil) != slices.Contains(answerable(), name) {
		c.Errorf("%s: error %v", what, err)
	}
}

var identifier = regexp.MustCompile(`^[a-z]+_[0-9a-z]{26}$`)

func identifies(text string) bool { return identifier.MatchString(text) }

// told writes an answer out, with what it points to.
func told(answer any) string {
	text, err := json.Marshal(answer)
	if err != nil {
		text = []byte(err.Error())
	}
	return fmt.Sprintf("%s %+v", text, answer)
}

// paidOn is the business date of a city's first payment.
func (c *cities) paidOn(p *place) calendar.Date {
	c.Helper()
	made, err := c.payments.Payment(c.Context(), p.slug, payment.OfQuote(p.steps["paid"]))
	c.must(err)
	return made.BusinessOn
}

// confirmed is the confirmation number of a payment.
func (c *cities) confirmed(p *place, step string) string {
	c.Helper()
	made, err := c.payments.Payment(c.Context(), p.slug, payment.OfQuote(p.steps[step]))
	c.must(err)
	return made.Confirmation
}

func (c *cities) exportOf(p *place, on calendar.Date) cis.ExportRequest {
	c.Helper()
	town, err := c.towns.ByID(p.slug)
	c.must(err)
	declared, err := layouts.Find(town.Posting.Layout)
	c.must(err)
	return cis.ExportRequest{
		City: p.slug, On: on, Ends: c.clk.Now(), Layout: declared, Zone: town.Zone, AcknowledgeWithin: town.Posting.AcknowledgeWithin, Actor: "operator:ana",
	}
}

func (c *cities) newest(p *place) string {
	c.Helper()
	signed, err := c.audit.Newest(c.Context(), p.slug)
	c.must(err)
	return signed
}

func (c *cities) sealer() *secret.Sealer {
	c.Helper()
	sealer, err := secret.ReadSealer(filepath.Join(c.Keys, keyOfSecrets))
	c.must(err)
	return sealer
}

// prepare leaves what only some questions ask for: a message that waits, one that
// is stuck, a posting file, and a try that has failed.
func (c *cities) prepare(p *place) {
	c.Helper()
	c.worst(p)
	c.wishing(p)
	c.posted(p)
	c.reported(p)
	c.atCounter(p)
	p.diverted, _ = c.diverting(p)
	p.stuck, p.waiting = c.kept(p, "stuck"), c.kept(p, "waiting")
	for range inbox.MaxAttempts {
		c.must(inbox.New(c.db).Settle(c.Context(), p.stuck, errors.New("a reason")))
		p.stuck.Attempts++
	}
	_, err := c.exchange.Export(c.Context(), c.exportOf(p, c.paidOn(p)), io.Discard)
	c.must(err)
	try, err := c.tries.Begin(c.Context(), p.slug, once(p), "004217001")
	c.must(err)
	c.must(try.Failed(c.Context()))
	try.End()
	if _, err := c.tries.Begin(c.Context(), p.slug, once(p), "004217001"); !errors.Is(err, limit.ErrTooManyTries) {
		c.Errorf("a failed try is not counted: %v", err)
	}
}

// once allows one try. Each direction has a rule of its own.
func once(p *place) limit.Rule {
	return limit.Rule{Name: "one try of " + string(p.slug), Most: 1, Window: limit.Span(time.Hour)}
}

// kept is a message of a city that nobody has acted on.
func (c *cities) kept(p *place, name string) inbox.Kept {
	c.Helper()
	box := inbox.New(c.db)
	_, _, err := box.Keep(c.Context(), p.slug, inbox.Message{Source: "a test", ExternalID: name + " in " + string(p.slug)})
	c.must(err)
	waiting, err := box.Pending(c.Context(), "a test", 100)
	c.must(err)
	for _, kept := range waiting {
		if kept.City == p.slug && strings.HasPrefix(kept.ExternalID, name) {
			return kept
		}
	}
	c.Fatalf("no message of %s waits", p.slug)
	return inbox.Kept{}
}
