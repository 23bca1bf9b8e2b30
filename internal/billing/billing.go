package billing

import (
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// The refusals.
var (
	// ErrNoUtilityAccount: the town has no utility account of that number.
	ErrNoUtilityAccount = fault.New(fault.NotFound, "utility_account_unknown")
	// ErrNoMatch: number and answers do not belong together. It is the one answer
	// for every reason, also for a number that does not exist.
	ErrNoMatch = fault.New(fault.NotFound, "utility_account_no_match")
)

// Number is a utility account number in the one form in which it is stored and
// compared: see city.NumberFormat.
type Number string

// loadKind is the kind of a load's identifier.
type loadKind struct{}

// Prefix names the kind.
func (loadKind) Prefix() string { return "load" }

// LoadID names one load of rows, such as the import of one file.
type LoadID = id.ID[loadKind]

// UtilityAccount is one customer at one address, as the billing system knows it.
type UtilityAccount struct {
	Statement
	Display        string // the number as the billing system writes it, and bills print it
	Name           string // of the holder, who need not be the payer
	ServiceAddress string
	ZIP            string // of the service address
	Mailing        Mailing
	LastPayment    money.Amount // the amount last posted; zero if none is known
	Load           LoadID       // what last changed it
}

// Mailing is where bills are sent. It may be far from the service address.
type Mailing struct {
	Lines            [2]string
	City, State, ZIP string
}

// Statement is what the billing system says is owed on a utility account.
type Statement struct {
	Number    Number
	Service   policy.Service
	Balance   money.Amount // all that is owed; negative is a credit
	Current   money.Amount // of the newest bill; zero where not stated
	PastDue   money.Amount // carried over from older bills
	DueOn     calendar.Date
	AsOf      time.Time     // payments posted later are not in it; zero: never stated
	BilledOn  calendar.Date // of the bill that stated it
	Bill      string        // number of that bill
	ShutOffOn calendar.Date // when service ends unless ShutOff is paid; zero: not threatened
	ShutOff   money.Amount  // what must be paid to keep service
	Returned  bool          // a payment came back at some time: see [ReturnsTx]
}

// Bill is what the town claimed on one day.
type Bill struct {
	Utility  Number
	Number   string // of the bill
	Service  policy.Service
	BilledOn calendar.Date
	DueOn    calendar.Date
	From, To calendar.Date // the days of service it is for
	Amount   money.Amount  // the total; negative is a credit
	Current  money.Amount
	PastDue  money.Amount
	Previous money.Amount // what the bill before asked for
}

// Reading is what a meter showed. Quantities are thousandths of Units.
type Reading struct {
	Utility       Number
	Meter         string
	Service       policy.Service
	On            calendar.Date
	Milli         int64
	PreviousOn    calendar.Date
	PreviousMilli int64
	UsageMilli    int64
	Units         string
	Bill          string
}

// Row is one line of a file, ready to be stored. Nil amounts and zero dates are
// not stated, and leave what is known as it is.
type Row struct {
	Line           int64 // 1-based; unique in its load
	Number         Number
	Display        string
	Name           string
	ServiceAddress string
	ZIP            string
	Mailing        Mailing
	Service        policy.Service

	Bill        string // empty: a bill is named by its date
	BilledOn    calendar.Date
	DueOn       calendar.Date
	From, To    calendar.Date
	Amount      *money.Amount // nil: the line is no bill
	Current     *money.Amount
	PastDue     *money.Amount
	Previous    *money.Amount
	LastPayment *money.Amount
	ShutOffOn   calendar.Date
	ShutOff     *money.Amount

	Meter         string
	ReadOn        calendar.Date // zero: the line has no reading
	Milli         *int64
	PreviousOn    calendar.Date
	PreviousMilli *int64
	UsageMilli    *int64
	Units         string
}

// Staged is what waits to be applied.
type Staged struct {
	Rows int64
	Sum  money.Amount // of the bills' amounts
}

// Changes says what applying a load did.
type Changes struct {
	NewUtilityAccounts     int64
	UpdatedUtilityAccounts int64 // stated again, with the same or another balance
	NewBills               int64
	ChangedBills           int64
	NewReadings            int64
	ChangedReadings        int64
	Stated                 money.Amount // the balances that it stated, added up
}

// NewLoad names a load that begins at now.
func NewLoad(now time.Time) LoadID { return id.New[loadKind](now) }
