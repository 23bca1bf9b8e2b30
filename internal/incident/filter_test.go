package incident

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
)

// wideScopes ask for every field.
func wideScopes() *rapid.Generator[Scope] {
	day := rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.MakeDate(2019, 9, 1).AddDays(rapid.IntRange(0, 8).Draw(t, "day"))
	})
	leaf := rapid.Custom(func(t *rapid.T) Scope {
		field := rapid.SampledFrom(Fields()).Draw(t, "field")
		if field != On {
			return Where(field, rapid.SliceOfNDistinct(rapid.SampledFrom(valuesToAsk(field)), 1, 2, rapid.ID[string]).Draw(t, "values")...)
		}
		span := Span{day.Draw(t, "first"), calendar.Date{}}
		switch rapid.IntRange(0, 3).Draw(t, "ends") {
		case 0:
			span = Span{calendar.Date{}, span.First}
		case 1:
			return When(span)
		default:
			span.Last = span.First.AddDays(rapid.IntRange(0, 2).Draw(t, "days"))
		}
		return When(span, Span{day.Draw(t, "single"), calendar.Date{}})
	})
	return rapid.Custom(func(t *rapid.T) Scope { return grown(t, leaf, 3) })
}

func valuesToAsk(field Field) []string {
	if known := knownValues(field); known != nil {
		return known
	}
	if field == Manifest || field == Release {
		return []string{"4", "4f", "9"}
	}
	return []string{"one", "two"}
}

// What the database leaves out before anything is judged is never in the scope:
// nobody is left out for the sake of speed.
func TestTheDatabaseLeavesOutNobodyWhoIsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		var all []seen
		for n := range 150 {
			o := rapid.Custom(func(t *rapid.T) exposure.Occasion { return anyOccasion(t, n) }).Example(n)
			all = append(all, seen{Occasion: o, results: []exposure.Result{{Attempt: "a", Outcome: exposure.Submitted, Entry: []string{"", "typed", "stored"}[n%3]}}})
		}
		w.write(all...)
		told := func(f exposure.Filter) map[exposure.ID]Seen {
			found := map[exposure.ID]Seen{}
			err := w.desk.occasions.Each(t.Context(), w.city, f, func(s exposure.Story, _ exposure.Holder) error {
				found[s.ID] = s
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		everybody, left := told(exposure.Filter{}), 0
		rapid.Check(t, func(t *rapid.T) {
			s := wideScopes().Draw(t, "scope")
			kept := told(s.Filter())
			for occasion, seen := range everybody {
				if _, is := kept[occasion]; !is && s.Judge(seen).In() {
					t.Fatalf("%s leaves out %+v", s, seen)
				}
			}
			left += len(everybody) - len(kept)
		})
		if len(everybody) != 150 || left == 0 {
			t.Errorf("of %d occasions, nobody was ever left out", len(everybody))
		}
	})
}

func anyOccasion(t *rapid.T, n int) exposure.Occasion {
	text := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	return exposure.Occasion{
		On:          calendar.MakeDate(2019, 9, 1).AddDays(n % 9),
		CapturePath: rapid.SampledFrom(exposure.CapturePaths()).Draw(t, "path"), Flow: rapid.SampledFrom(exposure.Flows()).Draw(t, "flow"),
		Instrument: rapid.SampledFrom(exposure.Instruments()).Draw(t, "instrument"), Channel: text("channel", "", "one", "two"),
		Service: text("service", "", "one", "two", "three"), Department: text("department", "", "one", "two"),
		Processor: text("processor", "", "one", "two"), PageManifest: text("manifest", "", "4f2c", "9f3a", "7"),
		Release: text("release", "", "4f2c", "41", "7"), Node: text("node", "", "one", "two", "three"), UtilityAccount: fmt.Sprint(n),
	}
}

func TestWindows(t *testing.T) {
	for text, want := range map[string]string{
		"on 2019-08-27..2019-10-14 and capture web_frame":                 "2019-08-27..2019-10-14",
		"on 2019-08-27,2019-10-14 or on 2019-12-01":                       "2019-08-27..2019-12-01",
		"on 2019-08-27.. and on ..2019-10-14":                             "2019-08-27..2019-10-14",
		"on 2019-08-27 or capture web_frame":                              "..",
		"not on 2019-08-27":                                               "..",
		"not (not on 2019-08-27..2019-08-30 or capture web_frame)":        "2019-08-27..2019-08-30",
		"(on 2019-08-01..2019-09-30) and not (on 2019-08-05 or node one)": "2019-08-01..2019-09-30",
	} {
		if got := scope(t, text).Window().String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
