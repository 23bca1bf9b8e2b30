package till

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/routing"
)

var (
	drawerNamed = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)
	keyed       = regexp.MustCompile(`^[0-9A-Za-z_-]{16,64}$`)
	digits      = regexp.MustCompile(`^[0-9]{1,15}$`)
)

// settled is a sale that comes out even.
type settled struct {
	lines  []Line
	parts  [][]payment.Part // of each line
	total  money.Amount
	change money.Amount
	cash   money.Amount // that stays in the drawer
}

// settle finds change or credit, and what each tender pays of each line: what
// leaves a trace at a bank first, cash last, because change is cash.
func settle(s Sale) (settled, error) {
	if err := s.check(); err != nil {
		return settled{}, err
	}
	out := settled{lines: slices.Clone(s.Lines)}
	handed, cash := s.handed()
	for _, line := range s.Lines {
		out.total = out.total.Add(line.Amount)
	}
	over := handed.Sub(out.total)
	switch {
	case over.IsNegative():
		return settled{}, ErrTooLittle.With("Missing", over.Neg())
	case s.CreditTo > 0:
		out.lines[s.CreditTo-1].Amount = out.lines[s.CreditTo-1].Amount.Add(over)
		out.total = handed
	case cash.Less(over):
		return settled{}, ErrNoChange.With("Over", over)
	default:
		out.change = over
	}
	out.cash = cash.Sub(out.change)
	out.parts = divide(out.lines, s.Tenders, out.cash)
	return out, nil
}

// check refuses what is no sale.
func (s Sale) check() error {
	if !keyed.MatchString(s.Key) || len(s.Lines) == 0 || len(s.Tenders) == 0 || s.CreditTo < 0 || s.CreditTo > len(s.Lines) {
		return ErrSaleEmpty
	}
	for i, line := range s.Lines {
		if !line.Amount.IsPositive() {
			return ErrSaleEmpty
		}
		if slices.ContainsFunc(s.Lines[:i], func(l Line) bool { return l.UtilityAccount == line.UtilityAccount }) {
			return ErrLineTwice
		}
	}
	for _, tender := range s.Tenders {
		if err := tender.check(); err != nil {
			return err
		}
	}
	handed, _ := s.handed()
	return handed.Err()
}

func (t Tender) check() error {
	switch {
	case !t.Amount.IsPositive():
		return ErrSaleEmpty
	case !t.Kind.ByHand():
		return payment.ErrNotByHand
	case t.Kind != policy.PaperCheck && t.Check != Check{}:
		return ErrCheckUnread
	case t.Kind != policy.PaperCheck:
		return nil
	}
	if !routing.Number(t.Check.Routing).Valid() || !digits.MatchString(t.Check.Number) || !digits.MatchString(t.Check.Last4) || len(t.Check.Last4) > 4 {
		return ErrCheckUnread
	}
	return nil
}

// handed is what is handed over in all, and in cash.
func (s Sale) handed() (all, cash money.Amount) {
	for _, tender := range s.Tenders {
		all = all.Add(tender.Amount)
		if tender.Kind == policy.Cash {
			cash = cash.Add(tender.Amount)
		}
	}
	return all, cash
}

// divide fills the lines one after the other. Tenders of a kind are one part of a
// line.
func divide(lines []Line, handed []Tender, cash money.Amount) [][]payment.Part {
	left := Held{Cash: cash}
	for _, tender := range handed {
		if tender.Kind != policy.Cash {
			left = left.with(tender.Kind, tender.Amount)
		}
	}
	parts := make([][]payment.Part, len(lines))
	for i, line := range lines {
		due := line.Amount
		for _, kind := range []policy.Tender{policy.PaperCheck, policy.MoneyOrder, policy.Cash} {
			paid := money.Min(due, left.Of(kind))
			if !paid.IsPositive() {
				continue
			}
			due, left = due.Sub(paid), left.with(kind, paid.Neg())
			parts[i] = append(parts[i], payment.Part{Tender: kind, Amount: paid})
		}
	}
	return parts
}

// fingerprint tells one sale from another under the same key.
func (s Sale) fingerprint() (string, error) {
	text, err := json.Marshal([]any{s.Session, s.Lines, s.Tenders, s.CreditTo})
	if err != nil {
		return "", fmt.Errorf("reading a sale: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// second refuses one person where it takes two.
func (s Session) second(by, second audit.Actor) error {
	if second == "" || second == by || second == s.Cashier {
		return ErrSecondPerson
	}
	return nil
}

// reasoned refuses an empty reason.
func reasoned(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return ErrReasonMissing
	}
	return nil
}

// denominations are the coins and bills of the United States, in cents.
var denominations = []int64{1, 5, 10, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10000}

// held adds a count up.
func (c Counted) held() (Held, error) {
	found := Held{Checks: c.Checks, Orders: c.Orders}
	seen := map[money.Amount]bool{}
	for _, p := range c.Cash {
		if !slices.Contains(denominations, p.Denomination.Cents()) || seen[p.Denomination] || p.Count < 0 || p.Count > 100_000 {
			return Held{}, ErrPieces
		}
		seen[p.Denomination] = true
		found.Cash = found.Cash.Add(money.Cents(p.Denomination.Cents() * int64(p.Count)))
	}
	if c.Checks.IsNegative() || c.Orders.IsNegative() || c.Checks.Err() != nil || c.Orders.Err() != nil {
		return Held{}, ErrPieces
	}
	return found, nil
}

// takings is what a session took and still has, by tender, and what it dropped.
type takings struct {
	taken   Held
	dropped money.Amount
}

// add takes one sum of the takings; what is no tender was dropped.
func (t *takings) add(tender policy.Tender, sum int64) {
	if tender.ByHand() {
		t.taken = t.taken.with(tender, money.Cents(sum))
	} else {
		t.dropped = money.Cents(sum)
	}
}

// expected is what should lie in the drawer.
func (t takings) expected(float money.Amount) Held {
	return Held{t.taken.Cash.Add(float).Sub(t.dropped), t.taken.Checks, t.taken.Orders}
}

// closing is what a close means for the book: what is over or short, and that the
// takings, with that, are on their way to a bank. The float stays.
func closing(s Session, t takings, rules policy.CounterRules) []ledger.Entry {
	var all []ledger.Entry
	move := func(debit, credit ledger.Code, amount money.Amount, cause ledger.Cause) {
		if amount.IsNegative() {
			debit, credit, amount = credit, debit, amount.Neg()
		}
		if amount.IsPositive() {
			all = append(all, ledger.Entry{Source: s.ID.String(), Line: len(all), Debit: debit, Credit: credit, Amount: amount, Cause: cause})
		}
	}
	for _, tender := range tenders() {
		hand := ledger.OnHand(string(tender))
		move(hand, ledger.OverShort, s.Over.Of(tender), ledger.Count)
		move(ledger.InTransit(rules.Bank(tender)), hand, t.taken.Of(tender).Add(s.Over.Of(tender)), ledger.Deposit)
	}
	return all
}

// Endorsement is what is printed on the back of a check.
func Endorsement(town string, r Receipt) string {
	return fmt.Sprintf("FOR DEPOSIT ONLY\n%s\n%s-%d", strings.ToUpper(town), r.Drawer, r.Number)
}
