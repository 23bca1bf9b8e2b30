package bench

import (
	"context"
	"fmt"

	"clearwell/internal/db"
)

// year is a year of occasions of one town, written by statements as fast as the
// database takes them: six in ten typed on the web, the others on all channels,
// one in ten declined and one in twenty abandoned. A twentieth as many payers
// come again and again.
type year struct {
	d         *db.DB
	occasions int
}

// chunkOfYear is how many occasions a transaction writes.
const chunkOfYear = 250_000

func (y year) payers() int { return max(y.occasions/20, 10) }

func (y year) fill(ctx context.Context) error {
	for from := 0; from < y.occasions; from += chunkOfYear {
		some := y.series(from, min(from+chunkOfYear, y.occasions)-1)
		err := y.d.Write(ctx, sampletown, func(_ context.Context, tx *db.Tx) error {
			tx.Exec(some + y.shown())
			for _, came := range outcomes() {
				tx.Exec(some + y.outcome(came))
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("filling a year from occasion %d: %w", from, err)
		}
	}
	return nil
}

// series names the numbers of some occasions s(n).
func (y year) series(first, last int) string {
	if y.d.Dialect() == db.Postgres {
		return fmt.Sprintf("with s(n) as (select generate_series(%d, %d)) ", first, last)
	}
	return fmt.Sprintf("with recursive s(n) as (select %d union all select n + 1 from s where n < %d) ", first, last)
}

// key is the SQL of an occasion's identifier.
func (y year) key() string {
	if y.d.Dialect() == db.Postgres {
		return "'exp_' || lpad(cast(n as text), 26, '0')"
	}
	return "'exp_' || printf('%026d', n)"
}

// day is the SQL of an occasion's business date: they are spread over the year.
func (y year) day() string {
	if y.d.Dialect() == db.Postgres {
		return fmt.Sprintf("to_char(date '2019-01-01' + cast(cast(n as bigint) * 365 / %d as integer), 'YYYY-MM-DD')", y.occasions)
	}
	return fmt.Sprintf("date('2019-01-01', '+' || (n * 365 / %d) || ' days')", y.occasions)
}

// payer is the SQL of who pays: consecutive occasions are of different payers.
func (y year) payer() string { return fmt.Sprintf("((cast(n as bigint) * 7919) %% %d)", y.payers()) }

func (y year) shown() string {
	return `insert into exposures (city_id, id, shown_at, business_on, capture_path, flow, instrument, channel,
			service, department, utility_account, login_id, processor, page_manifest, release, node)
		select '` + string(sampletown) + `', ` + y.key() + `, 1546300800000000 + cast(n as bigint) * 1000000, ` + y.day() + `,
			case when n % 10 < 6 then 'web_frame' when n % 10 < 8 then 'stored_token' when n % 10 = 8 then 'counter_reader' else 'phone_keypad' end,
			case when n % 10 in (6, 7) then 'autopay_run' when n % 50 = 0 then 'autopay_enrolment' else 'one_time' end,
			case when n % 7 = 0 then 'bank_account' else 'card' end,
			case when n % 10 < 6 then 'web' when n % 10 < 8 then 'autopay' when n % 10 = 8 then 'counter' else 'phone' end,
			case when n % 11 = 0 then 'sewer' else 'water' end, 'Utilities', 'ua' || ` + y.payer() + `, '', 'sandbox',
			'852ff28030f6e3617d8a8a9e949b52a7eb9c45ff', '15098916c24c269dac666e27be9b43259af3f07c4', 'node-' || (n % 2)
		from s`
}

// came is an outcome, and the SQL of which occasions have it.
type came struct{ outcome, where string }

func outcomes() []came {
	return []came{
		{"submitted", "n % 20 <> 0"},
		{"approved", "n % 20 <> 0 and n % 10 <> 1"},
		{"declined", "n % 10 = 1"},
		{"abandoned", "n % 20 = 0"},
	}
}

func (y year) outcome(c came) string {
	return `insert into exposure_outcomes (city_id, exposure_id, attempt_id, outcome, occurred_at, entry, brand, last4,
			fingerprint, processor_reference, payer_name, payer_address, payer_email, payer_phone)
		select '` + string(sampletown) + `', ` + y.key() + `, 'att_' || n, '` + c.outcome + `', 1546300801000000 + cast(n as bigint) * 1000000,
			case when n % 10 < 6 then 'typed' else 'stored' end, 'visa', '4242', 'f' || n, 'ref' || n,
			'Payer ' || ` + y.payer() + `, '', 'payer' || ` + y.payer() + ` || '@example.org', ''
		from s where ` + c.where
}
