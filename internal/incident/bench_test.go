package incident

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// occasionsOfBench is how many occasions the benchmarks fill a year of one town
// with. The goal is stated for 10,000,000:
//
//	go test -run '^$' -bench . -benchtime 1x -timeout 1h ./internal/incident -args -occasions 10000000
var occasionsOfBench = flag.Int("occasions", 100_000, "how many occasions the benchmarks fill a year with")

// peopleOfBench is how many utility accounts pay, each by its holder.
func peopleOfBench() int { return max(*occasionsOfBench/20, 10) }

// fill writes a year of occasions of one town by statements, as fast as the
// database takes them: six in ten typed on the web, the others on all channels,
// one in ten declined and one in twenty abandoned.
func fill(b *testing.B, d *db.DB) {
	b.Helper()
	number := func(n string) string { return "printf('%%026d', " + n + ")" }
	day := "date('2019-01-01', '+' || (%s * 365 / %d) || ' days')"
	series := "with recursive s(n) as (select %d union all select n + 1 from s where n < %d) "
	if d.Dialect() == db.Postgres {
		number = func(n string) string { return "lpad(cast(" + n + " as text), 26, '0')" }
		day = "to_char(date '2019-01-01' + cast(cast(%s as bigint) * 365 / %d as integer), 'YYYY-MM-DD')"
		series = "with s(n) as (select generate_series(%d, %d)) "
	}
	total := *occasionsOfBench
	for from := 0; from < total; from += 250_000 {
		some := fmt.Sprintf(series, from, min(from+250_000, total)-1)
		err := d.Write(b.Context(), "town", func(ctx context.Context, tx *db.Tx) error {
			tx.Exec(fmt.Sprintf(`insert into exposures (city_id, id, shown_at, business_on, capture_path, flow, instrument, channel,
					service, department, utility_account, login_id, processor, page_manifest, release, node) `+some+`
				select 'town', 'exp_' || `+number("n")+`, 1546300800000000 + cast(n as bigint) * 1000000, `+day+`,
					case when n %% 10 < 6 then 'web_frame' when n %% 10 < 8 then 'stored_token' when n %% 10 = 8 then 'counter_reader' else 'phone_keypad' end,
					case when n %% 10 in (6, 7) then 'autopay_run' when n %% 50 = 0 then 'autopay_enrolment' else 'one_time' end,
					case when n %% 7 = 0 then 'bank_account' else 'card' end,
					case when n %% 10 < 6 then 'web' when n %% 10 < 8 then 'autopay' when n %% 10 = 8 then 'counter' else 'phone' end,
					case when n %% 11 = 0 then 'sewer' else 'water' end, 'Utilities', 'ua' || ((cast(n as bigint) * 7919) %% %d), '', 'sandbox',
					'852ff28030f6e3617d8a8a9e949b52a7eb9c45ff', '15098916c24c269dac666e27be9b43259af3f07c4', 'node-' || (n %% 2)
				from s`, "n", total, peopleOfBench()))
			for _, outcome := range []struct{ name, where string }{{"submitted", "n % 20 <> 0"}, {"approved", "n % 20 <> 0 and n % 10 <> 1"},
				{"declined", "n % 10 = 1"}, {"abandoned", "n % 20 = 0"}} {
				tx.Exec(fmt.Sprintf(`insert into exposure_outcomes (city_id, exposure_id, attempt_id, outcome, occurred_at, entry, brand, last4,
						fingerprint, processor_reference, payer_name, payer_address, payer_email, payer_phone) `+some+`
					select 'town', 'exp_' || `+number("n")+`, 'att_' || n, '`+outcome.name+`', 1546300801000000 + cast(n as bigint) * 1000000,
						case when n %% 10 < 6 then 'typed' else 'stored' end, 'visa', '4242', 'f' || n, 'ref' || n,
						'Payer ' || ((cast(n as bigint) * 7919) %% %[1]d), '', 'payer' || ((cast(n as bigint) * 7919) %% %[1]d) || '@example.org', ''
					from s where `, peopleOfBench()) + outcome.where)
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// eachFilled runs a benchmark on a filled database of each kind, its days tallied.
func eachFilled(b *testing.B, run func(b *testing.B, desk *Desk)) {
	for _, engine := range []struct {
		name string
		open func(testing.TB, clock.Clock) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			d := engine.open(b, clock.NewManual(dbtest.Began))
			start := clock.System().Now()
			fill(b, d)
			filled := clock.System().Now()
			desk := New(d)
			if _, err := desk.occasions.Tally(b.Context(), 1000); err != nil {
				b.Fatal(err)
			}
			b.Logf("filled in %s, tallied in %s", filled.Sub(start).Round(time.Millisecond), clock.System().Now().Sub(filled).Round(time.Millisecond))
			run(b, desk)
		})
	}
}

// peak reports the most memory that the process had since unpeak; the database
// of SQLite is in it, that of PostgreSQL is not. Only Linux tells.
func peak(b *testing.B) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(status)) {
		if kB, found := strings.CutPrefix(line, "VmHWM:"); found {
			n, _ := strconv.Atoi(strings.Fields(kB)[0])
			b.ReportMetric(float64(n/1024), "MiB-peak")
		}
	}
}

// unpeak forgets the peak so far.
func unpeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere there is no peak to forget
}

const odessa = "on 2019-08-27..2019-10-14 and service water and capture web_frame and flow one_time and instrument card"

func BenchmarkIncident(b *testing.B) {
	eachFilled(b, func(b *testing.B, desk *Desk) {
		for _, c := range []struct{ name, scope string }{{"preview-49-days", odessa}, {"preview-undated", strings.SplitN(odessa, " and ", 2)[1]}} {
			b.Run(c.name, func(b *testing.B) {
				unpeak()
				for b.Loop() {
					p, err := desk.Preview(b.Context(), "town", scope(b, c.scope))
					if err != nil || p.People == 0 {
						b.Fatal(p.Counts, err)
					}
					b.ReportMetric(float64(p.People), "people")
					b.ReportMetric(float64(p.Occasions), "occasions")
				}
				peak(b)
			})
		}
		b.Run("freeze", func(b *testing.B) {
			unpeak()
			n := 0
			for b.Loop() {
				n++
				first := calendar.MakeDate(2019, 9, 1)
				days := When(Span{first, first.AddDays(9)})
				name := fmt.Sprint("freeze-", n)
				if err := desk.Open(b.Context(), "town", name, "", All(days, scope(b, strings.SplitN(odessa, " and ", 2)[1])), "bench"); err != nil {
					b.Fatal(err)
				}
				frozen, err := desk.Freeze(b.Context(), "town", name, 1, nil, "bench")
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(frozen.People), "people")
			}
			peak(b)
		})
	})
}
