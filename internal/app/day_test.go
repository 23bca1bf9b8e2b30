package app

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/db"
	"clearwell/internal/ledger"
)

func (o *townHall) tied() (dayReport, string) {
	o.Helper()
	report, err := o.day(o.Context(), o.town, o.paidOn(o.place))
	o.must(err)
	var text strings.Builder
	o.must(report.writeTo(&text))
	return report, text.String()
}

// wrong lists the records that do not agree.
func (r dayReport) wrong() []string {
	var names []string
	for _, s := range r.sums {
		if !s.difference.IsZero() || len(s.problems) > 0 {
			names = append(names, s.record)
		}
	}
	return names
}

// Nothing tied a day out: a payment that was lowered by ten dollars went to the
// billing system without a word.
func TestADayTiesOut(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		o.must(o.exec("delete from payments where city_id = $1 and state <> 'approved'"))
		if report, text := o.tied(); !slices.Equal(report.wrong(), []string{"book", "posting files"}) || !strings.Contains(text, "pending") {
			t.Errorf("with charges nobody knows the end of, and no file, wrong are %v:\n%s", report.wrong(), text)
		}
		o.export()
		o.must(o.exec("update payments set amount_cents = amount_cents - 1000 where city_id = $1 and confirmation = '" + o.first().Confirmation + "'"))
		report, text := o.tied()
		if !slices.Equal(report.wrong(), []string{"book", "processor", "posting files"}) || strings.Count(text, "  10.00") < 3 {
			t.Errorf("with a payment lowered by 10.00, wrong are %v:\n%s", report.wrong(), text)
		}
	})
}

// Money that an earlier attempt took stood in no record of any day.
func TestADayNamesWhatWasTakenBesides(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		paid := o.first()
		o.must(o.db.Write(o.Context(), o.slug, func(_ context.Context, tx *db.Tx) error {
			tx.Exec(`insert into payment_attempts select city_id, 'att_00000000000000000000000000', payment_id, number, asked_at, processor,
				token, total_cents, capture_path, decided_at, decision, reference, decline_family, decline_code, network_transaction_id
				from payment_attempts where city_id = $1 and id = $2`, string(o.slug), paid.Attempt.String())
			entries := []ledger.Entry{{
				Source: "att_00000000000000000000000000", On: paid.BusinessOn, Debit: ledger.Clearing(paid.Processor),
				Credit: ledger.Surpluses, Amount: paid.Total(), Cause: ledger.Surplus,
			}}
			return errors.Join(ledger.PendTx(tx, entries), ledger.PostTx(tx, entries))
		}))
		report, text := o.tied()
		want := paid.Total().String() + " was taken besides " + paid.Confirmation + ", which is approved"
		if report.agrees() || !strings.Contains(text, want) {
			t.Errorf("nobody reads %q in\n%s", want, text)
		}
	})
}

// No installation that tries things out could tie a day out: its commands knew no
// sandbox, which is inside the program that serves.
func TestACommandAsksTheSandboxThatServes(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		server := httptest.NewServer(o.company.Handler())
		defer server.Close()
		o.must(o.exec("delete from payments where city_id = $1 and state <> 'approved'"))
		delete(o.companies, "sandbox")
		if report, text := o.tied(); !slices.Contains(report.wrong(), "processor") || !strings.Contains(text, "could not be asked for") {
			t.Errorf("with nobody to ask, wrong are %v:\n%s", report.wrong(), text)
		}
		o.must(o.reach(&Sandbox{Origin: server.URL}))
		if report, text := o.tied(); slices.Contains(report.wrong(), "processor") {
			t.Errorf("the sandbox was asked, and wrong are %v:\n%s", report.wrong(), text)
		}
	})
}

func (o *townHall) exec(sql string) error {
	return o.db.Write(o.Context(), o.slug, func(_ context.Context, tx *db.Tx) error {
		tx.Exec(sql, string(o.slug))
		return nil
	})
}
