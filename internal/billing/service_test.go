package billing_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

const town id.City = "sampletown"

var exact = cmp.AllowUnexported(money.Amount{}, calendar.Date{}, billing.LoadID{})

func ptr[T any](v T) *T { return &v }

func november(day int) calendar.Date { return calendar.MakeDate(2026, 11, day) }

// bill is a row as a bill file gives it.
func bill(line int64, number billing.Number, billed calendar.Date, cents int64) *billing.Row {
	return &billing.Row{
		Line: line, Number: number, Display: "No. " + string(number), Name: "Ana Example", ServiceAddress: "12 Main Street", ZIP: "78701",
		Service: "water", BilledOn: billed, DueOn: billed.AddDays(20), Amount: ptr(money.Cents(cents)), LastPayment: ptr(money.Cents(4510)),
	}
}

// load stages and applies rows for a city.
func load(t *testing.T, d *db.DB, of id.City, name string, asOf time.Time, rows ...*billing.Row) billing.Changes {
	t.Helper()
	var id billing.LoadID
	if err := id.UnmarshalText([]byte("load_" + (name + "00000000000000000000000000")[:26])); err != nil {
		t.Fatal(err)
	}
	var changes billing.Changes
	err := d.Write(t.Context(), of, func(ctx context.Context, tx *db.Tx) error {
		rest := slices.Clone(rows)
		_, err := billing.StageTx(ctx, tx, id, func() (*billing.Row, error) {
			if len(rest) == 0 {
				return nil, nil
			}
			row := rest[0]
			rest = rest[1:]
			return row, nil
		})
		if err != nil {
			return err
		}
		changes, err = billing.ApplyTx(ctx, tx, id, asOf)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestTheNewestBillIsOwed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		asOf := dbtest.Began
		changes := load(t, d, town, "1", asOf,
			bill(1, "1", november(1), 6125), bill(2, "1", calendar.MakeDate(2026, 10, 1), 4000), bill(3, "2", november(1), -310))
		if want := (billing.Changes{NewUtilityAccounts: 2, NewBills: 3, Stated: money.Cents(5815)}); changes != want {
			t.Errorf("changes = %+v, want %+v", changes, want)
		}
		s := billing.New(d)
		got, err := s.Find(t.Context(), town, "1")
		if err != nil {
			t.Fatal(err)
		}
		want := billing.UtilityAccount{
			Statement: billing.Statement{
				Number: "1", Service: "water", Balance: money.Cents(6125), DueOn: november(21), AsOf: asOf,
				BilledOn: november(1), Bill: "2026-11-01",
			},
			Display: "No. 1", Name: "Ana Example", ServiceAddress: "12 Main Street", ZIP: "78701", LastPayment: money.Cents(4510), Load: got.Load,
		}
		if diff := cmp.Diff(want, got, exact); diff != "" {
			t.Errorf("utility account (-want +got):\n%s", diff)
		}
		bills, err := s.Bills(t.Context(), town, "1", 10)
		if err != nil || len(bills) != 2 || bills[0].Amount != money.Cents(6125) || bills[1].Number != "2026-10-01" {
			t.Errorf("bills = %+v, %v", bills, err)
		}
	})
}

func TestAnOlderFileLeavesTheBalance(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		load(t, d, town, "1", dbtest.Began, bill(1, "1", november(1), 6125))
		changes := load(t, d, town, "2", dbtest.Began.Add(time.Hour), bill(1, "1", november(1).AddDays(-30), 1))
		if want := (billing.Changes{NewBills: 1}); changes != want {
			t.Errorf("changes = %+v, want %+v", changes, want)
		}
		got := statement(t, d, "1")
		if got.Balance != money.Cents(6125) || !got.AsOf.Equal(dbtest.Began) {
			t.Errorf("an older bill made the balance %s as of %s", got.Balance, got.AsOf)
		}
	})
}

func TestWhatAFileDoesNotStateStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first := bill(1, "1", november(1), 6125)
		first.ShutOffOn, first.ShutOff = november(28), ptr(money.Cents(5000))
		load(t, d, town, "1", dbtest.Began, first)
		if got := statement(t, d, "1"); got.ShutOffOn != november(28) || got.ShutOff != money.Cents(5000) {
			t.Errorf("shut-off %s of %s", got.ShutOff, got.ShutOffOn)
		}
		load(t, d, town, "2", dbtest.Began, &billing.Row{Line: 1, Number: "1", BilledOn: november(2), Amount: ptr(money.Cents(7))})
		got, err := billing.New(d).Find(t.Context(), town, "1")
		if err != nil || got.Name != "Ana Example" || got.LastPayment != money.Cents(4510) || got.Balance != money.Cents(7) {
			t.Errorf("utility account = %+v, %v", got, err)
		}
		if !got.ShutOffOn.IsZero() {
			t.Error("a threat outlived the bill that made it")
		}
	})
}

func TestReadingsAndListsOfUtilityAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		load(t, d, town, "1", dbtest.Began, bill(1, "1", november(1), 6125))
		reading := &billing.Row{
			Line: 1, Number: "1", Meter: "M1", ReadOn: november(1), Milli: ptr(int64(1_312_000)),
			UsageMilli: ptr(int64(12_500)), Units: "hundred gallons",
		}
		moved := &billing.Row{Line: 2, Number: "1", Name: "Bo Example"}
		changes := load(t, d, town, "2", dbtest.Began, reading, moved)
		if want := (billing.Changes{NewReadings: 1, UpdatedUtilityAccounts: 1}); changes != want {
			t.Errorf("changes = %+v, want %+v", changes, want)
		}
		if again := load(t, d, town, "3", dbtest.Began, reading); again != (billing.Changes{}) {
			t.Errorf("the same reading changed %+v", again)
		}
		got, err := billing.New(d).Readings(t.Context(), town, "1", 10)
		if err != nil || len(got) != 1 || got[0].UsageMilli != 12_500 || got[0].On != november(1) {
			t.Errorf("readings = %+v, %v", got, err)
		}
		found, err := billing.New(d).Find(t.Context(), town, "1")
		if err != nil || found.Name != "Bo Example" || found.Balance != money.Cents(6125) {
			t.Errorf("a new name made %+v, %v", found, err)
		}
	})
}

func TestProofHasOneAnswerForEveryMismatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		load(t, d, town, "1", dbtest.Began, bill(1, "1", november(1), 6125))
		s := billing.New(d)
		right := map[city.Factor]string{city.HouseNumber: "12"}
		if got, err := s.Prove(t.Context(), town, "1", right, 1); err != nil || got.Number != "1" {
			t.Errorf("the right answer gave %+v, %v", got, err)
		}
		for name, c := range map[string]struct {
			town    id.City
			number  billing.Number
			answers map[city.Factor]string
			needed  int
		}{
			"no such number":   {town, "9", right, 1},
			"the dummy's own":  {town, "9", map[city.Factor]string{city.HouseNumber: "1234"}, 1},
			"a wrong answer":   {town, "1", map[city.Factor]string{city.HouseNumber: "13"}, 1},
			"no answer":        {town, "1", nil, 1},
			"too few answers":  {town, "1", right, 2},
			"nothing required": {town, "1", right, 0},
			"another town":     {"othertown", "1", right, 1},
		} {
			got, err := s.Prove(t.Context(), c.town, c.number, c.answers, c.needed)
			if !errors.Is(err, billing.ErrNoMatch) || err.Error() != billing.ErrNoMatch.Error() {
				t.Errorf("%s: %v", name, err)
			}
			if diff := cmp.Diff(billing.UtilityAccount{}, got, exact); diff != "" {
				t.Errorf("%s tells:\n%s", name, diff)
			}
		}
	})
}

func TestReturnsAreNotedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		load(t, d, town, "1", dbtest.Began, bill(1, "1", november(1), 6125))
		if statement(t, d, "1").Returned {
			t.Error("a return before any payment")
		}
		back := policy.Return{On: november(5), Tender: policy.BankAccount, Code: "R01"}
		for range 2 {
			write(t, d, func(ctx context.Context, tx *db.Tx) error {
				billing.RecordReturnTx(tx, "1", "pay_1", back)
				return nil
			})
		}
		var got []policy.Return
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			var err error
			got, err = billing.ReturnsTx(ctx, tx, "1")
			return err
		})
		if diff := cmp.Diff([]policy.Return{back}, got, exact); diff != "" {
			t.Errorf("returns (-want +got):\n%s", diff)
		}
		if !statement(t, d, "1").Returned {
			t.Error("the statement does not tell of the return")
		}
	})
}

func TestTownsAreApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		load(t, d, town, "1", dbtest.Began, bill(1, "1", november(1), 6125))
		load(t, d, "othertown", "1", dbtest.Began, bill(1, "1", november(1), 1))
		if got := statement(t, d, "1").Balance; got != money.Cents(6125) {
			t.Errorf("another town's file made the balance %s", got)
		}
	})
}

func write(t *testing.T, d *db.DB, fn db.Func) {
	t.Helper()
	if err := d.Write(t.Context(), town, fn); err != nil {
		t.Fatal(err)
	}
}

func statement(t *testing.T, d *db.DB, n billing.Number) billing.Statement {
	t.Helper()
	var s billing.Statement
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		var err error
		s, err = billing.StatementTx(ctx, tx, n)
		return err
	})
	return s
}
