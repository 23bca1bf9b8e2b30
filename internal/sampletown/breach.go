package sampletown

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// Recent tells the last month alone, with its bills and what residents paid by
// then. What was before is reckoned, and reaches no service: for a drill, which
// needs a town and not its history.
func (s *Stage) Recent(ctx context.Context, t *Town) error {
	for {
		m, more, err := t.Next()
		if err != nil {
			return err
		}
		if !more {
			s.Clock.Set(t.today.Start(t.zone))
			return nil
		}
		if t.month < Months {
			for _, p := range m.Payments {
				t.Paid(p)
			}
			continue
		}
		s.Clock.Set(m.On.Start(t.zone).Add(5 * time.Hour))
		if err := s.bring(ctx, t, m); err != nil {
			return err
		}
		if err := s.payAll(ctx, t, m.Payments); err != nil {
			return err
		}
	}
}

// Manner is what somebody does who meets the card page.
type Manner int

// The manners.
const (
	Pays   Manner = iota
	Errs          // a card without money, and no other
	Leaves        // is shown the fields, and goes
)

// Meeting is a resident who meets the card page.
type Meeting struct {
	Resident *Resident
	Manner   Manner
}

// Meetings picks residents who owe something and could meet the page today, as
// many as are asked for: most pay, some err, some leave.
func (t *Town) Meetings(most int) []Meeting {
	var all []Meeting
	for _, r := range t.Residents {
		if len(all) == most {
			break
		}
		if owed := r.Balance.Cents(); owed < leastByCard || owed > mostByCard || r.card == "" {
			continue
		}
		manner := Pays
		switch n := len(all); { // two err: there is one such card, and more would be taken for somebody who tries cards
		case n == 5 || n == 12:
			manner = Errs
		case n%7 == 6:
			manner = Leaves
		}
		all = append(all, Meeting{r, manner})
	}
	return all
}

// Meet lets residents meet the card page, side by side, by the clock as it is.
func (s *Stage) Meet(ctx context.Context, all []Meeting) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, m := range all {
		group.Go(func() error {
			if err := s.meet(ctx, m); err != nil {
				return fmt.Errorf("meeting the page for %s: %w", m.Resident.Number, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func (s *Stage) meet(ctx context.Context, m Meeting) error {
	// Two of one name have two addresses: with one they would be one person.
	mail := m.Resident.Number[:6] + "." + address(m.Resident.Name)
	p := Payment{Resident: m.Resident, Amount: m.Resident.Balance, Card: m.Resident.card, Email: mail}
	switch m.Manner {
	case Errs:
		p.Card = refused()
	case Leaves:
		_, err := s.shown(ctx, p)
		return err
	}
	_, err := s.pay(ctx, p)
	return err
}
