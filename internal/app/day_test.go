package app

import (
	"context"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/db"
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

func (o *townHall) exec(sql string) error {
	return o.db.Write(o.Context(), o.slug, func(_ context.Context, tx *db.Tx) error {
		tx.Exec(sql, string(o.slug))
		return nil
	})
}
