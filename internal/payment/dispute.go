package payment

import (
	"fmt"
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
)

// Standing is how a dispute stands.
type Standing string

// The standings.
const (
	DisputeOpen Standing = "open"
	DisputeWon  Standing = "won"  // the money came back
	DisputeLost Standing = "lost" // it stays away
)

// Dispute is what a cardholder has taken back of a payment. While it is open, and
// when it is lost, its principal is owed again.
type Dispute struct {
	Payment            Payment
	Number             int    // of the payment's disputes, from 1
	Notice             string // the processor's identifier of the notice
	Standing           Standing
	Amount             money.Amount // that the processor took
	Principal          money.Amount // of it, towards the bill; the rest is of the fee
	OpenedAt           time.Time
	OpenedOn           calendar.Date // business date on which we heard of it
	Confirmation       string        // of the reversal
	AcknowledgedAt     time.Time     // when the billing system posted that; zero until then
	DecidedAt          time.Time
	DecidedOn          calendar.Date
	ReturnConfirmation string // of the payment that takes the reversal back, once won
	ReturnedAt         time.Time
}

// Fee is what was taken of the fee.
func (d Dispute) Fee() money.Amount { return d.Amount.Sub(d.Principal) }

// newDispute divides what was taken. It is the bill's first: the fee was for a
// service that was given, and is gone only where all is. An amount that is not
// stated, or is more than was paid, is all.
func newDispute(p Payment, earlier int, notice string, amount money.Amount, now time.Time, on calendar.Date) Dispute {
	if !amount.IsPositive() || p.Total().Less(amount) {
		amount = p.Total()
	}
	d := Dispute{
		Payment: p, Number: earlier + 1, Notice: notice, Standing: DisputeOpen, Amount: amount,
		Principal: money.Min(amount, p.Amount), OpenedAt: now, OpenedOn: on,
	}
	d.Confirmation, d.ReturnConfirmation = p.Confirmation+"-R", p.Confirmation+"-W"
	if d.Number > 1 {
		d.Confirmation += fmt.Sprint(d.Number)
		d.ReturnConfirmation += fmt.Sprint(d.Number)
	}
	return d
}

// ofDispute tells the confirmation number of a dispute's line from a payment's,
// whose last part has four symbols.
func ofDispute(confirmation string) bool {
	last := confirmation[strings.LastIndexByte(confirmation, '-')+1:]
	return len(last) < 4 && (strings.HasPrefix(last, "R") || strings.HasPrefix(last, "W"))
}

// Lines of a dispute's entries in the book, behind those of its attempt; each
// dispute of a payment has ten.
const (
	lineDispute = 20
	lineReturn  = lineDispute + 2
	lineCost    = lineDispute + 4
)

func (d Dispute) line(of int) int { return of + 10*(d.Number-1) }

// taken are what the opening means for the book: the processor owes us less, the
// resident owes the bill's part again, and the fee's part is no income.
func (d Dispute) taken() []ledger.Entry {
	from := d.Payment.holder()
	return d.entries(lineDispute, d.OpenedOn, func(of ledger.Code, amount money.Amount) ledger.Entry {
		return ledger.Entry{Debit: of, Credit: from, Amount: amount}
	})
}

// returned undo taken, on the day on which the dispute was won.
func (d Dispute) returned() []ledger.Entry {
	to := d.Payment.holder()
	return d.entries(lineReturn, d.DecidedOn, func(of ledger.Code, amount money.Amount) ledger.Entry {
		return ledger.Entry{Debit: to, Credit: of, Amount: amount}
	})
}

func (d Dispute) entries(line int, on calendar.Date, make func(ledger.Code, money.Amount) ledger.Entry) []ledger.Entry {
	all := []ledger.Entry{make(ledger.Receivable(string(d.Payment.Service)), d.Principal)}
	if d.Fee().IsPositive() {
		all = append(all, make(ledger.Fees, d.Fee()))
	}
	for i := range all {
		all[i].Source, all[i].Line, all[i].On, all[i].Cause = d.Payment.Attempt.String(), d.line(line)+i, on, ledger.Dispute
	}
	return all
}

// cost is what the processor keeps for its work on a dispute.
func (d Dispute) cost(amount money.Amount) []ledger.Entry {
	if !amount.IsPositive() {
		return nil
	}
	return []ledger.Entry{{
		Source: d.Payment.Attempt.String(), Line: d.line(lineCost), On: d.DecidedOn, Debit: ledger.DisputeCosts,
		Credit: ledger.Clearing(d.Payment.Processor), Amount: amount, Cause: ledger.Dispute,
	}}
}
