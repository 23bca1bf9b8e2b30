package cis_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/billing"
	"clearwell/internal/cis"
	"clearwell/internal/cis/layout"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

var update = flag.Bool("update", false, "write the golden files")

const town id.City = "sampletown"

// numbers is how the town writes its utility account numbers.
func numbers() city.NumberFormat {
	return city.NumberFormat{Patterns: []string{"######-###"}, LeadingZeros: city.ZerosOptional, Example: "004217-001"}
}

// held is a file in memory.
type held struct{ *bytes.Reader }

func (held) Close() error { return nil }

// holding opens the same text each time.
func holding(text string) func() (io.ReadSeekCloser, error) {
	return func() (io.ReadSeekCloser, error) { return held{bytes.NewReader([]byte(text))}, nil }
}

func shipped(t testing.TB, name string) *layout.Layout {
	t.Helper()
	l, err := layouts.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func request(t testing.TB, layout, text string) cis.Request {
	t.Helper()
	return cis.Request{
		City: town, Layout: shipped(t, layout), Numbers: numbers(), Service: "water", Open: holding(text), Actor: "operator:ana",
	}
}

// november is a good file of our own layout.
const november = `record,utility_account,name,service_address,zip,last_payment,bill_number,bill_date,due_date,amount_due,meter,current_read_on,current_reading,usage,units
BILL,10-0001,Ana Example,12 Main Street,75001,45.10,B1,2026-11-01,2026-11-21,61.25,M1,2026-10-31,1312,12.5,hundred gallons
READING,10-0001,,,,,B1,,,,M2,2026-10-31,44,4,hundred gallons
BILL,10-0002,"Example, Bo",14 Main Street,75001,,B2,2026-11-01,2026-11-21,-3.10,,,,,
TRAILER,3,58.15
`

// december corrects a bill of November, and has a row that cannot be a record
// and one that is no number of the town's.
const december = `record,utility_account,name,service_address,zip,bill_number,bill_date,due_date,amount_due
BILL,10-0001,Ana Example,12 Main Street,75001,B1,2026-11-01,2026-11-21,60.25
BILL,10-0001,Ana Example,12 Main Street,75001,B3,2026-12-01,2026-12-21,70.00
BILL,10-0003,Cy Example,16 Main Street,75001,B4,2026-12-01,12/21/2026,1.00
BILL,=1+1,Di Example,18 Main Street,75001,B5,2026-12-01,2026-12-21,2.00
TRAILER,4,133.25
`

// bring imports and gives the report as staff read it, and the reject file.
func bring(t *testing.T, s *cis.Service, r cis.Request) (report, rejects string) {
	t.Helper()
	var refused, text strings.Builder
	r.Rejects = &refused
	done, err := s.Import(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := done.WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	return text.String(), refused.String()
}

func TestImport(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := cis.New(d, nil)
		var story strings.Builder
		for _, file := range []struct{ name, text string }{
			{"November", november}, {"December", december}, {"November again", november},
		} {
			report, rejects := bring(t, s, request(t, "clearwell", file.text))
			fmt.Fprintf(&story, "== %s\n%s-- rejects\n%s", file.name, report, rejects)
			clk.Advance(time.Hour)
		}
		golden(t, "import.golden", story.String())
		got := find(t, d, "000010001")
		if got.Balance != money.Cents(7000) || got.Bill != "B3" || got.Display != "10-0001" || got.LastPayment != money.Cents(4510) {
			t.Errorf("utility account = %+v", got)
		}
		if want := dbtest.Began.Add(time.Hour); !got.AsOf.Equal(want) {
			t.Errorf("the balance is as of %s, not %s", got.AsOf, want)
		}
		if got := rows(t, d, "staged_rows"); got != 0 {
			t.Errorf("%d rows are still staged", got)
		}
		if got := rows(t, d, "audit_unsealed"); got != 2 {
			t.Errorf("%d audit events of two files", got)
		}
	})
}

func TestDryRunNeedsNoDatabase(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "sip_simple_bill.csv"))
	if err != nil {
		t.Fatal(err)
	}
	r := request(t, "sip", string(file))
	r.DryRun = true
	report, rejects := bring(t, cis.New(nil, nil), r)
	golden(t, "sip.golden", report+"-- rejects\n"+rejects)
}

// A clerk opens the reject file in a spreadsheet, which would run what a row of
// somebody's file begins with.
func TestRejectsAreNoFormulas(t *testing.T) {
	r := request(t, "sip", "=1+1,000000001,11/21/2026,1.00,Ana Example,1 Main Street\n")
	r.DryRun = true
	_, rejects := bring(t, cis.New(nil, nil), r)
	if !strings.Contains(rejects, "'=1+1") {
		t.Errorf("the reject file is\n%s", rejects)
	}
}

func TestDryRunStoresNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := request(t, "clearwell", november)
		r.DryRun = true
		bring(t, cis.New(d, nil), r)
		for _, table := range []string{"imports", "staged_rows", "utility_accounts", "bills", "readings"} {
			if got := rows(t, d, table); got != 0 {
				t.Errorf("a dry run left %d rows in %s", got, table)
			}
		}
	})
}

func TestRefusedFilesChangeNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, c := range map[string]struct {
			layout, text string
			want         error
		}{
			"truncated in a row":   {"clearwell", november[:len(november)-30], layout.ErrTruncated},
			"without its trailer":  {"clearwell", strings.TrimSuffix(november, "TRAILER,3,58.15\n"), layout.ErrTruncated},
			"wrong total":          {"clearwell", strings.Replace(november, "58.15", "58.16", 1), layout.ErrControlTotals},
			"wrong count":          {"clearwell", strings.Replace(november, "TRAILER,3", "TRAILER,4", 1), layout.ErrControlTotals},
			"a column renamed":     {"clearwell", strings.Replace(november, "amount_due", "balance", 1), layout.ErrColumns},
			"two files in one":     {"clearwell", november + november, layout.ErrAfterTrailer},
			"empty":                {"sip", "", layout.ErrEmpty},
			"a layout to write in": {"clearwell-posting", november, cis.ErrWrongDirection},
		} {
			_, err := cis.New(d, nil).Import(t.Context(), request(t, c.layout, c.text))
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, not %v", name, err, c.want)
			}
		}
		for _, table := range []string{"imports", "staged_rows", "utility_accounts", "audit_unsealed"} {
			if got := rows(t, d, table); got != 0 {
				t.Errorf("refused files left %d rows in %s", got, table)
			}
		}
	})
}

// many is a file with so many bills of a cent each.
func many(bills int) string {
	var text strings.Builder
	for i := range bills {
		fmt.Fprintf(&text, "11/01/2026,%09d,11/21/2026,.01,Ana Example,%d Main Street\n", i+1, i+1)
	}
	return text.String()
}

func TestInterruptedImportGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const bills = 9_000
		text := many(bills)
		ctx, kill := context.WithCancel(t.Context())
		r := request(t, "sip", text)
		r.Progress = func(p cis.Progress) {
			if p.Phase == cis.Staging {
				kill()
			}
		}
		_, err := cis.New(d, nil).Import(ctx, r)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("the import was not interrupted: %v", err)
		}
		staged := rows(t, d, "staged_rows")
		if staged == 0 || staged == bills || rows(t, d, "utility_accounts") != 0 {
			t.Fatalf("%d rows are staged and %d applied", staged, rows(t, d, "utility_accounts"))
		}
		r = request(t, "sip", text)
		report, err := cis.New(d, nil).Import(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if report.Resumed != staged || report.Totals.Accepted != bills || report.Totals.Sum != money.Cents(bills) {
			t.Errorf("resumed behind %d with %+v", report.Resumed, report.Totals)
		}
		if want := (billing.Changes{NewUtilityAccounts: bills, NewBills: bills, Stated: money.Cents(bills)}); report.Changes != want {
			t.Errorf("changes = %+v", report.Changes)
		}
	})
}

// After a crash of PostgreSQL what was staged is gone, and the import does not
// know it.
func TestAnImportWhoseStagedRowsAreGoneBeginsAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, kill := context.WithCancel(t.Context())
		r := request(t, "sip", many(9_000))
		r.Progress = func(p cis.Progress) {
			if p.Phase == cis.Staging {
				kill()
			}
		}
		_, err := cis.New(d, nil).Import(ctx, r)
		if !errors.Is(err, context.Canceled) || rows(t, d, "staged_rows") == 0 {
			t.Fatalf("the import was not interrupted half-way: %v", err)
		}
		err = d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
			tx.Exec("delete from staged_rows where city_id = $1", town)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		report, err := cis.New(d, nil).Import(t.Context(), request(t, "sip", many(9_000)))
		if err != nil || report.Resumed != 0 || report.Changes.NewBills != 9_000 {
			t.Errorf("Import = %+v, %v", report, err)
		}
	})
}

func TestAnInterruptedImportIsForgotten(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		ctx, kill := context.WithCancel(t.Context())
		r := request(t, "sip", many(5_000))
		r.Progress = func(p cis.Progress) {
			if p.Phase == cis.Staging {
				kill()
			}
		}
		_, err := cis.New(d, nil).Import(ctx, r)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("the import was not interrupted: %v", err)
		}
		clk.Advance(72 * time.Hour)
		bring(t, cis.New(d, nil), request(t, "clearwell", november))
		if got := rows(t, d, "staged_rows"); got != 0 {
			t.Errorf("%d rows of an import given up are still there", got)
		}
		if got := rows(t, d, "imports"); got != 1 {
			t.Errorf("%d imports, not 1", got)
		}
	})
}

// exchanged gives other bytes of the same length to whoever reads it again.
type exchanged struct {
	held
	other *bytes.Reader
	seeks int
}

func (e *exchanged) Seek(offset int64, whence int) (int64, error) {
	if offset == 0 && whence == io.SeekStart {
		e.seeks++
	}
	if e.seeks > 1 {
		e.Reader = e.other
	}
	return e.Reader.Seek(offset, whence)
}

func TestAFileExchangedWhileReadIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := request(t, "clearwell", november)
		r.Open = func() (io.ReadSeekCloser, error) {
			other := strings.Replace(november, "Ana", "Eve", 1)
			return &exchanged{held: held{bytes.NewReader([]byte(november))}, other: bytes.NewReader([]byte(other))}, nil
		}
		_, err := cis.New(d, nil).Import(t.Context(), r)
		if !errors.Is(err, layout.ErrChanged) {
			t.Errorf("Import = %v", err)
		}
		for _, table := range []string{"imports", "staged_rows", "utility_accounts"} {
			if got := rows(t, d, table); got != 0 {
				t.Errorf("it left %d rows in %s", got, table)
			}
		}
	})
}

func TestWhatWasStagedIsCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := request(t, "clearwell", november)
		r.Progress = func(p cis.Progress) {
			if p.Phase != cis.Applying {
				return
			}
			err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
				tx.Exec("update staged_rows set amount_cents = 1 where city_id = $1 and line = 2", town)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		_, err := cis.New(d, nil).Import(t.Context(), r)
		if !errors.Is(err, cis.ErrStagedDiffers) {
			t.Errorf("Import = %v", err)
		}
		if got := rows(t, d, "utility_accounts") + rows(t, d, "staged_rows") + rows(t, d, "imports"); got != 0 {
			t.Errorf("it left %d rows", got)
		}
		if report, _ := bring(t, cis.New(d, nil), request(t, "clearwell", november)); !strings.Contains(report, "2 new") {
			t.Errorf("the file cannot be brought again:\n%s", report)
		}
	})
}

func TestTwoWhoBringTheSameFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		text := many(5_000)
		r := request(t, "sip", text)
		var second error
		begun := false
		r.Progress = func(p cis.Progress) {
			if p.Phase == cis.Staging && !begun {
				begun = true
				_, second = cis.New(d, nil).Import(t.Context(), request(t, "sip", text))
			}
		}
		_, first := cis.New(d, nil).Import(t.Context(), r)
		if !errors.Is(first, cis.ErrImportBusy) || second != nil {
			t.Errorf("the one overtaken says %v, the other %v", first, second)
		}
		if got := rows(t, d, "utility_accounts"); got != 5_000 {
			t.Errorf("%d utility accounts", got)
		}
	})
}

func TestTownsBringTheSameFileApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bring(t, cis.New(d, nil), request(t, "clearwell", november))
		r := request(t, "clearwell", november)
		r.City = "othertown"
		report, _ := bring(t, cis.New(d, nil), r)
		if !strings.Contains(report, "Utility accounts: 2 new") {
			t.Errorf("another town's file counts as the same:\n%s", report)
		}
	})
}

func find(t *testing.T, d *db.DB, n billing.Number) billing.UtilityAccount {
	t.Helper()
	found, err := billing.New(d).Find(t.Context(), town, n)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// rows counts a table's rows of the town.
func rows(t *testing.T, d *db.DB, table string) int64 {
	t.Helper()
	var n int64
	err := d.Read(t.Context(), town, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, "select count(*) from "+table+" where city_id = $1", town).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// apart is a file of a town that bills water and sewer apart.
const apart = `record,utility_account,name,service_address,bill_number,bill_date,due_date,amount_due
BILL,10-0001,Ana Example,12 Main Street,T1,2026-11-01,2026-11-25,10.00
BILL,10-0001,Ana Example,12 Main Street,T2,2026-11-01,2026-11-21,7.00
BILL,10-0002,Bo Example,14 Main Street,T3,2026-11-01,2026-11-21,5.00
TRAILER,3,22.00
`

// Of two bills for one utility account in one file the second put the first
// aside, and nobody was told of the $10.00.
func TestTwoBillsOfOneUtilityAccountLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var refused strings.Builder
		r := request(t, "clearwell", apart)
		r.Rejects = &refused
		report, err := cis.New(d, nil).Import(t.Context(), r)
		if err != nil || report.Totals.Refused != 2 || report.Changes.Stated != money.Cents(500) || strings.Count(refused.String(), "several") != 2 {
			t.Errorf("refused %d, balances of %s, %v:\n%s", report.Totals.Refused, report.Changes.Stated, err, refused.String())
		}
	})
}

func TestBillsThatAddUpAreOwedTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		text, err := os.ReadFile(filepath.Join("layouts", "clearwell.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		r := request(t, "clearwell", apart)
		r.Layout, err = layout.Load("ours.yaml", append(text, "several_bills: add\n"...))
		if err != nil {
			t.Fatal(err)
		}
		report, err := cis.New(d, nil).Import(t.Context(), r)
		if err != nil || report.Totals.Accepted != 3 || report.Changes.Stated != money.Cents(2200) {
			t.Fatalf("accepted %d, balances of %s, %v", report.Totals.Accepted, report.Changes.Stated, err)
		}
		got := find(t, d, "000010001")
		if got.Balance != money.Cents(1700) || got.DueOn.String() != "2026-11-21" {
			t.Errorf("owed are %s on %s", got.Balance, got.DueOn)
		}
	})
}

// A correction that was made before, and comes in later, is older than what is
// known.
func TestTheSameDaysBillAsOfBeforeLeavesTheBalance(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := cis.New(d, nil)
		bring(t, s, request(t, "clearwell", november))
		older := request(t, "clearwell", strings.NewReplacer("61.25", "61.20", "58.15", "58.10").Replace(november))
		older.AsOf = clk.Now().Add(-time.Hour)
		bring(t, s, older)
		if got := find(t, d, "000010001"); got.Balance != money.Cents(6125) {
			t.Errorf("what was true an hour before makes %s owed", got.Balance)
		}
	})
}

func TestAFileSaysAsOfWhenItsBalancesAre(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		text, err := os.ReadFile(filepath.Join("layouts", "clearwell.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		declared := strings.Replace(string(text), "{field: total, at: 3, required: true}\n",
			"{field: total, at: 3, required: true}\n      - {field: as_of, at: 4, required: true}\nmoments: [\"YYYY-MM-DD hh:mm\"]\n", 1)
		r := request(t, "clearwell", strings.Replace(november, ",58.15\n", ",58.15,2026-11-23 05:30\n", 1))
		r.Layout, err = layout.Load("ours.yaml", []byte(declared))
		if err != nil {
			t.Fatal(err)
		}
		r.Zone, err = time.LoadLocation("America/Chicago")
		if err != nil {
			t.Fatal(err)
		}
		clk.Set(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
		bring(t, cis.New(d, nil), r)
		if got, want := find(t, d, "000010001").AsOf, time.Date(2026, 11, 23, 11, 30, 0, 0, time.UTC); !got.Equal(want) {
			t.Errorf("the balances are as of %s, not %s", got, want)
		}
	})
}

// The two are one utility account, however it is written.
func TestTwoBillsOfOneUtilityAccountWrittenApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := request(t, "clearwell", strings.Replace(apart, "BILL,10-0001", "BILL,000010-001", 1))
		report, err := cis.New(d, nil).Import(t.Context(), r)
		if err != nil || report.Totals.Refused != 2 || report.Changes.Stated != money.Cents(500) {
			t.Errorf("refused %d, balances of %s, %v", report.Totals.Refused, report.Changes.Stated, err)
		}
	})
}

// A bill for "electric" was taken and paid in a town that has no electricity: its
// pages said what was owed, and not for what.
func TestABillForAServiceThatTheTownHasNotIsRefused(t *testing.T) {
	const bills = `record,utility_account,name,service_address,zip,bill_number,bill_date,due_date,amount_due,service
BILL,10-0001,Ana Example,12 Main Street,75001,B1,2026-11-01,2026-11-21,7.00,electric
BILL,10-0002,Bo Example,14 Main Street,75001,B2,2026-11-01,2026-11-21,8.00,sewer
BILL,10-0003,Cy Example,16 Main Street,75001,B3,2026-11-01,2026-11-21,9.00,
TRAILER,3,24.00
`
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := request(t, "clearwell", bills)
		r.Services = []policy.Service{"water", "sewer"}
		_, rejects := bring(t, cis.New(d, nil), r)
		if want := "2,refused,service,"; strings.Count(rejects, "\n") != 2 || !strings.Contains(rejects, want) || !strings.Contains(rejects, "it has: water, sewer") {
			t.Errorf("the reject file is %s", rejects)
		}
		if got := rows(t, d, "utility_accounts"); got != 2 {
			t.Errorf("%d utility accounts owe something", got)
		}
		r.Service = "bogus"
		_, err := cis.New(d, nil).Import(t.Context(), r)
		if !errors.Is(err, cis.ErrServiceUnknown) || !strings.Contains(err.Error(), "water, sewer") {
			t.Errorf("a service that the town has not: %v", err)
		}
	})
}
