package cis_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/cis"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/db/dbtest/mortal"
)

// The file that is brought in: three chunks of rows and a part of a fourth, bills
// and readings, of which some correct what an earlier file said.
const killedRows = 13_000

func killedFile() string {
	var text strings.Builder
	text.WriteString("record,utility_account,name,service_address,zip,bill_number,bill_date,due_date,amount_due,meter,current_read_on,current_reading,usage,units\n")
	for i := range killedRows {
		if i%4 == 3 {
			fmt.Fprintf(&text, "READING,10-%04d,,,,C%d,,,,M9,2026-11-30,%d,3,hundred gallons\n", i/2, i, i)
			continue
		}
		fmt.Fprintf(&text, "BILL,10-%04d,Ana Example,%d Main Street,75001,C%d,2026-12-01,2026-12-21,%d.25,,,,,\n", i/2, i, i, i%90)
	}
	sum := 0
	for i := range killedRows {
		if i%4 != 3 {
			sum += i%90*100 + 25
		}
	}
	fmt.Fprintf(&text, "TRAILER,%d,%d.%02d\n", killedRows, sum/100, sum%100)
	return text.String()
}

// TestImportKilledAnywhereIsWholeOrNothing kills a process with SIGKILL in the
// midst of an import, at moments drawn at random. Until the import is done, what
// the town owes is as before; when the same file is brought again, it is as
// after an import that nobody disturbed.
func TestImportKilledAnywhereIsWholeOrNothing(t *testing.T) {
	for _, engine := range []struct {
		name  string
		fresh func(t *testing.T) string
	}{
		{"sqlite", func(t *testing.T) string { return "sqlite:" + dbtest.SQLiteFile(t) }},
		{"postgres", func(t *testing.T) string { return dbtest.PostgresURL(t) }},
	} {
		t.Run(engine.name, func(t *testing.T) { killImports(t, func() string { return engine.fresh(t) }) })
	}
}

func killImports(t *testing.T, fresh func() string) {
	undisturbed := fresh()
	whole := mortal.Run(t, "TestHelperImportsAndDies", 0, "CLEARWELL_DB="+undisturbed)
	after := stated(t, dbtest.Open(t, undisturbed, clock.NewManual(dbtest.Began)))
	before, heard := whole.Heard("before")
	if !heard || before == after {
		t.Fatalf("the import changes nothing:\n%s", whole.Said)
	}
	died, went := 0, 0
	for _, step := range moments(t, whole.Steps) {
		database := fresh()
		if mortal.Run(t, "TestHelperImportsAndDies", step, "CLEARWELL_DB="+database).Killed {
			died++
		}
		if resume(t, database, step, before, after) > 0 {
			went++
		}
	}
	t.Logf("died %d times, and went on %d times with what was safe", died, went)
	if died == 0 || went == 0 {
		t.Errorf("died %d times, went on %d times", died, went)
	}
}

// moments are steps to die at: the first, the last few, where the import becomes
// what is owed, and some at random between.
func moments(t *testing.T, steps int) []int {
	some := 8
	if testing.Short() {
		some = 1
	}
	all := []int{1, steps - 2, steps - 1, steps}
	for range some {
		all = append(all, 1+rand.IntN(steps))
	}
	slices.Sort(all)
	t.Logf("dying at %v of %d steps", all, steps)
	return slices.Compact(all)
}

// resume looks at what a killed import left, and brings the file again. It tells
// behind which line it went on.
func resume(t *testing.T, database string, step int, before, after string) int64 {
	t.Helper()
	d := dbtest.Open(t, database, clock.NewManual(dbtest.Began))
	if left := stated(t, d); left != before && left != after {
		t.Errorf("killed at step %d, the import is applied in part", step)
	}
	report, err := cis.New(d, nil).Import(t.Context(), request(t, "clearwell", killedFile()))
	if err != nil {
		t.Fatalf("killed at step %d, the file is not taken again: %v", step, err)
	}
	if got := stated(t, d); got != after {
		t.Errorf("killed at step %d, resumed behind line %d: what is owed is not as after an undisturbed import", step, report.Resumed)
	}
	for table, want := range map[string]int64{"staged_rows": 0, "imports": 2, "audit_unsealed": 2} {
		if got := rows(t, d, table); got != want {
			t.Errorf("killed at step %d: %d rows in %s, want %d", step, got, table, want)
		}
	}
	return report.Resumed
}

// TestHelperImportsAndDies is the child of
// TestImportKilledAnywhereIsWholeOrNothing.
func TestHelperImportsAndDies(t *testing.T) {
	life, child := mortal.Child(os.Stdout)
	if !child {
		t.Skip("runs as the child of TestImportKilledAnywhereIsWholeOrNothing")
	}
	database, err := life.Database(os.Getenv("CLEARWELL_DB"))
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, database, life.Clock(clock.NewManual(dbtest.Began)))
	bring(t, cis.New(d, nil), request(t, "clearwell", november))
	fmt.Println("before", stated(t, d))
	life.Arm()
	bring(t, cis.New(d, nil), request(t, "clearwell", killedFile()))
	life.End()
}

// stated digests everything that imports state: each row, but for the identifier
// of the import that it came with.
func stated(t *testing.T, d *db.DB) string {
	t.Helper()
	digest := sha256.New()
	for _, table := range []struct{ name, row string }{
		{"utility_accounts", "number || display || name || service_address || zip || service || balance_cents || '/' || coalesce(due_on, '') || balance_as_of_at || coalesce(billed_on, '') || bill_number || coalesce(last_payment_cents, 0)"},
		{"bills", "number || bill_number || service || coalesce(billed_on, '') || coalesce(due_on, '') || amount_cents"},
		{"readings", "number || meter || read_on || service || coalesce(reading_milli, 0) || '/' || coalesce(usage_milli, 0) || units || bill_number"},
	} {
		for _, row := range texts(t, d, table.row, table.name) {
			fmt.Fprintln(digest, row)
		}
	}
	return fmt.Sprintf("%x", digest.Sum(nil))
}

// texts reads an expression of each of a table's rows, sorted.
func texts(t *testing.T, d *db.DB, expression, table string) []string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var all []string
	err := d.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		found, err := tx.Query(ctx, "select "+expression+" from "+table+" where city_id = $1", town)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var text string
			if err := found.Scan(&text); err != nil {
				return err
			}
			all = append(all, text)
		}
		return found.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}
