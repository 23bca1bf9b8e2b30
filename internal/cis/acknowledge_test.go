package cis_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"clearwell/internal/cis"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

func answer(t *testing.T, d *db.DB, a cis.Acknowledgement) (cis.Answer, error) {
	t.Helper()
	var answered cis.Answer
	err := d.Write(t.Context(), town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		answered, err = cis.AcknowledgeTx(ctx, tx, a)
		return err
	})
	return answered, err
}

func TestTheFirstAcknowledgementHolds(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := cis.New(d, taken{monday(): {paid("CW-1", 1, 6125), paid("CW-2", 2, 500)}})
		export(t, s, day(t, "clearwell-posting"))
		clk.Advance(time.Hour)
		first, err := answer(t, d, cis.Acknowledgement{On: monday(), Sequence: 1, By: "operator:ana"})
		if err != nil || first.Before || !slices.Equal(first.Taken, []string{"CW-1", "CW-2"}) || !first.PostedAt.Equal(clk.Now()) {
			t.Fatalf("the first answer is %+v, %v", first, err)
		}
		clk.Advance(time.Hour)
		second, err := answer(t, d, cis.Acknowledgement{On: monday(), Sequence: 1, By: "operator:bo"})
		if err != nil || !second.Before || len(second.Taken) > 0 || second.Batch.AcknowledgedBy != "operator:ana" ||
			!second.Batch.AcknowledgedAt.Equal(first.PostedAt) {
			t.Errorf("the second answer is %+v, %v", second, err)
		}
	})
}

func TestAFileIsPostedAfterItWasMadeAndNotLater(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := cis.New(d, taken{monday(): {paid("CW-1", 1, 6125)}})
		made, _ := export(t, s, day(t, "clearwell-posting"))
		clk.Advance(time.Hour)
		for _, at := range []time.Time{made.CreatedAt.Add(-time.Second), clk.Now().Add(time.Second)} {
			_, err := answer(t, d, cis.Acknowledgement{On: monday(), Sequence: 1, PostedAt: at, By: "operator:ana"})
			if !errors.Is(err, cis.ErrPostedAt) {
				t.Errorf("posted at %s: %v", at, err)
			}
		}
		a, err := answer(t, d, cis.Acknowledgement{On: monday(), Sequence: 1, PostedAt: made.CreatedAt, By: "operator:ana"})
		if err != nil || !a.PostedAt.Equal(made.CreatedAt) {
			t.Errorf("posted at once: %+v, %v", a, err)
		}
	})
}
