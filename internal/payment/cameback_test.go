package payment_test

import (
	"context"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

// write does something in a transaction of the town.
func (tw *town) write(do func(ctx context.Context, tx *db.Tx) error) error {
	return tw.d.Write(tw.t.Context(), sampletown, do)
}

func (tw *town) cameBack(p payment.Payment, code string, retry calendar.Date) error {
	return tw.write(func(ctx context.Context, tx *db.Tx) error {
		return tw.payments.CameBackTx(ctx, tx, p.Attempt.String(), code, p.BusinessOn.AddDays(2), retry)
	})
}

func (tw *town) is(p payment.Payment, want payment.State, standing payment.Standing) {
	tw.t.Helper()
	now, err := tw.payments.Payment(tw.t.Context(), sampletown, p.ID)
	disputes, err2 := tw.payments.Disputes(tw.t.Context(), sampletown)
	if err != nil || err2 != nil || now.State != want || len(disputes) == 0 || disputes[0].Standing != standing {
		tw.t.Errorf("the payment is %s, disputes %+v, %v %v", now.State, disputes, err, err2)
	}
}

// A debit that came back is owed again, in the book, and counts as a return.
func TestADebitThatCameBackIsOwedAgain(t *testing.T) {
	each(t, nil, func(tw *town) {
		tw.bill(8310)
		p := tw.pay(tw.card(tw.quote(8310), "4242424242424242"), payment.Approved)
		tw.owes("paid", 0)
		if err := tw.cameBack(p, "R03", calendar.Date{}); err != nil {
			t.Fatal(err)
		}
		tw.owes("came back", 8310)
		tw.is(p, payment.Disputed, payment.DisputeLost)
		tw.books("came back", p.BusinessOn, p.BusinessOn.AddDays(60), 0, 0, 0)
		owed, err := tw.payments.Owed(t.Context(), sampletown, number)
		if err != nil || len(owed.Returns) != 1 || owed.Returns[0] != (policy.Return{On: p.BusinessOn.AddDays(2), Tender: policy.BankAccount, Code: "R03"}) {
			t.Errorf("returns %+v, %v", owed.Returns, err)
		}
		tw.refused(tw.cameBack(p, "R03", calendar.Date{}), payment.ErrNotAllowed)
	})
}

// One that is presented again and stays pays the bill after all, once.
func TestADebitThatCameRightPaysItsBill(t *testing.T) {
	each(t, nil, func(tw *town) {
		tw.bill(8310)
		p := tw.pay(tw.card(tw.quote(8310), "4242424242424242"), payment.Approved)
		right := func() error {
			return tw.write(func(ctx context.Context, tx *db.Tx) error {
				return tw.payments.CameRightTx(ctx, tx, p.Attempt.String(), p.BusinessOn)
			})
		}
		tw.refused(right(), payment.ErrNotAllowed)
		if err := tw.cameBack(p, "R01", p.BusinessOn.AddDays(5)); err != nil {
			t.Fatal(err)
		}
		tw.owes("came back", 8310)
		tw.is(p, payment.Disputed, payment.DisputeOpen)
		if err := right(); err != nil {
			t.Fatal(err)
		}
		tw.owes("came right", 0)
		tw.is(p, payment.Approved, payment.DisputeWon)
		tw.books("came right", p.BusinessOn, p.BusinessOn.AddDays(60), p.Total().Cents(), -8310, -p.Fee.Cents())
		tw.refused(right(), payment.ErrNotAllowed)
		if err := tw.cameBack(p, "R10", calendar.Date{}); err != nil { // within sixty days, after all
			t.Fatal(err)
		}
		tw.owes("came back again", 8310)
	})
}
