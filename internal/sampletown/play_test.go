package sampletown

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/secret"
)

// stage opens the real services on a fresh SQLite file.
func stage(t *testing.T, begin time.Time) Stage {
	t.Helper()
	ctx, now := t.Context(), clock.NewManual(begin)
	d, err := db.Open(ctx, db.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "town.db"), Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if _, err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	company, err := sandbox.New(sandbox.Config{URL: "http://localhost:1", SecretKey: secret.New("key"), Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	key := secret.NewKey()
	registry, directory := city.New(d, key), city.NewDirectory(d, key)
	plan, err := registry.Plan(ctx, city.ExampleName, city.Example())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Apply(ctx, plan, "system"); err != nil {
		t.Fatal(err)
	}
	if err := directory.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	town, err := directory.ByID("sampletown")
	if err != nil {
		t.Fatal(err)
	}
	payments := payment.New(payment.Deps{
		DB: d, Towns: directory, Processors: map[string]processor.Processor{"sandbox": sandbox.Direct(company)},
		Holds: payment.NoHolds{}, Receipts: payment.NoReceipts{}, Node: "test", Release: "test",
	})
	return Stage{
		Town: town, Clock: now, DB: d, Exchange: cis.New(d, nil), Payments: payments, Sandbox: company,
		Origin: "http://localhost:2", Manifest: "test",
		Posted: func(ctx context.Context, on calendar.Date) error { return posted(ctx, d, payments, on) },
	}
}

// posted takes a day's payments, which must be over.
func posted(ctx context.Context, d *db.DB, payments *payment.Service, on calendar.Date) error {
	made, err := payments.ApprovedOn(ctx, "sampletown", on)
	if err != nil {
		return err
	}
	var confirmations []string
	for _, p := range made {
		confirmations = append(confirmations, p.Confirmation)
	}
	return d.Write(ctx, "sampletown", func(_ context.Context, tx *db.Tx) error {
		if now := calendar.Of(tx.Now(), time.FixedZone("CST", -6*60*60)); !on.Before(now) {
			return fmt.Errorf("%s is sent on %s", on, now)
		}
		payment.PostedTx(tx, confirmations, tx.Now())
		return nil
	})
}

// What the services hold at the end is what the story says, to the cent.
func TestTheStoryThroughTheServices(t *testing.T) {
	if testing.Short() {
		t.Skip("telling 36 months takes seconds")
	}
	town := draw(t, 1)
	s := stage(t, town.today.AddMonths(-Months).Start(town.zone))
	if err := s.Play(t.Context(), town, func(int) {}); err != nil {
		t.Fatal(err)
	}
	for _, r := range town.Residents {
		number, err := s.Town.Numbers.Normalise(r.Number)
		if err != nil {
			t.Fatal(err)
		}
		owed, err := s.Payments.Owed(t.Context(), s.Town.City, billing.Number(number))
		if err != nil {
			t.Fatal(err)
		}
		if owed.Total.Less(r.Balance) {
			t.Errorf("%s: the portal says %s, the story %s", r.Number, owed.Total, r.Balance)
		}
	}
	heard := 0
	for _, r := range town.Residents {
		number, _ := s.Town.Numbers.Normalise(r.Number)
		owed, err := s.Payments.Owed(t.Context(), s.Town.City, billing.Number(number))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range owed.Pending {
			if heard++; !p.Posted {
				t.Errorf("%s: the billing system has not heard of a payment of %s", r.Number, p.At)
			}
		}
	}
	if heard == 0 {
		t.Error("nothing was paid since the last bill")
	}
	company, err := s.Sandbox.Record()
	if err != nil {
		t.Fatal(err)
	}
	var sum money.Amount
	for _, charge := range company.Charges {
		if charge.Decision == processor.Approved {
			sum = sum.Add(charge.Amount)
		}
	}
	t.Logf("%d charges, %s approved", len(company.Charges), sum)
}
