package sighting

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/cardscan"
)

// The two spellings of the same report are one shape, and what may be somebody's
// is in neither.
func TestBothSpellingsAreOneShape(t *testing.T) {
	old := `{"csp-report":{"document-uri":"https://pay.example/town/pay/quo_01jz3k5v7q8w9x0y1z2a?x=1","violated-directive":"script-src-elem","effective-directive":"script-src-elem",
		"blocked-uri":"https://evil.example/skim.js?n=4242424242424242","source-file":"https://evil.example/a.js","line-number":7,"status-code":200}}`
	young := `[{"type":"csp-violation","age":3,"url":"https://pay.example/town/pay/quo_01jz3k5v7q8w9x0y1z2b","user_agent":"x",
		"body":{"documentURL":"https://pay.example/town/pay/quo_01jz3k5v7q8w9x0y1z2b","effectiveDirective":"script-src-elem","blockedURL":"https://evil.example/other.js","lineNumber":7}},
		{"type":"deprecation","url":"https://pay.example/","body":{"id":"x"}}]`
	first, err := Read("application/csp-report", []byte(old))
	if err != nil || len(first) != 1 {
		t.Fatalf("%v, %v", first, err)
	}
	second, err := Read("application/reports+json; charset=utf-8", []byte(young))
	if err != nil || len(second) != 1 {
		t.Fatalf("%v, %v", second, err)
	}
	want := Report{Kind: Policy, Origin: Page, Directive: "script-src-elem", Blocked: "https://evil.example/skim.js", Source: "https://evil.example/a.js",
		Page: "/town/pay/{quo}", Card: true}
	got := first[0]
	got.Sample = ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if first[0].shape("m") != second[0].shape("m") || first[0].shape("m") == first[0].shape("of another release") {
		t.Error("the shapes are not those of the reports")
	}
	if second[0].Card {
		t.Error("there is a card number in a report that has none")
	}
	for _, kept := range []string{"4242", "01jz3k5v", "?"} {
		if strings.Contains(first[0].Sample, kept) {
			t.Errorf("%s is kept: %s", kept, first[0].Sample)
		}
	}
	if !strings.Contains(first[0].Sample, `"line-number":7`) {
		t.Errorf("it is not what was sent: %s", first[0].Sample)
	}
}

// A skimmer's loot stands wherever the skimmer puts it: in a path, a sample, a
// name, in any disguise. None of it is kept.
func TestLootIsNotKept(t *testing.T) {
	for _, loot := range []string{
		"4242424242424242", "4242 4242 4242 4242", "NDI0MjQyNDI0MjQyNDI0Mg==", "%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32", "34323432343234323432343234323432", "4242424242420000",
	} {
		for _, place := range []string{
			`{"csp-report":{"document-uri":"https://p.example/","effective-directive":"img-src","blocked-uri":"https://evil.example/LOOT"}}`,
			`{"csp-report":{"document-uri":"https://p.example/LOOT","effective-directive":"img-src","blocked-uri":"https://evil.example/?LOOT"}}`,
			`{"csp-report":{"effective-directive":"require-trusted-types-for","blocked-uri":"trusted-types-sink","script-sample":"Element innerHTML|LOOT"}}`,
			`{"csp-report":{"effective-directive":"img-src LOOT","blocked-uri":"LOOT","source-file":"LOOT:LOOT","LOOT":"x","line-number":4242424242424242}}`,
		} {
			all, err := Read("application/csp-report", []byte(strings.ReplaceAll(place, "LOOT", loot)))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				text := strings.Join([]string{r.Directive, r.Blocked, r.Source, r.Page, r.Sample}, "\n")
				if cardscan.Contains([]byte(text)) || cardscan.LongDigits(text) || strings.Contains(text, loot) {
					t.Errorf("%s in %s is kept: %s", loot, place, text)
				}
			}
		}
	}
}

func TestExtensionsAndKindsAreTold(t *testing.T) {
	for body, want := range map[string]Report{
		`{"effective-directive":"script-src-elem","blocked-uri":"chrome-extension://abc/x.js"}`:                 {Kind: Policy, Origin: Extension},
		`{"effective-directive":"style-src-elem","blocked-uri":"inline","source-file":"moz-extension://abc/x"}`: {Kind: Policy, Origin: Extension},
		`{"effective-directive":"script-src-attr","blocked-uri":"inline"}`:                                      {Kind: Policy, Origin: Page},
		`{"effective-directive":"require-trusted-types-for","blocked-uri":"trusted-types-sink"}`:                {Kind: TrustedTypes, Origin: Page},
		`{"effective-directive":"trusted-types","blocked-uri":"trusted-types-policy"}`:                          {Kind: TrustedTypes, Origin: Page},
	} {
		all, err := Read("application/csp-report", []byte(`{"csp-report":`+body+`}`))
		if err != nil || len(all) != 1 || all[0].Kind != want.Kind || all[0].Origin != want.Origin {
			t.Errorf("%s: %+v, %v", body, all, err)
		}
	}
	all, err := Read("application/reports+json", []byte(`[{"type":"integrity-violation","url":"https://p.example/","body":{"blockedURL":"https://p.example/x.js","destination":"script"}}]`))
	if err != nil || len(all) != 1 || all[0].Kind != Integrity || all[0].Directive != "script" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	for body, mediaType := range map[string]string{`{}`: "application/csp-report", `{"a":1}`: "application/reports+json", `[`: "application/reports+json", `[]`: "text/plain", `{"csp-report":4}`: "application/csp-report"} {
		if all, err := Read(mediaType, []byte(body)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s as %s: %v, %v", body, mediaType, all, err)
		}
	}
	many := `[` + strings.TrimSuffix(strings.Repeat(`{"type":"csp-violation","body":{"effectiveDirective":"img-src"}},`, 100), ",") + `]`
	if all, err := Read("application/reports+json", []byte(many)); err != nil || len(all) != mostReports {
		t.Errorf("%d reports, %v", len(all), err)
	}
}

// Whatever is sent, what is kept is short and holds no card number.
func FuzzReadReports(f *testing.F) {
	f.Add("application/csp-report", []byte(`{"csp-report":{"blocked-uri":"https://evil.example/4242424242424242","effective-directive":"img-src"}}`))
	f.Add("application/reports+json", []byte(`[{"type":"csp-violation","url":"https://p.example/pay/quo_01jz3k5v7q8w9x0y1z2a","body":{"blockedURL":"inline","sample":"4242-4242-4242-4242"}}]`))
	f.Fuzz(func(t *testing.T, mediaType string, body []byte) {
		all, err := Read(mediaType, body)
		if err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatal(err)
		}
		for _, r := range all {
			for _, text := range []string{r.Directive, r.Blocked, r.Source, r.Page, r.Sample} {
				if cardscan.Contains([]byte(text)) || len(text) > mostSample || strings.Contains(text, "\x00") {
					t.Errorf("%q is kept", text)
				}
			}
		}
	})
}
