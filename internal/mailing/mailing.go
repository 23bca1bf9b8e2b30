package mailing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/fault"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
)

// The refusals.
var (
	// ErrUnknown: the incident has no mailing of that number.
	ErrUnknown = fault.New(fault.NotFound, "mailing_unknown")
	// ErrNotReady: the mailing is not written down to its end; ask for it again.
	ErrNotReady = fault.New(fault.Conflict, "mailing_not_ready")
	// ErrOvertaken: the count is not the one that was agreed to, or somebody else
	// is writing the same mailing.
	ErrOvertaken = fault.New(fault.Conflict, "mailing_overtaken")
	// ErrNobody: everybody has a letter with this text.
	ErrNobody = fault.New(fault.Refused, "mailing_nobody")
	// ErrCodesShort: there are fewer codes than people who get one.
	ErrCodesShort = fault.New(fault.Refused, "mailing_codes_short")
	// ErrCodeMalformed: a code is 4 to 40 letters, digits and hyphens.
	ErrCodeMalformed = fault.New(fault.Invalid, "mailing_code_malformed")
	// ErrLetterUnknown: no letter of the incident has that number or barcode.
	ErrLetterUnknown = fault.New(fault.NotFound, "mailing_letter_unknown")
	// ErrNotPosted: what was not handed to the Postal Service cannot come back.
	ErrNotPosted = fault.New(fault.Refused, "mailing_not_posted")
	// ErrNotReturned: the letter has an address, and did not come back.
	ErrNotReturned = fault.New(fault.Refused, "mailing_not_returned")
	// ErrAddressMalformed: an address has two to five lines, the last with a ZIP
	// Code.
	ErrAddressMalformed = fault.New(fault.Invalid, "mailing_address_malformed")
	// ErrEvidence: the day, or how it is known, is missing.
	ErrEvidence = fault.New(fault.Invalid, "mailing_evidence")
)

// Order is what somebody wants posted.
type Order struct {
	Incident string
	Revision int // frozen; 0 the newest
	Kind     letter.Kind
	// Newly leaves out everybody who has a letter of this kind already, whatever
	// it said.
	Newly bool
	Terms Terms
}

// Terms are how a mailing was written and is printed. They are kept with it.
type Terms struct {
	Notice  letter.Notice
	Edition string // a text that differs by nothing else, to be sent again
	Mailing letter.Mailing
	Place   string // the postal city of addresses that name none: "Clearwell, TX"
}

// Content names the text: all that a letter says but for its day, and the number
// of people, which no letter says.
func (t Terms) Content(kind letter.Kind) string {
	t.Notice.On, t.Notice.People = calendar.Date{}, 0
	text, _ := json.Marshal([]any{kind, t.Edition, t.Notice}) // texts, days and numbers always encode
	sum := sha256.Sum256(text)
	return string(kind) + "-" + hex.EncodeToString(sum[:8])
}

// State is where a mailing stands.
type State string

// The states.
const (
	Preparing State = "preparing" // being written down
	Ready     State = "ready"     // may be printed
	Posted    State = "posted"    // handed to the Postal Service
)

// Round says whether a mailing is of first letters, or of some that came back.
type Round string

// The rounds.
const (
	First Round = "first"
	Again Round = "again"
)

// Mailing is one printing.
type Mailing struct {
	Number      int
	Kind        letter.Kind
	Round       Round
	Revision    int
	Content     string
	Terms       Terms
	State       State
	Letters     int
	FirstSerial int // of the barcodes; they count on in the order of the list
	MadeAt      time.Time
	MadeBy      audit.Actor
	PostedOn    calendar.Date
	Evidence    string
}

// Piece is a letter with its newest posting.
type Piece struct {
	Number          Number
	Person          string
	Content         string
	Name            string
	State           string // of residence
	Language        locale.Lang
	UtilityAccounts []string
	Posting         int
	Mailing         int
	Lines           []string
	ReturnedOn      calendar.Date
	Why             string
	Corrected       []string // where it is posted to next
}

// Unreachable reports whether nobody knows where the letter could go.
func (p Piece) Unreachable() bool { return p.stranded() && len(p.Corrected) == 0 }

// stranded reports whether the newest posting did not reach anybody.
func (p Piece) stranded() bool { return len(p.Lines) == 0 || !p.ReturnedOn.IsZero() }

// Plan is what an order would do.
type Plan struct {
	Revision    int
	Content     string
	Had         int // have a letter with this text already
	Unaddressed int // get one that nobody can post
	Codes       int // are needed beyond those handed out
	FreeCodes   int
	Fresh       []Addressee // get a letter
	Again       int         // of them, had a letter with another text
	printed     []Mailing
}

// Printed lists the mailings that have the text, the oldest first.
func (p Plan) Printed() []Mailing { return p.printed }

// Addressee is somebody who gets a letter.
type Addressee struct {
	Person          string
	Name            string
	Lines           []string
	State           string
	Language        locale.Lang
	UtilityAccounts []string
}
