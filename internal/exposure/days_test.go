package exposure

import (
	"context"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// Something came while the day was being counted: the count is not kept.
func TestATallyThatWasOvertakenIsNotKept(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := New(d)
		day := calendar.Of(clk.Now(), time.UTC)
		clk.Advance(9 * 24 * time.Hour)
		looked := standing{on: day}
		if err := d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
			ShownTx(tx, Occasion{On: day, CapturePath: WebFrame, Flow: OneTime, Instrument: Card})
			upsertTally(tx, looked, packed(nil)) // of before
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		told := 0
		err := s.Tallies(t.Context(), "odessa", Days{}, func(tally Tally) error {
			told += tally.Occasions()
			return nil
		})
		if err != nil || told != 1 {
			t.Errorf("%d occasions, %v, want 1", told, err)
		}
	})
}
