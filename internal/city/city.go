package city

import (
	"cmp"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/city/colour"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/policy"
)

// File is a town, as its city file describes it.
type File struct {
	City      id.City
	Name      Words
	State     string // two letters; decides which laws the rules are checked against
	Zone      *time.Location
	Hosts     []string // host names of the resident pages, without a port
	Path      string   // first segment of the address where towns share a host
	Languages []locale.Lang
	Brand     Brand
	Contact   Contact
	Services  []Service
	Guest     Guest
	Numbers   NumberFormat

	DuplicateWindow time.Duration // a second payment on one utility account within it is asked about
	QuoteLifetime   time.Duration // how long a shown fee and balance may be paid
	DeclinedCards   int           // so many on one utility account in a business day, and it takes no more
	DeclinedTries   int           // so many at once from one network; then one a minute
	Posting         Posting
	Processor       Processor
	Bank            *Bank // that takes the town's e-checks; nil for none
	Capture         Capture
	Banners         []Banner
	Rules           policy.Rulebook

	// Warnings are what may stand but somebody should know: a colour that was
	// darkened, a fee that a card network forbids.
	Warnings []Problem
	// Forbidden are the fees that a card network or a state forbids. In a file
	// that is in force they stay; a new one with them is refused.
	Forbidden []Problem

	settings []setting
	places   map[string]place
}

// Words is a text in each of the town's languages.
type Words map[locale.Lang]string

// In is the text in a language, in English where that one is missing.
func (w Words) In(lang locale.Lang) string {
	if text, ok := w[lang]; ok {
		return text
	}
	return w[locale.English]
}

// Service is something the town bills for.
type Service struct {
	ID         policy.Service
	Name       Words
	Department string // whose payments these are, in reports and incidents
	MCC        policy.MCC
}

// Brand is how the town looks. The colours are legible: see [colour.Colour].
type Brand struct {
	Primary   colour.Colour // behind the town's name
	OnPrimary colour.Colour // text on Primary
	Link      colour.Colour // links and buttons, on white
	Logo      string        // SVG that holds nothing but shapes; empty for none
}

// Contact is where residents find people.
type Contact struct {
	Phone   string
	Email   string
	Web     string
	Hours   Words
	Address []string // lines
	// Security is where weaknesses are reported, an e-mail address or one that
	// begins with https://; empty for Email.
	Security string
	// Finance is the e-mail address of whoever answers for the town's money; empty
	// for Email.
	Finance string
	// Language is the one in which those who look after the portal are written to;
	// empty for English.
	Language locale.Lang
}

// FinanceOfficer is the e-mail address that is told when money is to go elsewhere.
func (c Contact) FinanceOfficer() string { return cmp.Or(c.Finance, c.Email) }

// Tongue is the language of alarms.
func (c Contact) Tongue() locale.Lang { return cmp.Or(c.Language, locale.English) }

// SecurityAddress is where weaknesses are reported, as a URI.
func (c Contact) SecurityAddress() string {
	at := cmp.Or(c.Security, c.Email)
	if strings.HasPrefix(at, "https://") {
		return at
	}
	return "mailto:" + at
}

// Alarms is the e-mail address to which alarms go: Security where it is one.
func (c Contact) Alarms() string {
	if c.Security == "" || strings.HasPrefix(c.Security, "https://") {
		return c.Email
	}
	return c.Security
}

// PhoneInWords is the number as people in the United States write it:
// "(512) 555-0100".
func (c Contact) PhoneInWords() string {
	parts := strings.Fields(c.Phone)
	if len(parts) != 4 || parts[0] != "+1" {
		return c.Phone
	}
	return "(" + parts[1] + ") " + parts[2] + "-" + parts[3]
}

// Factor is something that a guest must know beside the utility account number.
type Factor string

// The factors.
const (
	HouseNumber Factor = "house_number" // of the service address
	Name        Factor = "name"         // last name, or name of the business
	ZIP         Factor = "zip"          // of the service address
	LastPayment Factor = "last_payment" // amount of the last payment; stale as soon as they pay again
)

// Factors lists every factor.
func Factors() []Factor { return []Factor{HouseNumber, Name, ZIP, LastPayment} }

// Guest is what a resident without a login must know.
type Guest struct {
	Factors  []Factor // the guest chooses among these
	Required int      // and must know so many
}

// Asked lists what a guest may answer. Where one answer is enough the ZIP Code is
// none: everybody in the town knows it.
func (g Guest) Asked() []Factor {
	var asked []Factor
	for _, factor := range g.Factors {
		if factor != ZIP || g.Required > 1 {
			asked = append(asked, factor)
		}
	}
	return asked
}

// Posting is how payments go back to the billing system.
type Posting struct {
	Layout            string        // of the posting file: the name of one that ships, or the path of a file
	Folder            string        // where finished days are put; empty: nowhere
	AcknowledgeWithin time.Duration // after which an unacknowledged file is listed
}

// Mode tells play money from real.
type Mode string

// The modes.
const (
	Sandbox Mode = "sandbox"
	Live    Mode = "live"
)

// Processor is where the town's card payments go.
type Processor struct {
	Name     string // of the adapter
	Merchant string // the town at the processor
	// Descriptor is how a charge reads on the payer's statement. Card networks
	// allow 5 to 22 characters.
	Descriptor string
	Mode       Mode
	Secrets    map[string]SecretRef // by the names the adapter knows
}

// Bank is what the town has agreed with the bank that takes its e-checks.
type Bank struct {
	Routing     string // of the bank
	Name        string
	Origin      string // the ten places by which the bank knows the town
	OriginName  string
	Company     string // what payers read on their statement
	CompanyID   string
	Description string // of the entries: "UTIL PYMT"
	Destination string // empty where it is the bank's routing number
	CutOff      calendar.CutOff
	SameDay     bool
	Prenote     bool
	Retries     int
	Offset      SecretRef // the town's own bank account, for balanced files: "routing number kind"
	Returns     string    // a folder into which the bank's files come
	Folder      string    // into which the town's files go, unless SFTP is said
	SFTP        *SFTP
}

// SFTP is a server of the bank's to which files are sent.
type SFTP struct {
	Address string // host and port
	User    string
	Key     SecretRef // the private key
	HostKey string    // the server's public key, as the bank gave it: "ssh-ed25519 AAAA…"
	Folder  string
}

// SecretRef says where a secret is kept: "file:/etc/clearwell/stripe-key" or
// "env:STRIPE_KEY". It is not the secret.
type SecretRef string

// Capture is where a card is typed.
type Capture string

// The ways of capture.
const (
	CaptureFields   Capture = "fields"   // in a frame that the processor serves into our page
	CaptureRedirect Capture = "redirect" // on the processor's own page
)

// Banner is a notice of the town's on every resident page.
type Banner struct {
	ID    string
	Text  Words
	From  time.Time // zero: at once
	Until time.Time // zero: until removed
}

// Shown reports whether the banner stands at t.
func (b Banner) Shown(t time.Time) bool {
	return !t.Before(b.From) && (b.Until.IsZero() || t.Before(b.Until))
}

// Service finds a service of the town.
func (f File) Service(id policy.Service) (Service, bool) {
	for _, s := range f.Services {
		if s.ID == id {
			return s, true
		}
	}
	return Service{}, false
}
