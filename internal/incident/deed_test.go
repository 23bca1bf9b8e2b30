package incident

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

func done(duty, on, evidence string, t *testing.T) Deed {
	return Deed{Duty: duty, Act: Done, On: day(t, on), DoneBy: "Ana Diaz", Evidence: evidence, RecordedBy: "staff:ann"}
}

func undone(duty, why string) Deed {
	return Deed{Duty: duty, Act: Undone, Evidence: why, RecordedBy: "staff:ann"}
}

// A duty is done once, and what was noted stays: also that it was not done after
// all, and the audit log has each.
func TestDutiesAreDoneAndUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "odessa")
		w.open("portal", september)
		const duty = "tx-attorney-general"
		for i, step := range []struct {
			deed Deed
			want error
		}{
			{undone(duty, "nobody said so"), ErrNotDone},
			{done(duty, "2026-01-08", "form AG-1", t), nil},
			{done(duty, "2026-01-09", "form AG-2", t), ErrDoneAlready},
			{undone(duty, " "), ErrDeedMalformed},
			{done(duty, "2026-01-09", "", t), ErrDeedMalformed},
			{Deed{Duty: duty, Act: Done, DoneBy: "Ana", Evidence: "no day"}, ErrDeedMalformed},
			{Deed{Duty: duty, Act: Done, On: day(t, "2026-01-09"), Evidence: "by nobody"}, ErrDeedMalformed},
			{undone(duty, "the form was refused"), nil},
			{done(duty, "2026-01-10", "form AG-3", t), nil},
			{done("tx-individuals", "2026-01-11", "mailing 1", t), nil},
		} {
			if err := w.desk.Do(t.Context(), w.city, "portal", step.deed); !errors.Is(err, step.want) {
				t.Errorf("step %d: %v, want %v", i, err, step.want)
			}
		}
		if err := w.desk.Do(t.Context(), w.city, "other", done(duty, "2026-01-08", "form", t)); !errors.Is(err, ErrUnknown) {
			t.Errorf("of no incident: %v", err)
		}
		all, err := w.desk.Deeds(t.Context(), w.city, "portal")
		if err != nil {
			t.Fatal(err)
		}
		if deed, stands := Standing(all, duty); len(all) != 4 || !stands || deed.Evidence != "form AG-3" || deed.On != day(t, "2026-01-10") {
			t.Errorf("%+v", all)
		}
		w.logged("portal", "incident.duty_undone", "the form was refused")
	})
}

// logged fails unless the audit log has an act with a text.
func (w *town) logged(name, action, evidence string) {
	w.t.Helper()
	rows, err := logOf(w.t, w.db).History(context.WithoutCancel(w.t.Context()), w.city, thing(name))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, row := range rows {
		var detail map[string]string
		if row.Action == action && json.Unmarshal([]byte(row.Detail), &detail) == nil && detail["evidence"] == evidence {
			return
		}
	}
	w.t.Errorf("the audit log has no %s with %q", action, evidence)
}
