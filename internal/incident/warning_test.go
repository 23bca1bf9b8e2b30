package incident

import (
	"errors"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// A warning goes step by step; each waits a day, and an alarm is raised once a
// day until somebody of the town has acknowledged it.
func TestATownIsToldStepByStep(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		w := newTown(t, d, "odessa")
		start := clk.Now()
		clk.Advance(100 * time.Hour)
		say := func(step Step, after time.Duration, person string) error {
			return w.desk.Warn(t.Context(), w.city, "portal-2026", Word{
				Step: step, At: start.Add(after), Person: person, Way: "call", Evidence: "ticket 7", RecordedBy: "operator:ann",
			}, nil)
		}
		for i, s := range []struct {
			step   Step
			after  time.Duration
			person string
			want   error
		}{
			{Sent, 0, "Ana Diaz", ErrWordEarly},
			{Alarmed, 0, "", ErrWordMalformed},
			{Suspected, 1000 * time.Hour, "", ErrWordMalformed},
			{Suspected, 0, "", nil},
			{Acknowledged, time.Hour, "Ana Diaz", ErrWordEarly},
			{Sent, time.Hour, " ", ErrWordMalformed},
		} {
			if err := say(s.step, s.after, s.person); !errors.Is(err, s.want) {
				t.Errorf("step %d: %v, want %v", i, err, s.want)
			}
		}
		waits := func() (Warning, Step) {
			all, err := w.desk.Warnings(t.Context(), w.city)
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			step, _ := all[0].Waits()
			return all[0], step
		}
		alarms := func(after time.Duration) int {
			loud, err := w.desk.Alarm(t.Context(), w.city, start.Add(after))
			if err != nil {
				t.Fatal(err)
			}
			return len(loud)
		}
		if _, step := waits(); step != Sent || alarms(24*time.Hour) != 0 || alarms(25*time.Hour) != 1 || alarms(26*time.Hour) != 0 || alarms(50*time.Hour) != 1 {
			t.Errorf("it waits for %s, or alarms at the wrong time", step)
		}
		if err := say(Sent, 51*time.Hour, "Ana Diaz"); err != nil {
			t.Fatal(err)
		}
		if one, step := waits(); step != Acknowledged || one.Overdue(start.Add(75*time.Hour)) || !one.Overdue(start.Add(76*time.Hour)) {
			t.Errorf("told, it waits for %s", step)
		}
		if err := say(Acknowledged, 77*time.Hour, "Ana Diaz, city manager"); err != nil {
			t.Fatal(err)
		}
		if one, step := waits(); step != "" || one.Overdue(start.Add(1000*time.Hour)) || alarms(99*time.Hour) != 0 || len(one.Words) != 5 {
			t.Errorf("acknowledged, it waits for %s: %+v", step, one)
		}
		w.logged("portal-2026", "incident.warning_acknowledged", "ticket 7")
	})
}
