package app

import (
	"strings"
	"testing"

	"clearwell/internal/money"
	"clearwell/internal/policy"
	"clearwell/internal/till"
)

// What the counter takes, and takes back, is in what a day is held against: the
// processor is not asked for it, the book and the posting file have it.
func TestADayWithACounterTiesOut(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		session, err := o.tills().Open(o.Context(), o.slug, "front-1", money.Cents(10000), "staff:rosa")
		o.must(err)
		if on := o.paidOn(o.place); session.BusinessOn != on {
			t.Fatalf("the drawer is of %s, the payments of %s", session.BusinessOn, on)
		}
		sale := saleIn(o.place, session.ID)
		sale.Tenders[0].Amount = money.Cents(o.cents - 100)
		sale.Tenders = append(sale.Tenders, till.Tender{Kind: policy.MoneyOrder, Amount: money.Cents(100)})
		_, _, err = o.tills().Ring(o.Context(), sale)
		o.must(err)
		sale.Key += "-voided"
		wrong, _, err := o.tills().Ring(o.Context(), sale)
		o.must(err)
		_, err = o.tills().Void(o.Context(), till.Undo{City: o.slug, Receipt: wrong.ID, Reason: "rung up twice", By: "staff:rosa", Second: "staff:luis"})
		o.must(err)
		o.decided()
		o.export()
		report, text := o.tied()
		if len(report.wrong()) > 0 || report.of("payments").count != report.of("processor").count+4 {
			t.Errorf("wrong are %v:\n%s", report.wrong(), text)
		}
		sent, err := o.exchange.Sent(o.Context(), o.slug, session.BusinessOn)
		o.must(err)
		var tenders []string
		for _, line := range sent {
			if line.Channel == policy.Counter {
				tenders = append(tenders, string(line.Kind)+" "+line.Tender)
			}
		}
		if all := strings.Join(tenders, ", "); strings.Count(all, "payment cash") != 2 || strings.Count(all, "reversal money_order") != 1 || len(tenders) != 6 {
			t.Errorf("the posting file has %s", all)
		}
	})
}

// Every tender has a word in the layouts of billing systems that ship.
func TestEveryTenderHasAWord(t *testing.T) {
	for tender, want := range map[policy.Tender]string{policy.BankAccount: "e-check", policy.Cash: "cash", policy.Card: "card"} {
		if got := tenderWord(tender); got != want {
			t.Errorf("%s is %s", tender, got)
		}
	}
}
