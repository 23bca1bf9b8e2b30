package payment_test

import (
	"context"
	"testing"

	"clearwell/internal/billing"
	"clearwell/internal/db"
	"clearwell/internal/ledger"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

// hand hands parts over at the counter.
func (tw *town) hand(parts ...payment.Part) ([]payment.Payment, error) {
	var taken []payment.Payment
	err := tw.d.Write(tw.t.Context(), sampletown, func(ctx context.Context, tx *db.Tx) (err error) {
		taken, err = tw.payments.TakeTx(ctx, tx, payment.Handed{
			UtilityAccount: number, Channel: policy.Counter, Parts: parts, Language: locale.English, By: "staff:rosa",
		})
		return err
	})
	return taken, err
}

func (tw *town) giveBack(p payment.Payment) error {
	return tw.d.Write(tw.t.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
		return tw.payments.GiveBackTx(ctx, tx, p.ID, "wrong account", "staff:rosa")
	})
}

// remains checks what is owed.
func (tw *town) remains(cents int64) {
	tw.t.Helper()
	owed, err := tw.payments.Owed(tw.t.Context(), sampletown, number)
	if err != nil || owed.Total != money.Cents(cents) {
		tw.t.Errorf("owed %s, %v; want %s", owed.Total, err, money.Cents(cents))
	}
}

// holds checks what the book has of a ledger account.
func (tw *town) holds(code ledger.Code, cents int64, p payment.Payment) {
	tw.t.Helper()
	balances, err := ledger.New(tw.d).TrialBalance(tw.t.Context(), sampletown, p.BusinessOn, p.BusinessOn)
	if err != nil || !ledger.Out(balances).IsZero() {
		tw.t.Fatalf("%v, %v", balances, err)
	}
	var held money.Amount
	for _, b := range balances {
		if b.Code == code {
			held = b.Posted
		}
	}
	if held != money.Cents(cents) {
		tw.t.Errorf("%s has %s, want %s", code, held, money.Cents(cents))
	}
}

func part(tender policy.Tender, cents int64) payment.Part {
	return payment.Part{Tender: tender, Amount: money.Cents(cents)}
}

func TestMoneyHandedOverIsPaidAtOnce(t *testing.T) {
	each(t, nil, func(tw *town) {
		taken, err := tw.hand(part(policy.Cash, 5000), part(policy.PaperCheck, 3310))
		if err != nil || len(taken) != 2 {
			t.Fatalf("%v, %v", taken, err)
		}
		tw.remains(0)
		tw.holds("onhand/cash", 5000, taken[0])
		tw.holds("onhand/check", 3310, taken[0])
		kept, err := tw.payments.Payment(t.Context(), sampletown, taken[0].ID)
		if err != nil || kept.State != payment.Approved || kept.Tender != policy.Cash || !kept.ByHand() {
			t.Errorf("kept %+v, %v", kept, err)
		}
		all, err := tw.payments.ApprovedOn(t.Context(), sampletown, kept.BusinessOn)
		if err != nil || len(all) != 2 {
			t.Errorf("%d are of the day, %v", len(all), err)
		}
	})
}

func TestMoneyGivenBackIsOwedAgain(t *testing.T) {
	each(t, nil, func(tw *town) {
		taken, err := tw.hand(part(policy.Cash, 8310))
		if err != nil {
			t.Fatal(err)
		}
		if err := tw.giveBack(taken[0]); err != nil {
			t.Fatal(err)
		}
		tw.remains(8310)
		tw.holds("onhand/cash", 0, taken[0])
		tw.refused(tw.giveBack(taken[0]), payment.ErrNotAllowed)
		tw.refused(tw.giveBack(payment.Payment{}), payment.ErrNoPayment)
		byCard := tw.pay(tw.card(tw.quote(8310), good), payment.Approved)
		tw.refused(tw.giveBack(byCard), payment.ErrNotByHand)
	})
}

func TestWhatIsNotTakenByHand(t *testing.T) {
	each(t, nil, func(tw *town) {
		_, err := tw.hand(part(policy.Card, 100))
		tw.refused(err, payment.ErrNotByHand)
		_, err = tw.hand(part(policy.Cash, 200), part(policy.PaperCheck, -100))
		tw.refused(err, policy.ErrAmountNotPositive)
		rules := &tw.file.Rules[len(tw.file.Rules)-1]
		rules.Fees = []policy.FeeRule{{Name: "all", Kind: policy.Convenience, Tariff: policy.Tiered(policy.TariffStep{Flat: money.Cents(150)})}}
		_, err = tw.hand(part(policy.Cash, 100))
		tw.refused(err, payment.ErrFeeByHand)
		rules.Fees = nil
		rules.Amounts = []policy.AmountRule{{Name: "whole", FullOnly: true}}
		_, err = tw.hand(part(policy.Cash, 8000))
		tw.refused(err, policy.ErrFullAmountRequired)
		if _, err = tw.hand(part(policy.Cash, 8000), part(policy.MoneyOrder, 310)); err != nil {
			t.Errorf("parts are judged apart: %v", err)
		}
		tw.remains(0)
		err = tw.d.Write(t.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
			_, err := tw.payments.TakeTx(ctx, tx, payment.Handed{UtilityAccount: "999", Channel: policy.Counter, Parts: []payment.Part{part(policy.Cash, 1)}})
			return err
		})
		tw.refused(err, billing.ErrNoUtilityAccount)
	})
}
