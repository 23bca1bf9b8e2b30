package limit

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"clearwell/internal/db"
	"clearwell/internal/secret"
)

// Breaker counts what went wrong, and trips. Declines are counted in the
// transaction that records them:
//
//	marks := []limit.Mark{{perUtilityAccount, number}, {perCard, fingerprint}, {perNetwork, network}}
//	breaker.NoteTx(tx, marks...)
//
// Somebody who tests stolen cards keeps the utility account and changes the
// card, or keeps the card and changes the utility account; one of the marks
// holds.
type Breaker struct{ key secret.Key }

// Mark is one thing to count under one rule: a utility account, a card's
// fingerprint, a network. A rule for all payments together would be one row that
// all declines share: use a [Gate].
type Mark struct {
	Rule Rule
	Key  string
}

// NewBreaker makes it. All nodes must have the same key, or each counts alone.
func NewBreaker(key secret.Key) Breaker { return Breaker{key} }

// NoteTx counts once for each mark, at no round trip of its own. A mark with an
// empty key is left out: not every payment has a fingerprint.
func (b Breaker) NoteTx(tx *db.Tx, marks ...Mark) {
	for _, m := range b.targets(tx, marks) {
		increment(tx, m.target, db.Time(m.ends))
	}
}

// TrippedTx reports whether one of the marks has had as many as its rule allows,
// in the window of the transaction's instant. It asks once for all of them.
func (b Breaker) TrippedTx(ctx context.Context, tx *db.Tx, marks ...Mark) (bool, error) {
	all := b.targets(tx, marks)
	if len(all) == 0 {
		return false, nil
	}
	tripped, err := anyReached(ctx, tx, all)
	if err != nil {
		return false, fmt.Errorf("counting declines: %w", err)
	}
	return tripped, nil
}

// marked is a mark's row, and how many it may have.
type marked struct {
	target
	ends int64
	most int
}

// targets gives the marks' rows in one order for all transactions, so that no
// two wait for each other.
func (b Breaker) targets(tx *db.Tx, marks []Mark) []marked {
	var all []marked
	for _, m := range marks {
		if m.Key == "" {
			continue
		}
		begins, ends := m.Rule.Window.Bounds(tx.Now())
		of := target{tx.City(), m.Rule.Name, digestOf(b.key, m.Rule.Name, m.Key), db.Micros(begins)}
		all = append(all, marked{of, db.Micros(ends), m.Rule.Most})
	}
	return inOneOrder(all)
}

// inOneOrder sorts the rows as every transaction does.
func inOneOrder(all []marked) []marked {
	return slices.SortedFunc(slices.Values(all), func(a, b marked) int {
		return cmp.Or(cmp.Compare(a.rule, b.rule), bytes.Compare(a.key[:], b.key[:]))
	})
}
