package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestBusinessDate(t *testing.T) {
	for _, c := range []struct {
		name, zone, at, want string
		hour, minute         int
	}{
		{"a microsecond early", "America/Chicago", "2026-11-24T16:59:59.999999-06:00", "2026-11-24", 17, 0},
		{"on the cut-off", "America/Chicago", "2026-11-24T17:00:00-06:00", "2026-11-25", 17, 0},
		{"just before midnight", "America/Chicago", "2026-11-24T23:59:59-06:00", "2026-11-25", 17, 0},
		{"after UTC midnight, at the cut-off", "America/Chicago", "2026-11-25T01:00:00Z", "2026-11-25", 19, 0},
		{"UTC is tomorrow, the town is not", "America/Chicago", "2026-11-25T00:30:00Z", "2026-11-24", 0, 0},
		{"midnight ends the civil day", "America/Chicago", "2026-11-25T00:00:00-06:00", "2026-11-25", 0, 0},
		{"year's end", "America/New_York", "2026-12-31T22:00:00-05:00", "2027-01-01", 21, 30},
		{"Arizona keeps standard time", "America/Phoenix", "2026-07-01T23:59:00Z", "2026-07-01", 17, 0},
		{"Arizona, a minute on", "America/Phoenix", "2026-07-02T00:00:00Z", "2026-07-02", 17, 0},

		// 8 March 2026: 02:00 CST is 03:00 CDT. A cut-off of 02:30 does not exist.
		{"before the skip", "America/Chicago", "2026-03-08T01:59:59-06:00", "2026-03-08", 2, 30},
		{"after the skip", "America/Chicago", "2026-03-08T03:00:00-05:00", "2026-03-09", 2, 30},
		{"short day, evening", "America/Chicago", "2026-03-08T16:59:59-05:00", "2026-03-08", 17, 0},
		{"short day, cut", "America/Chicago", "2026-03-08T17:00:00-05:00", "2026-03-09", 17, 0},

		// 1 November 2026: 02:00 CDT is 01:00 CST. A cut-off of 01:30 comes twice.
		{"first time round", "America/Chicago", "2026-11-01T01:29:00-05:00", "2026-11-01", 1, 30},
		{"between", "America/Chicago", "2026-11-01T01:45:00-05:00", "2026-11-01", 1, 30},
		{"second time, early", "America/Chicago", "2026-11-01T01:29:00-06:00", "2026-11-01", 1, 30},
		{"second time, cut", "America/Chicago", "2026-11-01T01:30:00-06:00", "2026-11-02", 1, 30},

		// Havana repeats midnight: 01:00 is 00:00 again on 1 November 2026.
		{"repeated midnight, first", "America/Havana", "2026-11-01T00:30:00-04:00", "2026-10-31", 0, 0},
		{"repeated midnight, second", "America/Havana", "2026-11-01T00:30:00-05:00", "2026-11-01", 0, 0},
	} {
		cut := CutOff{c.hour, c.minute, zone(t, c.zone)}
		if got := cut.BusinessDate(instant(t, c.at)); got.String() != c.want {
			t.Errorf("%s: BusinessDate(%s) under %v = %v, want %s", c.name, c.at, cut, got, c.want)
		}
	}
}

func TestZeroCutOffIsTheCivilDayInUTC(t *testing.T) {
	var cut CutOff
	if got := cut.BusinessDate(instant(t, "2026-11-24T23:59:59.999999Z")); got.String() != "2026-11-24" {
		t.Errorf("BusinessDate = %v", got)
	}
	if got := cut.BusinessDate(time.Time{}); !got.IsZero() {
		t.Errorf("BusinessDate of no time = %v", got)
	}
}

func TestLengthOfDays(t *testing.T) {
	chicago := zone(t, "America/Chicago")
	for _, c := range []struct {
		day   string
		cut   CutOff
		hours float64
	}{
		{"2026-03-07", CutOff{Zone: chicago}, 24}, {"2026-03-08", CutOff{Zone: chicago}, 23}, {"2026-11-01", CutOff{Zone: chicago}, 25},
		{"2026-03-08", CutOff{17, 0, chicago}, 23}, {"2026-11-01", CutOff{17, 0, chicago}, 25},
		{"2026-03-08", CutOff{2, 30, chicago}, 23.5}, // from 02:30 CST to the skip at 02:00 CST
		{"2026-03-09", CutOff{2, 30, chicago}, 23.5},
		{"2026-11-01", CutOff{1, 30, chicago}, 25},
	} {
		d := date(t, c.day)
		if got := c.cut.End(d).Sub(c.cut.Begin(d)).Hours(); got != c.hours {
			t.Errorf("%v under %v has %v hours, want %v", d, c.cut, got, c.hours)
		}
	}
}

// TestBusinessDatesPartitionTime: every instant lies in exactly one business
// day, and later instants never in an earlier one.
func TestBusinessDatesPartitionTime(t *testing.T) {
	zones := []string{"America/New_York", "America/Chicago", "America/Phoenix", "America/Anchorage", "Pacific/Honolulu",
		"America/Puerto_Rico", "America/Havana", "America/Sao_Paulo", "America/St_Johns", "Australia/Lord_Howe", "UTC"}
	rapid.Check(t, func(rt *rapid.T) {
		cut := CutOff{rapid.IntRange(0, 23).Draw(rt, "hour"), rapid.IntRange(0, 59).Draw(rt, "minute"),
			zone(t, rapid.SampledFrom(zones).Draw(rt, "zone"))}
		at := time.UnixMicro(rapid.Int64Range(900e12, 1900e12).Draw(rt, "at")) // 1998 to 2030
		later := at.Add(time.Duration(rapid.Int64Range(0, 30*3600e9).Draw(rt, "later")))
		d := cut.BusinessDate(at)
		if at.Before(cut.Begin(d)) || !at.Before(cut.End(d)) {
			rt.Fatalf("%v under %v is %v, which lasts from %v to %v", at, cut, d, cut.Begin(d), cut.End(d))
		}
		if cut.BusinessDate(later).Before(d) {
			rt.Fatalf("under %v, %v is %v but %v is %v", cut, at, d, later, cut.BusinessDate(later))
		}
		if cut.BusinessDate(cut.End(d)) != d.AddDays(1) || cut.BusinessDate(cut.End(d).Add(-1)) != d {
			rt.Fatalf("%v under %v does not end at %v", d, cut, cut.End(d))
		}
	})
}

func TestStart(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"America/Chicago", "2026-11-24", "2026-11-24T06:00:00Z"},
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"}, // midnight comes twice
		{"America/Havana", "2026-03-08", "2026-03-08T05:00:00Z"}, // midnight is skipped
	} {
		loc, d := zone(t, c.zone), date(t, c.day)
		start := d.Start(loc)
		if !start.Equal(instant(t, c.want)) {
			t.Errorf("%s starts in %s at %v, want %s", c.day, c.zone, start.UTC(), c.want)
		}
		if Of(start, loc) != d || Of(start.Add(-1), loc) == d {
			t.Errorf("%s does not start in %s at %v", c.day, c.zone, start)
		}
	}
}

func TestZone(t *testing.T) {
	for _, name := range []string{"", "Local", "Mars/Olympus", "../etc/passwd"} {
		if _, err := Zone(name); err == nil {
			t.Errorf("Zone(%q) succeeded", name)
		}
	}
}

func TestParseCutOff(t *testing.T) {
	chicago := zone(t, "America/Chicago")
	got, err := ParseCutOff("17:05", chicago)
	if want := (CutOff{17, 5, chicago}); err != nil || got != want || got.Check() != nil {
		t.Errorf("ParseCutOff = %v, %v", got, err)
	}
	if got.String() != "17:05 America/Chicago" {
		t.Errorf("String = %q", got)
	}
	for _, text := range []string{"", "24:00", "17", "5pm", "17:60", "17:00:00"} {
		if got, err := ParseCutOff(text, chicago); err == nil {
			t.Errorf("ParseCutOff(%q) = %v, want an error", text, got)
		}
	}
	for _, c := range []CutOff{{Hour: 24}, {Hour: -1}, {Minute: 60}, {Minute: -1}} {
		if c.Check() == nil {
			t.Errorf("Check of %d:%d passed", c.Hour, c.Minute)
		}
	}
}
