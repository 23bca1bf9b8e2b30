package ledger_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
)

var day = calendar.MakeDate(2026, 11, 24)

func water(source string, cents int64) []ledger.Entry {
	return []ledger.Entry{
		{Source: source, Line: 0, On: day, Debit: ledger.Clearing("sandbox"), Credit: ledger.Receivable("water"), Amount: money.Cents(cents), Cause: ledger.Payment},
		{Source: source, Line: 1, On: day, Debit: ledger.Clearing("sandbox"), Credit: ledger.Fees, Amount: money.Cents(250), Cause: ledger.Fee},
	}
}

type enter func(*db.Tx, []ledger.Entry) error

func book(t *testing.T, d *db.DB, enter enter, entries []ledger.Entry) error {
	t.Helper()
	return d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error { return enter(tx, entries) })
}

func TestBalancesFollowPhases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for source, second := range map[string]enter{"att_posted": ledger.PostTx, "att_voided": ledger.VoidTx, "att_pending": nil} {
			if err := book(t, d, ledger.PendTx, water(source, 8310)); err != nil {
				t.Fatal(err)
			}
			if second == nil {
				continue
			}
			if err := book(t, d, second, water(source, 8310)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := ledger.New(d).TrialBalance(t.Context(), "odessa", day, day)
		if err != nil {
			t.Fatal(err)
		}
		want := []ledger.Balance{
			{Code: "clearing/sandbox", Posted: money.Cents(8560), Pending: money.Cents(8560)},
			{Code: "fees/collected", Posted: money.Cents(-250), Pending: money.Cents(-250)},
			{Code: "receivable/water", Posted: money.Cents(-8310), Pending: money.Cents(-8310)},
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(money.Amount{})); diff != "" {
			t.Errorf("balances (-want +got):\n%s", diff)
		}
		if out := ledger.Out(got); !out.IsZero() {
			t.Errorf("the book is out by %s", out)
		}
	})
}

func TestAnEntryIsResolvedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, step := range []struct {
			enter enter
			want  error
		}{{ledger.PendTx, nil}, {ledger.PendTx, db.ErrDuplicate}, {ledger.PostTx, nil}, {ledger.PostTx, db.ErrDuplicate}, {ledger.VoidTx, db.ErrDuplicate}} {
			if err := book(t, d, step.enter, water("att_1", 100)); !errors.Is(err, step.want) {
				t.Errorf("entering = %v, want %v", err, step.want)
			}
		}
	})
}

func TestEntriesStayAsTheyAre(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := book(t, d, ledger.PendTx, water("att_1", 100)); err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{"update ledger_entries set amount_cents = 1", "delete from ledger_entries"} {
			err := d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error { tx.Exec(sql); return nil })
			if err == nil {
				t.Errorf("%s succeeded", sql)
			}
		}
	})
}

func TestWhatIsNotAnEntryIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bad := water("att_1", 0)
		if err := book(t, d, ledger.PendTx, bad); !errors.Is(err, ledger.ErrNotAnEntry) {
			t.Errorf("a zero entry = %v, want ErrNotAnEntry", err)
		}
	})
}
