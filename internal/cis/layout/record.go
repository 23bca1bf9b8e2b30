package layout

import (
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

// Record is one line in our nouns. What its layout does not state, or the line
// leaves blank, has the zero value; [Record.Has] tells a stated zero from
// silence.
type Record struct {
	Line   int64 // 1-based
	Offset int64 // of the line's first byte in the file
	Role   Role

	UtilityAccount string // as the billing system writes it
	Number         string // of the utility account, as the town keeps it
	Name           string
	ServiceAddress string
	Mailing        Mailing
	OpenedOn       calendar.Date
	ClosedOn       calendar.Date
	BankDraft      bool          // the town itself already drafts this utility account
	LastPayment    money.Amount  // the last one posted; guests may prove themselves with it
	ShutOffOn      calendar.Date // when service ends unless ShutOffAmount is paid
	ShutOffAmount  money.Amount
	Service        string
	Updated        time.Time // the billing system's own clock, without a zone: to compare within a file

	Bill    Bill
	Reading Reading
	Posting Posting
	Control Control

	stated uint64 // a bit for each noun
}

// Mailing is where the bill is sent.
type Mailing struct {
	Lines            [6]string
	City, State, Zip string
}

// Bill is what the town claims.
type Bill struct {
	Number          string
	Date            calendar.Date
	DueDate         calendar.Date
	From, To        calendar.Date // the days of service it is for
	AmountDue       money.Amount  // the total; negative is a credit in the resident's favour
	Current         money.Amount
	PastDue         money.Amount
	PreviousBalance money.Amount
}

// Reading is what a meter showed.
type Reading struct {
	Meter      string
	PreviousOn calendar.Date
	Previous   Quantity
	CurrentOn  calendar.Date
	Current    Quantity
	Usage      Quantity
	Units      string // as the billing system names them, or as the layout's codes say
	Days       int64
}

// Posting is money that a resident paid, told to the billing system.
type Posting struct {
	Confirmation string       // unique for ever
	Kind         string       // payment, reversal, refund
	Amount       money.Amount // positive lowers what is owed
	Fee          money.Amount // paid on top; not for the utility account
	PaidAt       time.Time    // the town's wall clock: its zone is ignored
	Tender       string
	Channel      string
}

// Control is what a header or trailer states about the whole file. A posting
// carries its batch and business date too, for layouts that repeat them.
type Control struct {
	Batch        string
	BusinessDate calendar.Date
	Count        int64
	Total        money.Amount
	// AsOf is when the balances of the file were true, by the town's wall clock:
	// its zone is ignored. Zero: the file does not say.
	AsOf time.Time
}

// Has reports whether the line stated n.
func (r *Record) Has(n Noun) bool { return r.stated&(1<<n) != 0 }

// State marks nouns as stated, for records that are to be written.
func (r *Record) State(nouns ...Noun) {
	for _, n := range nouns {
		r.stated |= 1 << n
	}
}

// Reject is a line that did not become a record.
type Reject struct {
	Line   int64
	Offset int64
	Code   Code
	Reason string // for the town's staff; names columns, repeats no value
	// Raw is the line with only the columns that the layout keeps; the others,
	// and whatever looks like a card number, are masked.
	Raw string
}

// Skipped reports whether a declared rule left the line out, as opposed to
// something being wrong with it.
func (r *Reject) Skipped() bool { return r.Code == CodeFiltered || r.Code == CodeSuperseded }

// Code names the kind of a reject's reason.
type Code string

// The reasons. The first two are the layout's own rules and no error.
const (
	CodeFiltered   Code = "filtered"        // a declared filter, such as cancelled bills
	CodeSuperseded Code = "superseded"      // another row of the same key is newer
	CodeDuplicate  Code = "duplicate"       // another row has the same key, and the layout does not say which is true
	CodeSeveral    Code = "several"         // another bill of the utility account claims to be what is owed
	CodeShape      Code = "shape"           // the wrong number of columns or the wrong length
	CodeQuote      Code = "quote"           // a quote where none may stand, or not closed on its line
	CodeUnknown    Code = "unknown"         // a record type that the layout does not declare
	CodeMissing    Code = "missing"         // a required value is blank
	CodeDate       Code = "date"            // not a date in a declared format
	CodeAmount     Code = "amount"          // not an amount in the declared notation
	CodeNumber     Code = "number"          // not a reading, quantity or count
	CodeWord       Code = "word"            // a code or flag that the layout does not list
	CodeTooLong    Code = "too_long"        // longer than declared
	CodeEncoding   Code = "encoding"        // not in the declared encoding, or a control character
	CodeNumbering  Code = "utility_account" // a utility account number that is not written as the town's are
	CodeService    Code = "service"         // a service that the town does not bill for
	CodeCardNumber Code = "card_number"     // looks like a card number, which has no business in a bill file
)

// Totals are the control totals of what has been read.
type Totals struct {
	Rows     int64        // lines of bills, readings, utility accounts or postings
	Accepted int64        // became records
	Skipped  int64        // left out by a declared rule
	Refused  int64        // something is wrong with them
	Sum      money.Amount // of the accepted records' amounts
	Usage    Quantity     // of the accepted records
}
