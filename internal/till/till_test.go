package till_test

import (
	"fmt"
	"sync"
	"testing"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/till"
)

// A cashier's day, from the float to the bank.
func TestADrawerFromFloatToBank(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("front-1")
		sale := tw.sale(session, pays(ana, 8310), check(8000), cash(5000), cash(4000))
		sale.Lines = append(sale.Lines, pays(beto, 8310))
		receipt := tw.ring(sale)
		if receipt.Number != 1 || receipt.Change != money.Cents(380) || receipt.Total != money.Cents(16620) || len(receipt.Parts) != 3 {
			t.Errorf("rung up %+v", receipt)
		}
		tw.owes("paid", ana, 0)
		tw.owes("paid", beto, 0)
		tw.book("paid", map[ledger.Code]int64{"onhand/cash": 8620, "onhand/check": 8000, "receivable/water": -16620})
		dropped, err := tw.tills.Drop(t.Context(), till.Dropping{
			City: sampletown, Session: session.ID, Cash: []till.Pieces{{Denomination: money.Cents(5000), Count: 1}}, By: rosa, Witness: luis,
		})
		if err != nil || dropped != money.Cents(5000) {
			t.Errorf("dropped %s, %v", dropped, err)
		}
		// 100.00 + 86.20 - 50.00 should be there; twenty cents are not.
		balanced, err := tw.count(session, counted(6, 1600, 8000))
		if err != nil || balanced.Over.Cash != money.Cents(-20) || !balanced.Over.Checks.IsZero() {
			t.Fatalf("counted %+v, %v", balanced, err)
		}
		_, err = tw.tills.Approve(t.Context(), sampletown, session.ID, luis)
		tw.must(err)
		slips, err := tw.tills.Slips(t.Context(), sampletown, session.ID)
		if err != nil || len(slips) != 2 || slips[0].Bank != "first" || slips[0].Total() != money.Cents(8600) || slips[1].Total() != money.Cents(8000) ||
			len(slips[1].Checks) != 1 || slips[1].Checks[0].Number != "1001" {
			t.Errorf("slips %+v, %v", slips, err)
		}
		_, err = tw.tills.Close(t.Context(), sampletown, session.ID, rosa)
		tw.must(err)
		tw.book("closed", map[ledger.Code]int64{
			"onhand/cash": 0, "onhand/check": 0, ledger.OverShort: 20, ledger.InTransit("first"): 8600, ledger.InTransit("second"): 8000,
		})
		if again := tw.open("front-1"); tw.ring(tw.sale(again, pays(ana, 100), cash(100))).Number != 2 {
			t.Error("the next session has not gone on numbering")
		}
	})
}

// The same sale again is the same receipt, another under its key is refused, and
// who was told that a sale is not there is right for ever.
func TestASaleIsThereOnceOrNotAtAll(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("1")
		sale := tw.sale(session, pays(ana, 8310), cash(8310))
		first, second := tw.ring(sale), tw.ring(sale)
		if first.ID != second.ID || len(second.Parts) != 1 {
			t.Errorf("rung up twice: %+v and %+v", first, second)
		}
		tw.owes("paid", ana, 0)
		found, err := tw.tills.Which(t.Context(), sampletown, session.ID, sale.Key, rosa)
		if err != nil || found.ID != first.ID {
			t.Errorf("which: %+v, %v", found, err)
		}
		sale.Tenders = []till.Tender{cash(9000)}
		_, _, err = tw.tills.Ring(t.Context(), sale)
		tw.refused("another sale", err, till.ErrKeyUsed)
		lost := tw.sale(session, pays(beto, 8310), cash(8310))
		_, err = tw.tills.Which(t.Context(), sampletown, session.ID, lost.Key, rosa)
		tw.refused("which", err, till.ErrNoReceipt)
		_, _, err = tw.tills.Ring(t.Context(), lost)
		tw.refused("a late sale", err, till.ErrKeyRefused)
		tw.owes("too late", beto, 8310)
	})
}

// What one line is refused for leaves nothing of the others, and no gap.
func TestASaleIsAllOrNothing(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("1")
		sale := tw.sale(session, pays(ana, 8310), cash(10000))
		sale.Lines = append(sale.Lines, pays("999999999", 1690))
		_, _, err := tw.tills.Ring(t.Context(), sale)
		tw.refused("an unknown utility account", err, billing.ErrNoUtilityAccount)
		tw.owes("refused", ana, 8310)
		tw.book("refused", map[ledger.Code]int64{"onhand/cash": 0})
		if receipt := tw.ring(tw.sale(session, pays(ana, 8310), cash(8310))); receipt.Number != 1 {
			t.Errorf("a gap: number %d", receipt.Number)
		}
	})
}

// Two windows of one drawer, and one page sent twice at once.
func TestReceiptsHaveNoGapWhoeverRaces(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("1")
		const pages = 8
		sales := make([]till.Sale, pages)
		for i := range sales {
			sales[i] = tw.sale(session, pays(ana, 100), cash(100))
		}
		var racing sync.WaitGroup
		errs := make([]error, 2*pages)
		for i := range errs {
			racing.Go(func() { _, _, errs[i] = tw.tills.Ring(t.Context(), sales[i%pages]) })
		}
		racing.Wait()
		for i, err := range errs {
			if err != nil {
				t.Errorf("sale %d: %v", i, err)
			}
		}
		receipts, err := tw.tills.Receipts(t.Context(), sampletown, session.ID)
		if err != nil || len(receipts) != pages {
			t.Fatalf("%d receipts, %v", len(receipts), err)
		}
		for i, r := range receipts {
			if r.Number != i+1 {
				t.Errorf("receipt %d has number %d", i+1, r.Number)
			}
		}
		tw.owes("raced", ana, 8310-100*pages)
	})
}

func TestWhatCannotBeRungUp(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("1")
		for what, c := range map[string]struct {
			change func(*till.Sale)
			want   error
		}{
			"no key":               {func(s *till.Sale) { s.Key = "" }, till.ErrSaleEmpty},
			"no tender":            {func(s *till.Sale) { s.Tenders = nil }, till.ErrSaleEmpty},
			"no line":              {func(s *till.Sale) { s.Lines = nil }, till.ErrSaleEmpty},
			"an amount of nothing": {func(s *till.Sale) { s.Lines[0].Amount = money.Amount{} }, till.ErrSaleEmpty},
			"a line twice":         {func(s *till.Sale) { s.Lines = append(s.Lines, s.Lines[0]) }, till.ErrLineTwice},
			"too little":           {func(s *till.Sale) { s.Tenders = []till.Tender{cash(8309)} }, till.ErrTooLittle},
			"change of a check":    {func(s *till.Sale) { s.Tenders = []till.Tender{check(9000), cash(100)} }, till.ErrNoChange},
			"a card":               {func(s *till.Sale) { s.Tenders[0].Kind = policy.Card }, payment.ErrNotByHand},
			"a check without bank": {func(s *till.Sale) { s.Tenders = []till.Tender{{Kind: policy.PaperCheck, Amount: money.Cents(8310)}} }, till.ErrCheckUnread},
			"a session of nobody":  {func(s *till.Sale) { s.Session = till.SessionID{} }, till.ErrNoSession},
			"another cashier":      {func(s *till.Sale) { s.By = luis }, till.ErrNotCashier},
		} {
			sale := tw.sale(session, pays(ana, 8310), cash(8310))
			c.change(&sale)
			_, _, err := tw.tills.Ring(t.Context(), sale)
			tw.refused(what, err, c.want)
		}
		tw.owes("nothing rung up", ana, 8310)
	})
}

func TestExcessBecomesACredit(t *testing.T) {
	each(t, func(tw *town) {
		sale := tw.sale(tw.open("1"), pays(ana, 8310), check(10000))
		sale.CreditTo = 1
		if receipt := tw.ring(sale); !receipt.Change.IsZero() || receipt.Total != money.Cents(10000) {
			t.Errorf("rung up %+v", receipt)
		}
		tw.owes("credit", ana, -1690)
	})
}

func TestADrawerFullOfCashTakesNoMore(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("1")
		if _, due, err := tw.tills.Ring(t.Context(), tw.sale(session, pays(ana, 8310), cash(8310))); err != nil || due {
			t.Errorf("due at $183.10: %v, %v", due, err)
		}
		if _, due, err := tw.tills.Ring(t.Context(), tw.sale(session, pays(beto, 8310), cash(8310))); err != nil || !due {
			t.Errorf("not due at $266.20: %v, %v", due, err)
		}
		full := tw.sale(session, pays(ana, 4000), cash(4000))
		_, _, err := tw.tills.Ring(t.Context(), full)
		tw.refused("a full drawer", err, till.ErrTooMuchCash)
		tw.ring(tw.sale(session, pays(ana, 4000), check(4000)))
		_, err = tw.tills.Drop(t.Context(), till.Dropping{City: sampletown, Session: session.ID, Cash: counted(5, 0, 0).Cash, By: rosa, Witness: luis})
		tw.must(err)
		tw.ring(full)
		_, err = tw.tills.Drop(t.Context(), till.Dropping{City: sampletown, Session: session.ID, Cash: counted(1, 0, 0).Cash, By: rosa, Witness: rosa})
		tw.refused("no witness", err, till.ErrSecondPerson)
		drops, err := tw.tills.Drops(t.Context(), sampletown, session.ID)
		if err != nil || len(drops) != 1 || drops[0].Amount != money.Cents(10000) || drops[0].Witness != luis {
			t.Errorf("drops %+v, %v", drops, err)
		}
	})
}

func TestAReceiptIsVoidedBeforeTheCount(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("1")
		small, large := tw.ring(tw.sale(session, pays(ana, 5000), cash(5000))), tw.ring(tw.sale(session, pays(beto, 5001), check(5001)))
		void := func(r till.Receipt, reason string, second audit.Actor) error {
			_, err := tw.tills.Void(t.Context(), till.Undo{City: sampletown, Receipt: r.ID, Reason: reason, By: rosa, Second: second})
			return err
		}
		tw.refused("no reason", void(small, " ", ""), till.ErrReasonMissing)
		tw.must(void(small, "wrong utility account", ""))
		tw.refused("twice", void(small, "again", ""), till.ErrUndone)
		tw.refused("alone", void(large, "wrong amount", ""), till.ErrSecondPerson)
		tw.refused("by herself", void(large, "wrong amount", rosa), till.ErrSecondPerson)
		tw.must(void(large, "wrong amount", luis))
		tw.owes("voided", ana, 8310)
		tw.owes("voided", beto, 8310)
		tw.book("voided", map[ledger.Code]int64{"onhand/cash": 0, "onhand/check": 0, "receivable/water": 0})
		kept, err := tw.tills.Receipt(t.Context(), sampletown, large.ID)
		if err != nil || kept.Undone != till.Voided || kept.SecondedBy != luis || kept.Reason != "wrong amount" {
			t.Errorf("kept %+v, %v", kept, err)
		}
		if balanced, err := tw.count(session, counted(5, 0, 0)); err != nil || balanced.Over != (till.Held{}) {
			t.Errorf("counted %+v, %v", balanced, err)
		}
		next := tw.open("2")
		after := tw.ring(tw.sale(next, pays(ana, 100), cash(100)))
		_, err = tw.count(next, counted(5, 100, 0))
		tw.must(err)
		_, err = tw.tills.Drop(t.Context(), till.Dropping{City: sampletown, Session: next.ID, Cash: counted(1, 0, 0).Cash, By: rosa, Witness: luis})
		tw.refused("a drop after the count", err, till.ErrDrawerBalanced)
		tw.refused("after the count", void(after, "late", luis), till.ErrDrawerBalanced)
	})
}

func TestAfterTheCloseAReceiptIsReversed(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("1")
		receipt := tw.ring(tw.sale(session, pays(ana, 8310), check(8310)))
		reverse := func(second audit.Actor) error {
			_, err := tw.tills.Reverse(t.Context(), till.Undo{City: sampletown, Receipt: receipt.ID, Reason: "the check came back", By: mia, Second: second})
			return err
		}
		tw.refused("open", reverse(luis), till.ErrDrawerOpen)
		_, err := tw.count(session, counted(5, 0, 8310))
		tw.must(err)
		_, err = tw.tills.Approve(t.Context(), sampletown, session.ID, luis)
		tw.must(err)
		_, err = tw.tills.Close(t.Context(), sampletown, session.ID, luis)
		tw.must(err)
		tw.refused("alone", reverse(""), till.ErrSecondPerson)
		tw.refused("with the cashier", reverse(rosa), till.ErrSecondPerson)
		tw.must(reverse(luis))
		tw.owes("reversed", ana, 8310)
		tw.book("reversed", map[ledger.Code]int64{"onhand/check": 0, "receivable/water": 0, ledger.InTransit("second"): 0})
		tw.refused("twice", reverse(luis), till.ErrUndone)
		totals, err := tw.tills.Totals(t.Context(), sampletown, session.BusinessOn, session.BusinessOn)
		want := till.Total{Cashier: rosa, Tender: policy.PaperCheck, LedgerAccount: "receivable/water", Undone: till.Reversed, Parts: 1, Amount: money.Cents(8310)}
		if err != nil || len(totals) != 1 || totals[0] != want {
			t.Errorf("totals %+v, %v", totals, err)
		}
	})
}

// A drawer is closed by two, and a count that was rejected is made again.
func TestACountTakesASecondPerson(t *testing.T) {
	each(t, func(tw *town) {
		session := tw.open("1")
		_, err := tw.tills.Open(t.Context(), sampletown, "1", money.Amount{}, luis)
		tw.refused("taken", err, till.ErrDrawerTaken)
		_, err = tw.tills.Open(t.Context(), sampletown, "Drawer 1", money.Amount{}, luis)
		tw.refused("name", err, till.ErrDrawerName)
		tw.ring(tw.sale(session, pays(ana, 2000), cash(2000)))
		_, err = tw.count(session, till.Counted{Cash: []till.Pieces{{Denomination: money.Cents(3), Count: 1}}})
		tw.refused("a coin of three cents", err, till.ErrPieces)
		_, err = tw.tills.Slips(t.Context(), sampletown, session.ID)
		tw.refused("slips", err, till.ErrDrawerOpen)
		_, err = tw.count(session, counted(5, 0, 0))
		tw.must(err)
		for _, by := range []audit.Actor{"", rosa} {
			_, err = tw.tills.Approve(t.Context(), sampletown, session.ID, by)
			tw.refused(fmt.Sprintf("by %q", by), err, till.ErrSecondPerson)
		}
		_, err = tw.tills.Reject(t.Context(), sampletown, session.ID, "", luis)
		tw.refused("no reason", err, till.ErrReasonMissing)
		rejected, err := tw.tills.Reject(t.Context(), sampletown, session.ID, "a twenty stuck", luis)
		if err != nil || rejected.State != till.Rejected || rejected.Over.Cash != money.Cents(-2000) {
			t.Errorf("rejected %+v, %v", rejected, err)
		}
		_, err = tw.tills.Reopen(t.Context(), sampletown, session.ID, rosa)
		tw.must(err)
		standing, err := tw.tills.Standing(t.Context(), sampletown, "1")
		if err != nil || standing.State != till.Open {
			t.Errorf("standing %+v, %v", standing, err)
		}
		if balanced, err := tw.count(session, counted(6, 0, 0)); err != nil || balanced.Over != (till.Held{}) {
			t.Errorf("counted %+v, %v", balanced, err)
		}
	})
}
