package law

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"clearwell/internal/calendar"
)

// files are the real ones, to break one of them.
func files(t *testing.T) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(embedded, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := embedded.ReadFile(name)
		all[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestBrokenRulesAreRefused(t *testing.T) {
	const texas = "jurisdiction/tx.yaml"
	whole := files(t)
	if _, err := load(whole); err != nil {
		t.Fatal(err)
	}
	broken := maps.Clone(whole)
	broken["contacts.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(whole["contacts.yaml"].Data), `phone: "1-888-298-0045"`, `phone: ""`, 1))}
	if _, err := load(broken); err == nil || !strings.Contains(err.Error(), "contact bureau.equifax") {
		t.Errorf("a bureau without a telephone: %v", err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"two ways of counting", "    days: 60\n", "    days: 60\n    hours: 1\n", "it counts in two ways"},
		{"backwards", "days: 60", "days: -60", "it counts backwards"},
		{"a clock that nobody has", "clock: determined", "clock: rumoured", `clock "rumoured"`},
		{"nobody is bound", "for: [business]", "for: []", "it binds []"},
		{"no citation", `citation: "Tex. Bus. & Com. Code § 521.053(b)"`, `citation: ""`, "no citation"},
		{"a source that is not on file", "source: texas\n", "source: hearsay\n", `source "hearsay"`},
		{"it ends before it begins", "from: 2020-01-01\n    until: 2023-08-31", "from: 2024-01-01\n    until: 2023-08-31", "it ends before it begins"},
		{"the file of another place", "code: TX", "code: OK", `it is about "OK"`},
		{"a word that means nothing", "days: 60", "dais: 60", "unknown field"},
	} {
		broken := maps.Clone(whole)
		text := string(whole[texas].Data)
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s: %q is not in the file", c.name, c.old)
		}
		broken[texas] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		if _, err := load(broken); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestEarlierBinds(t *testing.T) {
	first, second := calendar.MakeDate(2020, 1, 10), calendar.MakeDate(2020, 1, 11)
	early, late, none, now := Due{On: first}, Due{On: second}, Due{}, Due{Immediate: true}
	for _, c := range []struct{ a, b, want Due }{
		{early, late, early}, {late, early, early}, {none, late, late}, {late, none, late},
		{now, early, now}, {early, now, now}, {none, none, none},
	} {
		if got := earlier(c.a, c.b); got != c.want {
			t.Errorf("earlier(%v, %v) is %v", c.a, c.b, got)
		}
	}
}

// Hours without an instant are whole days: a day begun is a day.
func TestHoursWithoutAnInstant(t *testing.T) {
	from := calendar.MakeDate(2019, 12, 11)
	for hours, days := range map[int]int{1: 1, 24: 1, 25: 2, 36: 2, 48: 2, 72: 3} {
		if got := (Deadline{Hours: hours}).due(from, time.Time{}, time.UTC); got.On != from.AddDays(days) {
			t.Errorf("%d hours after %s is %s", hours, from, got.On)
		}
	}
}
