package sampletown

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/locale"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
)

// Stage is the real services that the story is played through. All of them go
// by Clock, which the story sets as it goes on.
type Stage struct {
	Town     *city.City
	Clock    *clock.Manual
	DB       *db.DB
	Exchange *cis.Service
	Payments *payment.Service
	Sandbox  *sandbox.Server
	Origin   string // of the portal
	Manifest string // of its pages
	// Posted sends the payments of a business date that is over to the billing
	// system, which posts them at once.
	Posted func(ctx context.Context, on calendar.Date) error

	unposted calendar.Date // whose payments nobody has sent; zero for none
}

// atOnce is how many residents pay side by side.
const atOnce = 32

// Play tells the whole story. After each month it says how many have been told.
func (s *Stage) Play(ctx context.Context, t *Town, told func(months int)) error {
	for months := 1; ; months++ {
		m, more, err := t.Next()
		if err == nil && !more {
			return s.post(ctx, t.today.Start(t.zone)) // overnight, as every day
		}
		if err != nil {
			return err
		}
		if err := s.post(ctx, m.On.Start(t.zone).Add(4*time.Hour)); err != nil {
			return err
		}
		s.Clock.Advance(time.Hour)
		if err := s.bring(ctx, t, m); err != nil {
			return err
		}
		if err := s.payAll(ctx, t, m.Payments); err != nil {
			return err
		}
		told(months)
	}
}

// post plays the office that sends the last day's payments once that day is over,
// and the billing system that takes them.
func (s *Stage) post(ctx context.Context, at time.Time) error {
	s.Clock.Set(at)
	if s.unposted.IsZero() || !s.unposted.Before(calendar.Of(at, s.Town.Zone)) {
		return nil
	}
	if err := s.Posted(ctx, s.unposted); err != nil {
		return fmt.Errorf("posting the payments of %s: %w", s.unposted, err)
	}
	s.unposted = calendar.Date{}
	return nil
}

// bring brings in the bills of a month as the town's staff would.
func (s *Stage) bring(ctx context.Context, t *Town, m Month) error {
	report, err := s.Exchange.Import(ctx, cis.Request{
		City: s.Town.City, Layout: t.layout, Numbers: s.Town.Numbers, Actor: "system",
		Open: func() (io.ReadSeekCloser, error) { return inMemory{bytes.NewReader(m.Bills)}, nil },
	})
	if err != nil {
		return fmt.Errorf("bringing in the bills of %s: %w", m.On, err)
	}
	if report.Totals.Refused > 0 {
		return fmt.Errorf("bringing in the bills of %s: %d rows were refused", m.On, report.Totals.Refused)
	}
	return nil
}

// inMemory is a file that is none.
type inMemory struct{ *bytes.Reader }

// Close does nothing.
func (inMemory) Close() error { return nil }

// payAll lets residents pay, those of one day side by side. Each day's payments are
// posted before those of the next are made.
func (s *Stage) payAll(ctx context.Context, t *Town, payments []Payment) error {
	for len(payments) > 0 {
		n := 1
		for n < min(atOnce, len(payments)) && payments[n].At.Sub(payments[0].At) < 12*time.Hour {
			n++
		}
		if err := s.post(ctx, payments[0].At); err != nil {
			return err
		}
		made, err := s.paySome(ctx, payments[:n])
		if err != nil {
			return err
		}
		for i, p := range made {
			if p.State == payment.Approved {
				s.unposted = p.BusinessOn
				t.Paid(payments[i])
			}
		}
		payments = payments[n:]
	}
	return nil
}

func (s *Stage) paySome(ctx context.Context, payments []Payment) ([]payment.Payment, error) {
	s.Clock.Set(payments[0].At)
	made := make([]payment.Payment, len(payments))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range payments {
		group.Go(func() error {
			var err error
			if made[i], err = s.pay(ctx, p); err != nil {
				return fmt.Errorf("paying for %s: %w", p.Resident.Number, err)
			}
			return nil
		})
	}
	return made, group.Wait()
}

// pay does what the pages do when a resident pays.
func (s *Stage) pay(ctx context.Context, p Payment) (payment.Payment, error) {
	payer := exposure.Payer{Email: p.Email}
	quote, err := s.shown(ctx, p)
	if err != nil {
		return payment.Payment{}, err
	}
	if p.Mistake != "" {
		if _, err := s.try(ctx, quote, p.Mistake, payer); err != nil {
			return payment.Payment{}, err
		}
	}
	return s.try(ctx, quote, p.Card, payer)
}

// shown is as far as the card fields.
func (s *Stage) shown(ctx context.Context, p Payment) (payment.QuoteID, error) {
	number, err := s.Town.Numbers.Normalise(p.Resident.Number)
	if err != nil {
		return payment.QuoteID{}, err
	}
	quote, err := s.Payments.Quote(ctx, payment.QuoteRequest{
		City: s.Town.City, UtilityAccount: billing.Number(number), Channel: policy.Web, Amount: p.Amount,
		Language: locale.English, Payer: exposure.Payer{Email: p.Email}, CapturePath: exposure.WebFrame,
	})
	if err != nil {
		return payment.QuoteID{}, err
	}
	_, err = s.Payments.ShowFields(ctx, s.Town.City, quote.ID, s.Origin, s.Manifest)
	return quote.ID, err
}

// try gives a card and pays with it.
func (s *Stage) try(ctx context.Context, quoteID payment.QuoteID, card string, payer exposure.Payer) (payment.Payment, error) {
	token, err := s.Sandbox.Tokenize(processor.Merchant(s.Town.Processor.Merchant), sandbox.TestCard(card))
	if err != nil {
		return payment.Payment{}, err
	}
	quote, err := s.Payments.GiveCard(ctx, s.Town.City, quoteID, token, payer)
	if err != nil {
		return payment.Payment{}, err
	}
	return s.Payments.Start(ctx, payment.StartRequest{
		City: s.Town.City, Quote: quoteID, Consent: quote.Total(), OnPurpose: true,
	})
}
