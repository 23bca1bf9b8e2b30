package sandbox

import (
	"fmt"
	"os"
	"time"

	"clearwell/internal/money"
	"clearwell/internal/processor"
)

// Record is what the sandbox says that it did, for auditors who trust
// nobody's books but the bank's.
type Record struct {
	Charges []ChargeRecord // in the order they came
	Refunds []RefundRecord
}

// ChargeRecord is one attempt as the sandbox has it.
type ChargeRecord struct {
	Key         processor.Key
	Merchant    processor.Merchant
	Reference   string
	Amount      money.Amount
	Decision    processor.Decision
	Decline     processor.DeclineFamily
	DeclineCode string
	Instrument  processor.Instrument
	Does        Behaviour
	At          time.Time
	DecidedAt   time.Time // zero while pending
	Refunded    money.Amount
	Disputed    bool
}

// RefundRecord is one refund as the sandbox has it.
type RefundRecord struct {
	Key       processor.Key
	Merchant  processor.Merchant
	Reference string
	Charge    string // the reference of the charge
	Amount    money.Amount
	Decision  processor.Decision
}

// Record tells everything that was charged and refunded until now.
func (s *Server) Record() (Record, error) {
	_, err := s.open()
	defer s.mu.Unlock()
	if err != nil {
		return Record{}, err
	}
	return s.book.record(), nil
}

// ReadRecord reads the journal of a sandbox that may have been killed, without
// opening it for writing. What would have happened by itself since the last
// entry has not happened.
func ReadRecord(path string) (Record, error) {
	file, err := os.Open(path)
	if err != nil {
		return Record{}, fmt.Errorf("opening sandbox journal: %w", err)
	}
	defer file.Close()
	kept := newBook()
	_, err = readJournal(file, func(e entry) error { return kept.apply(e, disputeAfter) })
	if err != nil {
		return Record{}, fmt.Errorf("reading sandbox journal %s: %w", path, err)
	}
	return kept.record(), nil
}

func (b *book) record() Record {
	var r Record
	for _, c := range b.order {
		r.Charges = append(r.Charges, c.record())
	}
	for _, g := range b.given {
		r.Refunds = append(r.Refunds, RefundRecord{
			Key: processor.Key(g.Name), Merchant: g.Merchant, Reference: g.Reference,
			Charge: g.Charge, Amount: money.Cents(g.Amount), Decision: g.Outcome.Decision,
		})
	}
	return r
}

func (c *charge) record() ChargeRecord {
	return ChargeRecord{
		Key: processor.Key(c.Name), Merchant: c.Merchant, Reference: c.Reference, Amount: money.Cents(c.Amount),
		Decision: c.Outcome.Decision, Decline: c.Outcome.Decline, DeclineCode: c.Outcome.Code,
		Instrument: c.Card.instrument(c.entry()), Does: c.Does, At: c.at, DecidedAt: c.decidedAt,
		Refunded: money.Cents(c.refunded), Disputed: c.disputed,
	}
}
