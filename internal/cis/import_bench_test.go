package cis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/money"
)

// BenchmarkImport brings in a file of bills, and beside it loads the same rows
// straight into the staging table, which is the measure: an import should take
// less than 6.6 times as long (a ratio of at least 0.15).
//
//	go run ./internal/db/dbtest/cluster/with go test ./internal/cis -run - -bench Import -benchtime 1x
func BenchmarkImport(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB, clock.Clock) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			for b.Loop() {
				raw, whole := race(b, engine.open)
				b.ReportMetric(benchBills/raw.Seconds(), "raw-rows/s")
				b.ReportMetric(benchBills/whole.Seconds(), "import-rows/s")
				b.ReportMetric(raw.Seconds()/whole.Seconds(), "ratio")
			}
		})
	}
}

const benchBills = 200_000

func race(b *testing.B, open func(testing.TB, clock.Clock) *db.DB) (raw, whole time.Duration) {
	clk := clock.System()
	text := extract(benchBills)
	loaded := open(b, clk)
	began := clk.Now()
	loadRaw(b, loaded)
	raw = clk.Now().Sub(began)
	imported := open(b, clk)
	began = clk.Now()
	report, err := cis.New(imported, nil).Import(b.Context(), request(b, "clearwell", text))
	if err != nil || report.Changes.NewBills != benchBills {
		b.Fatalf("imported %+v, %v", report.Changes, err)
	}
	return raw, clk.Now().Sub(began)
}

// extract is a file of our own layout.
func extract(bills int) string {
	var text strings.Builder
	text.WriteString("record,utility_account,name,service_address,mailing_1,city,state,zip,service,bill_number,bill_date,due_date,current,past_due,amount_due\n")
	for i := range bills {
		fmt.Fprintf(&text, "BILL,%09d,Ana Example,%d Main Street,%d Main Street,Sampletown,TX,75001,water,B%09d,2026-11-01,2026-11-21,61.25,0.00,61.25\n", i+1, i+1, i+1, i+1)
	}
	fmt.Fprintf(&text, "TRAILER,%d,%d.%02d\n", bills, bills*6125/100, bills*6125%100)
	return text.String()
}

// loadRaw loads the same rows with nothing else, in the same chunks.
func loadRaw(b *testing.B, d *db.DB) {
	load := billing.NewLoad(clock.System().Now())
	for line := int64(1); line <= benchBills; {
		end := line + 4000
		err := d.Write(b.Context(), town, func(ctx context.Context, tx *db.Tx) error {
			_, err := billing.StageTx(ctx, tx, load, func() (*billing.Row, error) {
				if line == end || line > benchBills {
					return nil, nil
				}
				line++
				return benchRow(line - 1), nil
			})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchRow(line int64) *billing.Row {
	row := bill(line)
	row.Number = billing.Number(fmt.Sprintf("%09d", line))
	row.Display = string(row.Number)
	row.ServiceAddress = fmt.Sprintf("%d Main Street", line)
	row.Mailing.Lines[0] = row.ServiceAddress
	row.Bill = fmt.Sprintf("B%09d", line)
	return row
}

// bill is a bill of the extract.
func bill(line int64) *billing.Row {
	due, none := money.Cents(6125), money.Cents(0)
	return &billing.Row{
		Line: line, Name: "Ana Example", ZIP: "75001", Mailing: billing.Mailing{City: "Sampletown", State: "TX", ZIP: "75001"},
		Service: "water", BilledOn: calendar.MakeDate(2026, 11, 1), DueOn: calendar.MakeDate(2026, 11, 21),
		Amount: &due, Current: &due, PastDue: &none,
	}
}
