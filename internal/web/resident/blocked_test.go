package resident_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/policy"
	"clearwell/internal/web/resident/view"
)

// cashOnly is the town of which returned payments leave cash.
func cashOnly() []byte {
	return []byte(strings.ReplaceAll(string(city.Example()), "block: [bank_account, check]", "block: [card, bank_account, check]"))
}

// After as many returns as the ordinance names, the resident's page refuses what
// the rule takes away, and says what, why, by which ordinance and what is left.
func TestReturnsTakeATenderAway(t *testing.T) {
	for _, c := range []struct{ language, sentence, left string }{
		{"en", "this utility account cannot be paid with card, bank account and check, because 2 payments were returned (Code of Ordinances 50.10)", "You can still pay at the counter with cash and money order."},
		{"es", "esta cuenta de servicios no se puede pagar con tarjeta, cuenta bancaria y cheque, porque 2 pagos fueron devueltos (Code of Ordinances 50.10)", "En la ventanilla todavía puede pagar con efectivo y giro postal (money order)."},
	} {
		t.Run(c.language, func(t *testing.T) {
			dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
				tw := foundAs(t, d, clk, cashOnly())
				tw.cameBack("slip 7")
				tw.browser().find().send(view.FieldAmount, string(view.Total)).on("/pay/")
				tw.cameBack("slip 8")
				b := tw.browser().find()
				b.get(b.at.Path+"?lang="+c.language).send(view.FieldAmount, string(view.Total))
				if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.at.Path, "/bill/") {
					t.Errorf("the resident is at %s with %d", b.at, b.status)
				}
				b.reads(c.sentence, c.left)
				tw.charged(0, 0)
			})
		})
	}
}

func (tw *town) cameBack(reference string) {
	tw.Helper()
	today := calendar.Of(tw.clk.Now(), time.UTC).AddDays(-1)
	_, err := billing.New(tw.d).NoteReturns(tw.Context(), sampletown, today, []billing.Returned{{
		Number: number, Reference: reference, Return: policy.Return{On: today, Tender: policy.PaperCheck, Code: "NSF"},
	}}, "operator:ana")
	tw.must(err)
}
