package control_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/cardscan"
	"clearwell/internal/clock"
	"clearwell/internal/control"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
)

const (
	town    id.City = "sampletown"
	manager         = "operator:ada"
)

var sameID = cmp.Comparer(func(a, b control.ID) bool { return a == b })

func throw(t *testing.T, s *control.Service, h control.Hold) control.ID {
	t.Helper()
	thrown, err := s.Throw(t.Context(), town, h, manager)
	if err != nil {
		t.Fatal(err)
	}
	return thrown
}

func holds(t *testing.T, s *control.Service, city id.City) []control.Hold {
	t.Helper()
	all, err := s.Holds(t.Context(), city)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func active(t *testing.T, d *db.DB) (all []control.Hold) {
	t.Helper()
	err := d.Write(t.Context(), town, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = control.ActiveTx(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// events lists what the audit log was told, as action and thing.
func events(t *testing.T, d *db.DB) (all []string) {
	t.Helper()
	err := d.Read(t.Context(), town, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, `select actor, action, thing from audit_unsealed where city_id = $1 order by id`, town)
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var actor, action, thing string
			err := scan(&actor, &action, &thing)
			all = append(all, actor+" "+action+" "+thing)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestHoldsAreThrownAndLifted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := control.New(d)
		scope := control.Scope{Service: "water", Processor: "sandbox", Release: "4f2"}
		thrown := throw(t, s, control.Hold{Kind: control.CardEntry, Scope: scope, Reason: "script changed"})
		want := []control.Hold{{
			ID: thrown, Kind: control.CardEntry, Scope: scope, Reason: "script changed",
			ThrownBy: manager, ThrownAt: dbtest.Began,
		}}
		if diff := cmp.Diff(want, holds(t, s, town), sameID); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, active(t, d), sameID); diff != "" {
			t.Error(diff)
		}
		if others := holds(t, s, "othertown"); len(others) > 0 {
			t.Errorf("another town has %v", others)
		}
		if err := s.Lift(t.Context(), town, thrown, "script restored", "operator:bo"); err != nil {
			t.Fatal(err)
		}
		if left := holds(t, s, town); len(left) > 0 {
			t.Errorf("after lifting: %v", left)
		}
		if err := s.Lift(t.Context(), town, thrown, "again", manager); !errors.Is(err, control.ErrNotStanding) {
			t.Errorf("lifting twice: %v", err)
		}
		told := []string{"operator:ada hold.throw " + thrown.String(), "operator:bo hold.lift " + thrown.String()}
		if diff := cmp.Diff(told, events(t, d)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestHoldsEndByThemselves(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := control.New(d)
		end := dbtest.Began.Add(400 * time.Millisecond) // inside the cache's second
		thrown := throw(t, s, control.Hold{Kind: control.AllPayments, Reason: "upgrade", Until: end})
		if len(holds(t, s, town)) != 1 || len(active(t, d)) != 1 {
			t.Fatal("the hold does not stand")
		}
		clk.Set(end)
		if len(holds(t, s, town)) != 0 || len(active(t, d)) != 0 {
			t.Error("the hold stands after its end")
		}
		if err := s.Lift(t.Context(), town, thrown, "late", manager); !errors.Is(err, control.ErrNotStanding) {
			t.Errorf("lifting what is over: %v", err)
		}
	})
}

// Two nodes: what one throws, the other's transactions obey at once and its
// pages after a second. Its own pages obey at once.
func TestHoldsThrownElsewhereAreObeyed(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		here, there := control.New(d), control.New(d)
		if len(holds(t, here, town)) != 0 || len(holds(t, there, town)) != 0 {
			t.Fatal("something is held at first")
		}
		throw(t, there, control.Hold{Kind: control.CardEntry, Reason: "script changed"})
		if len(holds(t, there, town)) != 1 {
			t.Error("the node that threw it shows card fields")
		}
		if len(active(t, d)) != 1 {
			t.Error("a transaction does not see the hold")
		}
		clk.Advance(control.Freshness - time.Microsecond)
		if len(holds(t, here, town)) != 0 {
			t.Error("the page reads the database each time")
		}
		clk.Advance(time.Microsecond)
		if len(holds(t, here, town)) != 1 {
			t.Error("the other node's pages never learn of it")
		}
	})
}

func TestClockSetBackDoesNotKeepHoldsAway(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		here, there := control.New(d), control.New(d)
		holds(t, here, town)
		clk.Advance(-time.Hour)
		throw(t, there, control.Hold{Kind: control.CardEntry, Reason: "script changed"})
		if len(holds(t, here, town)) != 1 {
			t.Error("the page goes by what it read in the future")
		}
	})
}

// Not knowing is not "nothing is held".
func TestUnreadableHoldsAreAnError(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := control.New(d)
		holds(t, s, town)
		clk.Advance(control.Freshness)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if all, err := s.Holds(ctx, town); err == nil {
			t.Errorf("holds are %v without an error", all)
		}
	})
}

func TestWhatIsNoHoldIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := control.New(d)
		for _, c := range []struct {
			hold control.Hold
			want error
		}{
			{control.Hold{Kind: "everything", Reason: "x"}, control.ErrKindUnknown},
			{control.Hold{Reason: "x"}, control.ErrKindUnknown},
			{control.Hold{Kind: control.Autopay, Reason: " "}, control.ErrReasonMissing},
			{control.Hold{Kind: control.Autopay, Reason: "saw 4111-1111-1111-1111"}, cardscan.ErrCard},
			{control.Hold{Kind: control.Autopay, Reason: "x", Until: dbtest.Began}, control.ErrOverAlready},
		} {
			if _, err := s.Throw(t.Context(), town, c.hold, manager); !errors.Is(err, c.want) {
				t.Errorf("throwing %+v: %v, want %v", c.hold, err, c.want)
			}
		}
		thrown := throw(t, s, control.Hold{Kind: control.Autopay, Reason: "x"})
		if err := s.Lift(t.Context(), town, thrown, "", manager); !errors.Is(err, control.ErrReasonMissing) {
			t.Errorf("lifting without a reason: %v", err)
		}
		if len(holds(t, s, town)) != 1 || len(events(t, d)) != 1 {
			t.Errorf("holds %v, events %v", holds(t, s, town), events(t, d))
		}
	})
}
