package layout

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustPattern(t testing.TB, text string) pattern {
	t.Helper()
	p, err := compilePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPatternsRead(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{"MM/DD/YYYY", "11/01/2026", "2026-11-01T00:00:00Z"},
		{"M/D/YYYY", "1/2/2026", "2026-01-02T00:00:00Z"},
		{"M/D/YYYY", "11/12/2026", "2026-11-12T00:00:00Z"},
		{"YYMMDD", "261101", "2026-11-01T00:00:00Z"},
		{"YYMMDD", "991231", "1999-12-31T00:00:00Z"},
		{"YYYY-MM-DD", "2024-02-29", "2024-02-29T00:00:00Z"},
		{"DD-MON-YY", "24-Nov-26", "2026-11-24T00:00:00Z"},
		{"M/D/YYYY h:mm:ss AM", "1/2/2026 12:00:00 AM", "2026-01-02T00:00:00Z"},
		{"M/D/YYYY h:mm:ss AM", "1/2/2026 12:05:09 pm", "2026-01-02T12:05:09Z"},
		{"YYYY-MM-DD h:mm:ss.ffffff AM", "2024-01-02 1:02:03.5 PM", "2024-01-02T13:02:03.5Z"},
		{"YYYY-MM-DD hh:mm:ss", "2024-01-02 23:59:59", "2024-01-02T23:59:59Z"},
	} {
		p := mustPattern(t, c.pattern)
		at, ok := p.parse([]byte(c.text))
		if got := at.time().Format(time.RFC3339Nano); !ok || got != c.want {
			t.Errorf("%s: %q = %s, %v; want %s", c.pattern, c.text, got, ok, c.want)
		}
	}
}

func TestPatternsRefuse(t *testing.T) {
	for _, c := range []struct{ pattern, text string }{
		{"MM/DD/YYYY", "1/2/2026"},
		{"MM/DD/YYYY", "13/01/2026"},
		{"MM/DD/YYYY", "02/29/2025"},
		{"MM/DD/YYYY", "02/29/1900"},
		{"MM/DD/YYYY", "04/31/2026"},
		{"MM/DD/YYYY", "00/01/2026"},
		{"MM/DD/YYYY", "01/01/0000"},
		{"MM/DD/YYYY", "01/01/26"},
		{"MM/DD/YYYY", "01/01/20261"},
		{"MM/DD/YYYY", "01-01-2026"},
		{"MM/DD/YYYY", ""},
		{"YYMMDD", "26110"},
		{"DD-MON-YY", "24-Nob-26"},
		{"YYYY-MM-DD hh:mm:ss", "2024-01-02 24:00:00"},
		{"YYYY-MM-DD h:mm:ss AM", "2024-01-02 13:00:00 PM"},
		{"YYYY-MM-DD h:mm:ss AM", "2024-01-02 0:00:00 AM"},
	} {
		p := mustPattern(t, c.pattern)
		if at, ok := p.parse([]byte(c.text)); ok {
			t.Errorf("%s: %q = %s, want a refusal", c.pattern, c.text, at.time())
		}
	}
}

func TestPatternsMustTellADate(t *testing.T) {
	for _, text := range []string{"", "MM/YYYY", "MM/DD", "YYYY/YY/MM/DD", "MM/DD/YYYY MM", "MON MM DD YYYY", "hh:mm"} {
		if _, err := compilePattern(text); err == nil {
			t.Errorf("compilePattern(%q) succeeded", text)
		}
	}
}

func TestAmbiguousPatternsAreFound(t *testing.T) {
	for _, c := range []struct {
		a, b      string
		ambiguous bool
	}{
		{"MM/DD/YYYY", "DD/MM/YYYY", true},
		{"M/D/YYYY", "DD/MM/YYYY", true},
		{"YYMMDD", "MMDDYY", true},
		{"MM/DD/YYYY", "YYYY-MM-DD", false},
		{"MM/DD/YYYY", "M/D/YYYY", false},
		{"M/D/YYYY", "M/D/YYYY h:mm", false},
	} {
		a, b := mustPattern(t, c.a), mustPattern(t, c.b)
		if text, found := disagree(a, b); found != c.ambiguous {
			t.Errorf("disagree(%s, %s) = %q, %v", c.a, c.b, text, found)
		}
	}
}

func TestWrittenMomentsReadTheSame(t *testing.T) {
	patterns := []string{"MM/DD/YYYY", "M/D/YYYY", "YYMMDD", "DD-MON-YYYY", "YYYY-MM-DD hh:mm:ss", "M/D/YYYY h:mm:ss.ffffff AM"}
	rapid.Check(t, func(t *rapid.T) {
		p, err := compilePattern(rapid.SampledFrom(patterns).Draw(t, "pattern"))
		if err != nil {
			t.Fatal(err)
		}
		from := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
		until := time.Date(2080, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
		when := time.UnixMicro(rapid.Int64Range(from, until-1).Draw(t, "when")).UTC()
		want := when.Truncate(24 * time.Hour)
		if p.tells(second) {
			want = when.Truncate(time.Second)
		}
		if p.tells(subsecond) {
			want = when
		}
		text := p.format(when)
		at, ok := p.parse([]byte(text))
		if !ok || !at.time().Equal(want) {
			t.Fatalf("%s was written %q and read %s, %v", when, text, at.time(), ok)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, text := range []string{"11/01/2026", "1/2/2026 12:00:00 AM", "261101", "24-NOV-26"} {
		f.Add(text)
	}
	var patterns []pattern
	for _, text := range []string{"M/D/YYYY", "M/D/YYYY h:mm:ss.ffffff AM", "YYMMDD", "DD-MON-YY"} {
		patterns = append(patterns, mustPattern(f, text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range patterns {
			at, ok := p.parse([]byte(text))
			if !ok {
				continue
			}
			again := p.format(at.time())
			back, ok := p.parse([]byte(again))
			if !ok || back.time().Truncate(time.Microsecond) != at.time().Truncate(time.Microsecond) {
				t.Fatalf("%s: %q is written %q", p.text, text, again)
			}
		}
	})
}
