package retain_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/db/migration"
	"clearwell/internal/id"
	"clearwell/internal/retain"
)

const town id.City = "sampletown"

func write(t *testing.T, d *db.DB, do func(context.Context, *db.Tx) error) error {
	t.Helper()
	return d.Write(t.Context(), town, do)
}

func TestHoldsAreSetOnceAndEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		set := func(matter, reason string) (was bool, err error) {
			err = write(t, d, func(ctx context.Context, tx *db.Tx) error {
				was, err = retain.HoldTx(ctx, tx, matter, reason, "operator:ada")
				return err
			})
			return was, err
		}
		for i, want := range []bool{true, false} {
			if was, err := set("incident/portal", "a letter"); err != nil || was != want {
				t.Errorf("setting it, %d: %v, %v", i, was, err)
			}
		}
		if _, err := set("incident/portal", " "); !errors.Is(err, retain.ErrReasonMissing) {
			t.Errorf("without a reason: %v", err)
		}
		holds, err := retain.New(d).Holds(t.Context(), town)
		if err != nil || len(holds) != 1 || holds[0].Matter != "incident/portal" || holds[0].Reason != "a letter" || holds[0].SetBy != "operator:ada" {
			t.Errorf("holds are %+v, %v", holds, err)
		}
		end := func() error {
			return write(t, d, func(_ context.Context, tx *db.Tx) error {
				return retain.EndTx(tx, "incident/portal", "closed", "operator:bo")
			})
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if err := end(); !errors.Is(err, retain.ErrNotStanding) {
			t.Errorf("ending it twice: %v", err)
		}
	})
}

// Every table belongs to a series or is no record, and every series says by which
// law it is kept and whether anybody verified that.
func TestEveryTableHasASchedule(t *testing.T) {
	all, err := retain.Schedules()
	if err != nil {
		t.Fatal(err)
	}
	var scheduled []string
	for _, s := range all {
		if _, ok := s.InForce(calendar.MakeDate(2026, 11, 30)); !ok {
			t.Errorf("nothing is in force for %s", s.Name)
		}
		if _, ok := s.InForce(calendar.MakeDate(1999, 1, 1)); ok {
			t.Errorf("%s is in force before its first day", s.Name)
		}
		scheduled = append(scheduled, s.Tables...)
	}
	noRecords := []string{"holds_anew", "outbox_messages_new", "city_addresses", "job_leases", "staged_rows"}
	entries, err := migration.Files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	made := regexp.MustCompile(`create table ([a-z_]+)`)
	for _, entry := range entries {
		text, err := migration.Files.ReadFile(entry.Name() + "/sqlite.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range made.FindAllStringSubmatch(strings.ToLower(string(text)), -1) {
			if !slices.Contains(append(noRecords, scheduled...), match[1]) {
				t.Errorf("%s is in no series", match[1])
			}
		}
	}
}
