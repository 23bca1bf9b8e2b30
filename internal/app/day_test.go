package app

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
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

// of gives what one record says.
func (r dayReport) of(record string) daySum {
	return r.sums[slices.IndexFunc(r.sums, func(s daySum) bool { return s.record == record })]
}

// Nothing tied a day out: a payment that was lowered by ten dollars went to the
// billing system without a word.
func TestADayTiesOut(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		if report, text := o.tied(); !slices.Equal(report.wrong(), []string{"book", "posting files"}) || !strings.Contains(text, "wait for its file") {
			t.Errorf("with a charge that nobody knew the end of until the day was asked for, and no file, wrong are %v:\n%s", report.wrong(), text)
		}
		o.decided()
		o.export()
		if report, text := o.tied(); len(report.wrong()) > 0 {
			t.Fatalf("with everything right, wrong are %v:\n%s", report.wrong(), text)
		}
		o.must(o.exec("update payments set amount_cents = amount_cents - 1000 where city_id = $1 and confirmation = '" + o.first().Confirmation + "'"))
		report, text := o.tied()
		if !slices.Equal(report.wrong(), []string{"book", "processor", "posting files"}) || strings.Count(text, "  10.00") < 3 {
			t.Errorf("with a payment lowered by 10.00, wrong are %v:\n%s", report.wrong(), text)
		}
	})
}

// "Nothing was sent" alarmed whoever looked at a day that was not over.
func TestADayThatIsNotOverSaysSo(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		if _, text := o.tied(); !strings.Contains(text, "the day is not over until") || strings.Contains(text, "nothing was sent") {
			t.Errorf("on the day itself:\n%s", text)
		}
		o.clk.Advance(36 * time.Hour)
		if _, text := o.tied(); !strings.Contains(text, "nothing was sent") {
			t.Errorf("after it:\n%s", text)
		}
	})
}

// decided learns how the payment ended that is in doubt, and lets the page lapse
// that a payer has left.
func (o *townHall) decided() {
	o.Helper()
	for _, step := range []string{"in doubt", "away"} {
		_, err := o.payments.Refresh(o.Context(), o.slug, payment.OfQuote(o.steps[step]))
		o.must(err)
		o.clk.Advance(36 * time.Hour)
	}
	_, err := o.payments.Refresh(o.Context(), o.slug, payment.OfQuote(o.steps["away"]))
	o.must(err)
}

// The processor was asked only about payments that the portal counts as approved:
// what it had besides was a difference of 0.00.
func TestADayFindsWhatOnlyTheProcessorHas(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		stray := o.chargedBesides(4321)
		o.decided()
		o.export()
		report, text := o.tied()
		if want := stray.Reference + " of 43.21; the portal has no such payment"; !slices.Equal(report.wrong(), []string{"processor"}) ||
			!strings.Contains(text, want) || !strings.Contains(text, " 43.21\n") {
			t.Errorf("want %q and a difference of 43.21, wrong are %v:\n%s", want, report.wrong(), text)
		}
		first := o.first()
		for _, state := range []payment.State{payment.Declined, payment.InDoubt, payment.Lapsed} {
			o.must(o.exec("update payments set state = '" + string(state) + "' where city_id = $1 and confirmation = '" + first.Confirmation + "'"))
			_, text := o.tied()
			want := fmt.Sprintf("of %s; the portal has payment %s, which is %s", first.Total(), first.Confirmation, state)
			if sum := fmt.Sprintf(" %s\n", first.Total().Add(stray.Amount)); !strings.Contains(text, want) || !strings.Contains(text, sum) {
				t.Errorf("want %q and a difference of%s in\n%s", want, sum, text)
			}
		}
	})
}

// chargedBesides is a charge that the portal never asked for.
func (o *townHall) chargedBesides(cents int64) processor.Result {
	o.Helper()
	merchant := processor.Merchant(o.slug)
	token, err := o.company.Tokenize(merchant, sandbox.TestCard("4242424242424242"))
	o.must(err)
	got, err := o.companies["sandbox"].Charge(o.Context(), processor.ChargeRequest{Key: "att_besides", Merchant: merchant, Token: token, Amount: money.Cents(cents)})
	o.must(err)
	return got
}

// Disputes stood in no line of the processor's.
func TestADayFindsDisputesThatOnlyOneSideHas(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		p := o.first()
		o.must(o.payments.Dispute(o.Context(), o.slug, processor.Notice{ID: "invented", Kind: processor.NoticeDispute, Key: processor.Key(p.Attempt.String())}))
		if _, text := o.tied(); !strings.Contains(text, "processor: "+p.Confirmation+"-R of "+p.Total().Neg().String()+" is not on its statement") {
			t.Errorf("a dispute that the processor never had:\n%s", text)
		}
		o.payFor(o.place, "4000000000000259") // disputed three days later
		o.clk.Advance(73 * time.Hour)
		on := calendar.Of(o.clk.Now().Add(-time.Hour), o.town.Zone)
		report, err := o.day(o.Context(), o.town, on)
		o.must(err)
		taken := report.of("processor")
		if len(taken.problems) != 1 || !strings.Contains(taken.problems[0], "it has a dispute") || !taken.difference.IsNegative() {
			t.Fatalf("a dispute that the portal has not heard of: %+v", taken)
		}
		disputed, err := o.payments.ApprovedOn(o.Context(), o.slug, calendar.Of(o.clk.Now().Add(-73*time.Hour), o.town.Zone))
		o.must(err)
		last := disputed[slices.IndexFunc(disputed, func(p payment.Payment) bool { return p.Card.Last4 == "0259" })]
		o.must(o.payments.Dispute(o.Context(), o.slug, processor.Notice{ID: "heard", Kind: processor.NoticeDispute, Key: processor.Key(last.Attempt.String())}))
		for _, day := range []calendar.Date{on, calendar.Of(o.clk.Now(), o.town.Zone)} {
			report, err = o.day(o.Context(), o.town, day)
			o.must(err)
			if taken := report.of("processor"); !taken.difference.IsZero() || len(taken.problems) > 0 {
				t.Errorf("on %s, with a dispute that both have: %+v", day, taken)
			}
		}
	})
}

// A processor that gives no statement is not said to have confirmed the day.
func TestADaySaysWhatNoStatementConfirms(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		o.chargedBesides(4321)
		o.decided()
		o.export()
		o.companies["sandbox"] = struct{ processor.Processor }{o.companies["sandbox"]}
		if report, text := o.tied(); len(report.wrong()) > 0 || !strings.Contains(text, "processor: sandbox gives no statement: confirmed payment by payment only") {
			t.Errorf("wrong are %v:\n%s", report.wrong(), text)
		}
	})
}

// Only sums were compared: a line that was missing and one that was wrong by as
// much were a difference of 0.00.
func TestADayComparesFilesLineByLine(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		o.decided()
		o.export()
		sent, err := o.exchange.Sent(o.Context(), o.slug, o.paidOn(o.place))
		o.must(err)
		o.must(o.exec("delete from posting_lines where city_id = $1 and confirmation = '" + sent[0].Confirmation + "'"))
		o.must(o.exec(fmt.Sprintf("update posting_lines set amount_cents = amount_cents + %d where city_id = $1 and confirmation = '%s'", sent[0].Amount.Cents(), sent[1].Confirmation)))
		report, text := o.tied()
		if !slices.Equal(report.wrong(), []string{"posting files"}) || !report.sums[4].difference.IsZero() ||
			!strings.Contains(text, sent[0].Confirmation+" of "+sent[0].Amount.String()+" stands in no file") || !strings.Contains(text, sent[1].Confirmation+" was sent as") {
			t.Errorf("wrong are %v:\n%s", report.wrong(), text)
		}
	})
}

func (o *townHall) exec(sql string) error {
	return o.db.Write(o.Context(), o.slug, func(_ context.Context, tx *db.Tx) error {
		tx.Exec(sql, string(o.slug))
		return nil
	})
}

// took enters that the processor took the whole of a city's first payment for an
// earlier attempt too, which it then has of it.
func (c *cities) took(p *place) (taken processor.Result, paid payment.Payment) {
	c.Helper()
	paid, err := c.payments.Payment(c.Context(), p.slug, payment.OfQuote(p.steps["paid"]))
	c.must(err)
	attempt, merchant := besides(p), processor.Merchant(p.slug)
	token, err := c.company.Tokenize(merchant, sandbox.TestCard("4242424242424242"))
	c.must(err)
	taken, err = c.companies["sandbox"].Charge(c.Context(), processor.ChargeRequest{Key: attempt, Merchant: merchant, Token: token, Amount: paid.Total()})
	c.must(err)
	c.must(c.db.Write(c.Context(), p.slug, func(_ context.Context, tx *db.Tx) error {
		const kept = "payment_id, number, asked_at, processor, merchant, token, total_cents, capture_path, decided_at, decision, reference, decline_family, decline_code, network_transaction_id"
		tx.Exec(`insert into payment_attempts (city_id, id, `+kept+`) select city_id, $3, `+kept+`
			from payment_attempts where city_id = $1 and id = $2`, string(p.slug), paid.Attempt.String(), string(attempt))
		entries := []ledger.Entry{{
			Source: string(attempt), On: paid.BusinessOn, Debit: ledger.Clearing(paid.Processor),
			Credit: ledger.Surpluses, Amount: paid.Total(), Cause: ledger.Surplus,
		}}
		return errors.Join(ledger.PendTx(tx, entries), ledger.PostTx(tx, entries))
	}))
	return taken, paid
}

// givesBack lets the processor give back all of a charge.
func (o *townHall) givesBack(taken processor.Result) {
	o.Helper()
	_, err := o.companies["sandbox"].(processor.Refunder).Refund(o.Context(), processor.RefundRequest{
		Key: "back", Merchant: processor.Merchant(o.slug), Reference: taken.Reference, Amount: taken.Amount,
	})
	o.must(err)
}

// besides names the earlier attempt of took.
func besides(p *place) processor.Key {
	return processor.Key("att_0000000000000000000000000" + string(p.slug[:1]))
}

// Money that an earlier attempt took stood in no record of any day.
func TestADayNamesWhatWasTakenBesides(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		_, paid := o.took(o.place)
		o.decided()
		o.export()
		report, text := o.tied()
		want := paid.Total().String() + " was taken besides " + paid.Confirmation + ", which is approved"
		if !slices.Equal(report.wrong(), []string{"surpluses"}) || !strings.Contains(text, want) {
			t.Errorf("nobody reads %q, or wrong are %v in\n%s", want, report.wrong(), text)
		}
	})
}

// Nobody could note that such money was given back: its day stayed red for ever.
func TestADayIsDoneOnceWhatWasTakenBesidesIsGivenBack(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		taken, _ := o.took(o.place)
		o.decided()
		o.export()
		heard := o.paidOn(o.place)
		given := calendar.Of(o.clk.Now(), o.town.Zone)
		on := func(day calendar.Date) ([]string, string) {
			report, err := o.day(o.Context(), o.town, day)
			o.must(err)
			var text strings.Builder
			o.must(report.writeTo(&text))
			return report.wrong(), text.String()
		}
		o.must(o.payments.RefundSurplus(o.Context(), o.slug, besides(o.place), "", "operator:ana"))
		if wrong, text := on(given); !slices.Equal(wrong, []string{"processor"}) || !strings.Contains(text, "is not on its statement") {
			t.Errorf("noted, and the processor gave nothing back: wrong are %v:\n%s", wrong, text)
		}
		o.givesBack(taken)
		for _, day := range []calendar.Date{heard, given} {
			if wrong, text := on(day); len(wrong) > 0 || !strings.Contains(text, "given back") {
				t.Errorf("given back and noted: on %s wrong are %v:\n%s", day, wrong, text)
			}
		}
	})
}

// What was given back, and what nobody noted, is said by its name.
func TestADayFindsWhatWasGivenBackAndNotNoted(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		taken, _ := o.took(o.place)
		o.givesBack(taken)
		if _, text := o.tied(); !strings.Contains(text, "it is of a surplus that nobody noted as given back") {
			t.Errorf("a refund that nobody noted:\n%s", text)
		}
	})
}

// No installation that tries things out could tie a day out: its commands knew no
// sandbox, which is inside the program that serves.
func TestACommandAsksTheSandboxThatServes(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		server := httptest.NewServer(o.company.Handler())
		defer server.Close()
		o.decided()
		delete(o.companies, "sandbox")
		if report, text := o.tied(); !slices.Contains(report.wrong(), "processor") || !strings.Contains(text, "there is no processor sandbox here to ask") {
			t.Errorf("with nobody to ask, wrong are %v:\n%s", report.wrong(), text)
		}
		o.must(o.reach(&Sandbox{Origin: server.URL}))
		if report, text := o.tied(); slices.Contains(report.wrong(), "processor") {
			t.Errorf("the sandbox was asked, and wrong are %v:\n%s", report.wrong(), text)
		}
	})
}
