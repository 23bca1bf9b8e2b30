package exposure_test

import (
	"context"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
)

var day = calendar.MakeDate(2026, 11, 24)

func occasion() exposure.Occasion {
	return exposure.Occasion{On: day, CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
		Channel: "web", Service: "water", UtilityAccount: "1001", Processor: "sandbox", PageManifest: "m1", Release: "r1", Node: "n1"}
}

func TestShownSubmittedApprovedAndAbandoned(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		service := exposure.New(d)
		paid, err := service.Shown(t.Context(), "odessa", occasion())
		if err != nil {
			t.Fatal(err)
		}
		left, err := service.Shown(t.Context(), "odessa", occasion())
		if err != nil {
			t.Fatal(err)
		}
		for _, outcome := range []exposure.Outcome{exposure.Submitted, exposure.Approved, exposure.Approved} {
			clk.Advance(time.Second)
			err := d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
				exposure.ResultTx(tx, exposure.Result{Occasion: paid, Attempt: "att_1", Outcome: outcome, Brand: "visa", Last4: "4242"})
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		clk.Advance(time.Hour)
		for _, want := range []int64{1, 0} {
			if marked, err := service.Abandon(t.Context(), 30*time.Minute); err != nil || marked != want {
				t.Errorf("Abandon = %d, %v, want %d", marked, err, want)
			}
		}
		rows, err := service.Between(t.Context(), "odessa", day, day)
		if err != nil {
			t.Fatal(err)
		}
		want := []struct {
			id      exposure.ID
			outcome exposure.Outcome
		}{{paid, exposure.Submitted}, {paid, exposure.Approved}, {left, exposure.Abandoned}}
		if len(rows) != len(want) {
			t.Fatalf("%d rows, want %d: %+v", len(rows), len(want), rows)
		}
		for i, row := range rows {
			if row.Occasion.ID != want[i].id || row.Outcome != want[i].outcome {
				t.Errorf("row %d is %s %s, want %s %s", i, row.Occasion.ID, row.Outcome, want[i].id, want[i].outcome)
			}
		}
	})
}

func TestNoColumnHoldsACardNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		id, err := exposure.New(d).Shown(t.Context(), "odessa", occasion())
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
			exposure.ResultTx(tx, exposure.Result{Occasion: id, Attempt: "att_1", Outcome: exposure.Submitted, Last4: "4242424242424242"})
			return nil
		})
		if err == nil {
			t.Error("sixteen digits went into last4")
		}
	})
}
