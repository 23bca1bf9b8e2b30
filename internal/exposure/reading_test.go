package exposure_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
)

// write records an occasion and what came of it.
func write(t *testing.T, d *db.DB, city id.City, o exposure.Occasion, results ...exposure.Result) exposure.ID {
	t.Helper()
	err := d.Write(t.Context(), city, func(_ context.Context, tx *db.Tx) error {
		o.ID = exposure.ShownTx(tx, o)
		for i, r := range results {
			r.Occasion = o.ID
			if r.Attempt == "" {
				r.Attempt = string(rune('a' + i))
			}
			exposure.ResultTx(tx, r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func stories(t *testing.T, d *db.DB, city id.City, f exposure.Filter) []exposure.Story {
	t.Helper()
	var all []exposure.Story
	err := exposure.New(d).Each(t.Context(), city, f, func(s exposure.Story, _ exposure.Holder) error {
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// on is an occasion of a day, written otherwise where change says so.
func on(day calendar.Date, change func(*exposure.Occasion)) exposure.Occasion {
	o := occasion()
	o.On = day
	if change != nil {
		change(&o)
	}
	return o
}

func TestAnOccasionIsToldOnce(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		ann := exposure.Payer{Name: "Ann", Email: "ann@example.org"}
		write(t, d, "odessa", on(day, nil),
			exposure.Result{Outcome: exposure.Submitted, Entry: "wallet", Payer: ann, Brand: "visa", Last4: "1111"},
			exposure.Result{Outcome: exposure.Declined, Entry: "wallet", Brand: "visa", Last4: "1111"},
			exposure.Result{Outcome: exposure.Submitted, Entry: "typed", Payer: exposure.Payer{Name: "Bo"}, Brand: "amex", Last4: "0005"},
			exposure.Result{Outcome: exposure.Approved, Payer: ann, Brand: "amex", Last4: "0005"})
		clk.Advance(time.Second)
		write(t, d, "odessa", on(day, nil))
		write(t, d, "waco", on(day, nil))
		got := stories(t, d, "odessa", exposure.Filter{})
		if len(got) != 2 {
			t.Fatalf("%d occasions, want 2", len(got))
		}
		first, second := got[0], got[1]
		if first.Outcome != exposure.Approved || first.Entry != "typed" || first.Payer != ann || first.Brand+first.Last4 != "amex0005" {
			t.Errorf("folded into %+v", first)
		}
		if second.Outcome != "" || second.Entry != "" || second.Payer != (exposure.Payer{}) {
			t.Errorf("nothing came of the second, and it is %+v", second)
		}
	})
}

func TestFiltersLeaveOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		names := map[exposure.ID]string{}
		put := func(name string, o exposure.Occasion) { names[write(t, d, "odessa", o)] = name }
		put("web", on(day, nil))
		put("counter", on(day, func(o *exposure.Occasion) { o.CapturePath = exposure.CounterReader }))
		put("nobody knows the page", on(day, func(o *exposure.Occasion) { o.PageManifest = "" }))
		put("early", on(day.AddDays(-9), nil))
		put("late", on(day.AddDays(9), nil))
		web, dated := exposure.Is(exposure.CaptureColumn, "web_frame"), exposure.Within(exposure.Days{First: day, Last: day})
		for _, c := range []struct {
			name   string
			filter exposure.Filter
			want   []string
		}{
			{"nobody", exposure.Filter{}, []string{"early", "web", "counter", "nobody knows the page", "late"}},
			{"by column", web, []string{"early", "web", "nobody knows the page", "late"}},
			{"not by column", web.Not(), []string{"counter"}},
			{"by page", exposure.Begins(exposure.ManifestColumn, "m2", "m"), []string{"early", "web", "counter", "nobody knows the page", "late"}},
			{"by another page", exposure.Begins(exposure.ManifestColumn, "m2"), []string{"nobody knows the page"}},
			{"not by page", exposure.Is(exposure.ManifestColumn, "m1").Not(), []string{"nobody knows the page"}},
			{"by day", dated, []string{"web", "counter", "nobody knows the page"}},
			{"not by day", dated.Not(), []string{"early", "late"}},
			{"open to the right", exposure.Within(exposure.Days{First: day.AddDays(1)}), []string{"late"}},
			{"open to the left", exposure.Within(exposure.Days{Last: day.AddDays(-1)}), []string{"early"}},
			{"both", exposure.AllOf(web, dated), []string{"web", "nobody knows the page"}},
			{"either", exposure.AnyOf(web.Not(), exposure.Within(exposure.Days{First: day.AddDays(9), Last: day.AddDays(9)})), []string{"counter", "late"}},
			{"none of nothing", exposure.AnyOf(), nil},
			{"all of nothing", exposure.AllOf(), []string{"early", "web", "counter", "nobody knows the page", "late"}},
			{"days that do not meet", exposure.AllOf(dated, exposure.Within(exposure.Days{First: day.AddDays(1)})), nil},
			{"days of either", exposure.AnyOf(dated, exposure.Within(exposure.Days{Last: day.AddDays(-9)})), []string{"early", "web", "counter", "nobody knows the page"}},
		} {
			var got []string
			for _, s := range stories(t, d, "odessa", c.filter) {
				got = append(got, names[s.ID])
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s:\n%s", c.name, diff)
			}
		}
	})
}

func TestAReaderCanStop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, "odessa", on(day, nil))
		write(t, d, "odessa", on(day, nil))
		enough, told := errors.New("enough"), 0
		err := exposure.New(d).Each(t.Context(), "odessa", exposure.Filter{}, func(exposure.Story, exposure.Holder) error {
			told++
			return enough
		})
		if !errors.Is(err, enough) || told != 1 {
			t.Errorf("Each = %v after %d", err, told)
		}
	})
}

// counted is what Tallies says, by shape, with how many faces.
func counted(t *testing.T, d *db.DB, city id.City, days exposure.Days) map[string]int {
	t.Helper()
	all := map[string]int{}
	err := exposure.New(d).Tallies(t.Context(), city, days, func(tally exposure.Tally) error {
		key := tally.On.String() + " " + string(tally.Shape.CapturePath) + " " + string(tally.Shape.Outcome)
		all[key] += len(slices.Collect(tally.Faces()))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A tally is of use only while it is true: what comes late has the day counted
// anew, at once by who asks, and for good when it has been quiet.
func TestTalliesFollowWhatComesLate(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		service := exposure.New(d)
		tally := func(want int) {
			t.Helper()
			if done, err := service.Tally(t.Context(), 100); err != nil || done != want {
				t.Errorf("Tally = %d, %v, want %d", done, err, want)
			}
		}
		whole := exposure.Days{}
		shown := write(t, d, "odessa", on(day, nil))
		write(t, d, "odessa", on(day.AddDays(2), nil), exposure.Result{Outcome: exposure.Approved})
		write(t, d, "waco", on(day, nil))
		tally(0) // nothing is over
		clk.Advance(4 * 24 * time.Hour)
		tally(2)
		tally(0)
		want := map[string]int{"2026-11-24 web_frame ": 1, "2026-11-26 web_frame approved": 1}
		if diff := cmp.Diff(want, counted(t, d, "odessa", whole)); diff != "" {
			t.Error(diff)
		}
		err := d.Write(t.Context(), "odessa", func(_ context.Context, tx *db.Tx) error {
			exposure.ResultTx(tx, exposure.Result{Occasion: shown, Attempt: "a", Outcome: exposure.Declined})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want["2026-11-24 web_frame declined"] = 1
		delete(want, "2026-11-24 web_frame ")
		check := func() {
			t.Helper()
			if diff := cmp.Diff(want, counted(t, d, "odessa", whole)); diff != "" {
				t.Error(diff)
			}
		}
		check()
		tally(0) // it has not been quiet
		check()
		clk.Advance(3*24*time.Hour + time.Minute)
		tally(2) // the day that changed, and the one that is over
		check()
		write(t, d, "odessa", on(day, func(o *exposure.Occasion) { o.CapturePath = exposure.StaffKeyed }))
		want["2026-11-24 staff_keyed "] = 1
		check()
		clk.Advance(3*24*time.Hour + time.Minute)
		tally(1)
		tally(0)
		check()
		if got := counted(t, d, "odessa", exposure.Days{First: day.AddDays(1), Last: day.AddDays(2)}); len(got) != 1 {
			t.Errorf("of two days: %v", got)
		}
	})
}

// What a tally says of who it was is what the occasions say.
func TestTalliedFacesAreThoseOfTheOccasions(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		for _, login := range []string{"", "ann", "ann", "bo"} {
			write(t, d, "odessa", on(day, func(o *exposure.Occasion) { o.Login = login }),
				exposure.Result{Outcome: exposure.Submitted, Payer: exposure.Payer{Name: login, Email: login + "@example.org"}})
		}
		faces := func() (all []exposure.Face) {
			err := exposure.New(d).Tallies(t.Context(), "odessa", exposure.Days{First: day, Last: day}, func(tally exposure.Tally) error {
				all = slices.AppendSeq(all, tally.Faces())
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		before := faces()
		clk.Advance(5 * 24 * time.Hour)
		if done, err := exposure.New(d).Tally(t.Context(), 1); err != nil || done != 1 {
			t.Fatalf("Tally = %d, %v", done, err)
		}
		if diff := cmp.Diff(before, faces()); diff != "" || len(before) != 4 || before[1] != before[2] || before[1] == before[3] {
			t.Errorf("%v\n%s", before, diff)
		}
	})
}
