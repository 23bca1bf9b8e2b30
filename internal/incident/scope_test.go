package incident

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"clearwell/internal/calendar"
	"clearwell/internal/exposure"
)

func scope(t testing.TB, text string) Scope {
	t.Helper()
	s, err := ParseScope(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

// onWeb is a card typed into the page on a day of September 2019.
func onWeb() Seen {
	return Seen{
		Occasion: exposure.Occasion{
			On: calendar.MakeDate(2019, 9, 3), CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
			Channel: "web", Service: "water", Department: "Utilities", Processor: "sandbox", PageManifest: "9f3a11", Release: "4f2c00", Node: "one",
		},
		Entry: "typed", Outcome: exposure.Approved,
	}
}

func TestScopesJudge(t *testing.T) {
	const odessa = "on 2019-08-27..2019-10-14 and capture web_frame and flow one_time and instrument card"
	for _, c := range []struct {
		name, scope string
		change      func(*Seen)
		want        Answer
		because     string // the fields that decided
	}{
		{"paid on the web", odessa, nil, Yes, "on capture flow instrument"},
		{"the first day", odessa, func(s *Seen) { s.On = calendar.MakeDate(2019, 8, 27) }, Yes, "on capture flow instrument"},
		{"the last day", odessa, func(s *Seen) { s.On = calendar.MakeDate(2019, 10, 14) }, Yes, "on capture flow instrument"},
		{"the day after", odessa, func(s *Seen) { s.On = calendar.MakeDate(2019, 10, 15) }, No, "on"},
		{"autopay", odessa, func(s *Seen) { s.CapturePath, s.Flow = exposure.StoredToken, exposure.AutopayRun }, No, "capture"},
		{"an e-check", odessa, func(s *Seen) { s.Instrument = exposure.BankAccount }, No, "instrument"},
		{"open to the right", "on 2019-09-03..", nil, Yes, "on"},
		{"open to the left", "on ..2019-09-02", nil, No, "on"},
		{"single dates", "on 2019-09-02,2019-09-03", nil, Yes, "on"},
		{"several ranges", "on 2019-01-01..2019-02-01,2019-09-01..2019-09-30", nil, Yes, "on"},
		{"one of two ways in", "capture counter_reader or capture web_frame", nil, Yes, "capture"},
		{"none of two ways in", "capture counter_reader or capture phone_keypad", nil, No, "capture capture"},
		{"but not", "on 2019-09-03 and not (flow autopay_run or entry stored)", nil, Yes, "on flow entry"},
		{"but not, and it is", "on 2019-09-03 and not entry typed", nil, No, "entry"},
		{"and binds stronger", "node two and service parking or node one", nil, Yes, "node"},
		{"in parentheses", "node two and (service parking or node one)", nil, No, "node"},
		{"a release by its beginning", "release 4f2", nil, Yes, "release"},
		{"left without sending", "entry typed", func(s *Seen) { s.Entry, s.Outcome = "", exposure.Abandoned }, Maybe, "entry"},
		{"left without sending, negated", "not entry stored", func(s *Seen) { s.Entry = "" }, Maybe, "entry"},
		{"unknown and something false", "entry typed and node two", func(s *Seen) { s.Entry = "" }, No, "node"},
	} {
		seen := onWeb()
		if c.change != nil {
			c.change(&seen)
		}
		v := scope(t, c.scope).Judge(seen)
		var fields []string
		for _, r := range v.Reasons {
			fields = append(fields, string(r.Field))
		}
		if v.Answer != c.want || strings.Join(fields, " ") != c.because {
			t.Errorf("%s: %v because of %v, want %v because of %s", c.name, v.Answer, fields, c.want, c.because)
		}
		if v.In() != (c.want != No) {
			t.Errorf("%s: in is %v", c.name, v.In())
		}
	}
}

func TestTheZeroScopeIsEverybody(t *testing.T) {
	if !(Scope{}).Judge(onWeb()).In() || (Scope{}).String() != "" {
		t.Error("the zero scope leaves somebody out")
	}
}

// Nobody is left out by a slip of the pen.
func TestMistypedScopesAreRefused(t *testing.T) {
	for text, why := range map[string]string{
		"":                               "nothing to ask for",
		"on":                             "say which on",
		"on 2019-10-14..2019-08-27":      "ends before it begins",
		"on 2019-02-30":                  "is not a date",
		"on august":                      "is not a date",
		"capture web":                    `capture has no "web"`,
		"flow onetime":                   `flow has no "onetime"`,
		"instrument cards":               "it has card, bank_account",
		"color blue":                     "nothing to ask for",
		"(node one":                      "not closed",
		"node one node two":              "not expected here",
		"node one and":                   "nothing to ask for",
		"node one )":                     "not expected here",
		"not":                            "nothing to ask for",
		strings.Repeat("not ", 100) + "": "parentheses",
	} {
		_, err := ParseScope(text)
		if !errors.Is(err, ErrScope) || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %s", text, err, why)
		}
	}
}

func scopes() *rapid.Generator[Scope] {
	day := rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.MakeDate(2019, 9, 1).AddDays(rapid.IntRange(0, 5).Draw(t, "day"))
	})
	leaf := rapid.Custom(func(t *rapid.T) Scope {
		switch rapid.IntRange(0, 3).Draw(t, "field") {
		case 0:
			first := day.Draw(t, "first")
			return When(Span{first, first.AddDays(rapid.IntRange(0, 3).Draw(t, "days"))})
		case 1:
			return Where(Flow, rapid.SampledFrom(texts(exposure.Flows())).Draw(t, "flow"))
		case 2:
			return Where(Entry, rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"typed", "stored", "wallet"}), 1, 2, rapid.ID[string]).Draw(t, "entry")...)
		}
		return Where(Node, rapid.SampledFrom([]string{"one", "two"}).Draw(t, "node"))
	})
	return rapid.Custom(func(t *rapid.T) Scope { return grown(t, leaf, 3) })
}

func grown(t *rapid.T, leaf *rapid.Generator[Scope], depth int) Scope {
	if depth == 0 {
		return leaf.Draw(t, "leaf")
	}
	switch rapid.IntRange(0, 4).Draw(t, "how") {
	case 0:
		return Not(grown(t, leaf, depth-1))
	case 1:
		return All(grown(t, leaf, depth-1), grown(t, leaf, depth-1))
	case 2:
		return Any(grown(t, leaf, depth-1), grown(t, leaf, depth-1))
	}
	return leaf.Draw(t, "leaf")
}

func occasions() *rapid.Generator[Seen] {
	return rapid.Custom(func(t *rapid.T) Seen {
		s := onWeb()
		s.On = calendar.MakeDate(2019, 9, 1).AddDays(rapid.IntRange(0, 8).Draw(t, "on"))
		s.Flow = rapid.SampledFrom(exposure.Flows()).Draw(t, "flow")
		s.Entry = rapid.SampledFrom([]string{"", "typed", "stored", "wallet"}).Draw(t, "entry")
		s.Node = rapid.SampledFrom([]string{"one", "two", ""}).Draw(t, "node")
		return s
	})
}

// What is kept as text asks the same when it is read.
func TestScopesReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, seen := scopes().Draw(t, "scope"), occasions().Draw(t, "occasion")
		again, err := ParseScope(s.String())
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		if again.String() != s.String() || again.Judge(seen).Answer != s.Judge(seen).Answer {
			t.Errorf("%s reads as %s", s, again)
		}
	})
}

func TestScopesAreAnAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, seen := scopes().Draw(t, "a"), scopes().Draw(t, "b"), occasions().Draw(t, "occasion")
		answer := func(s Scope) Answer { return s.Judge(seen).Answer }
		for name, pair := range map[string][2]Scope{
			"twice not":         {Not(Not(a)), a},
			"and has no order":  {All(a, b), All(b, a)},
			"or has no order":   {Any(a, b), Any(b, a)},
			"de Morgan":         {Not(All(a, b)), Any(Not(a), Not(b))},
			"de Morgan, of any": {Not(Any(a, b)), All(Not(a), Not(b))},
			"absorbed":          {All(a, Any(a, b)), a},
		} {
			if answer(pair[0]) != answer(pair[1]) {
				t.Errorf("%s: %s and %s differ", name, pair[0], pair[1])
			}
		}
	})
}

// Each reason is true of the occasion, and taken together they are enough.
func TestReasonsDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, seen := scopes().Draw(t, "scope"), occasions().Draw(t, "occasion")
		v := s.Judge(seen)
		if len(v.Reasons) == 0 {
			t.Fatalf("%s says %v without a reason", s, v.Answer)
		}
		for _, r := range v.Reasons {
			if r.Found != valueOf(seen, r.Field) || (r.Found == "") != (r.Met == Maybe) {
				t.Errorf("%s: reason %+v", s, r)
			}
		}
	})
}

func FuzzParseScope(f *testing.F) {
	f.Add("on 2019-08-27..2019-10-14 and capture web_frame")
	f.Add("not (node one or entry typed , stored)")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseScope(text)
		if err != nil {
			return
		}
		again, err := ParseScope(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%q is written %q, and reads as %q, %v", text, s, again, err)
		}
		s.Judge(onWeb())
	})
}
