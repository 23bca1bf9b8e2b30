package sandbox

import (
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// move is one movement of the merchant's money, in cents.
type move struct {
	kind      processor.SettlementKind
	at        time.Time
	key       processor.Key
	reference string
	gross     int64
	fee       int64
}

// What the sandbox keeps of each charge, close to what American processors
// publish: 2.9 percent and 30 cents; and 15 dollars for each dispute.
const (
	feeBasisPoints = 290
	feeCents       = 30
	disputeFee     = 1500
)

func cardFee(cents int64) int64 {
	return money.Cents(cents).BasisPoints(feeBasisPoints).Add(money.Cents(feeCents)).Cents()
}

// settlements lists the lines of the payouts that were made from the first
// instant to the second, excluded, and not after now. What moved on a day (UTC)
// is paid out at 14:00 two days later, as one sum.
func (s *Server) settlements(merchant processor.Merchant, from, to time.Time) ([]processor.SettlementLine, error) {
	now, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	var lines []processor.SettlementLine
	for _, m := range s.book.moves[merchant] {
		payout, paid := payoutOf(m.at)
		if paid.Before(from) || !paid.Before(to) || paid.After(now) {
			continue
		}
		lines = append(lines, m.line(payout, paid))
	}
	return lines, nil
}

// statement lists what moved from the first instant to the second, excluded.
func (s *Server) statement(merchant processor.Merchant, from, to time.Time) ([]processor.StatementLine, error) {
	_, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	var lines []processor.StatementLine
	for _, m := range s.book.moves[merchant] {
		if !m.at.Before(from) && m.at.Before(to) {
			lines = append(lines, processor.StatementLine{At: m.at, Kind: m.kind, Key: m.key, Reference: m.reference, Amount: money.Cents(m.gross)})
		}
	}
	return lines, nil
}

func payoutOf(at time.Time) (string, time.Time) {
	day := at.UTC().Truncate(24 * time.Hour)
	return "po_" + day.Format(time.DateOnly), day.AddDate(0, 0, 2).Add(14 * time.Hour)
}

func (m move) line(payout string, paid time.Time) processor.SettlementLine {
	return processor.SettlementLine{
		Payout: payout, PaidAt: paid, Kind: m.kind, Key: m.key, Reference: m.reference,
		Gross: money.Cents(m.gross), Fee: money.Cents(m.fee), Net: money.Cents(m.gross - m.fee),
	}
}
