package app

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/sampletown"
)

// The worst day, rehearsed from the alarm to the letters with the commands that a
// town types: exactly who met the page is named, and each step has its time.
func TestADrillNamesExactlyWhoMetThePage(t *testing.T) {
	got := run(t, "incident", "drill", "--residents", "16", "--plain", "--json")
	if got.status != statusDone {
		t.Fatalf("it ends with %d: %s\n%s", got.status, got.err, got.out)
	}
	var card scorecard
	if err := json.Unmarshal([]byte(got.out), &card); err != nil {
		t.Fatal(err)
	}
	if card.Exposed != 17 || card.Named != 17 || !card.passed() {
		t.Errorf("%d of %d are named: %+v", card.Named, card.Exposed, card.Checks)
	}
	if len(card.Checks) < 10 || len(card.Measured) < 12 || len(card.Estimated) == 0 {
		t.Errorf("it looks at too little: %+v", card)
	}
	for _, stage := range card.Stages {
		if stage.Milliseconds < 0 || stage.Name == untilLetters && (stage.EstimatedMinutes < 30 || stage.EstimatedMinutes >= 60) {
			t.Errorf("%+v", stage)
		}
	}
	var table strings.Builder
	if err := card.print(&table); err != nil || strings.Contains(table.String(), "NOT:") || !strings.Contains(table.String(), "estimated and not measured") {
		t.Errorf("%v:\n%s", err, &table)
	}
}

// A drill in which the prober is blind, or a person is missed, does not pass.
func TestADrillCanFail(t *testing.T) {
	d, err := newDrill(t.Context(), drillIncident{Residents: 3, Seed: 1, Plain: true}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.end(); err != nil {
			t.Error(err)
		}
	}()
	if err := d.breach(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.changed.Store(false)
	var today day
	if err := d.alarmed(t.Context(), &today); err != nil {
		t.Fatal(err)
	}
	if d.card.passed() || !slices.ContainsFunc(d.card.Checks, func(c check) bool { return c.What == "the changed page is an alarm" && !c.OK }) {
		t.Errorf("a page that nobody saw changed passes: %+v", d.card.Checks)
	}
	today.name, today.scope = "portal", "capture web_frame and on 2001-01-01..2001-01-31"
	if err := d.listed(t.Context(), &today); err != nil {
		t.Fatal(err)
	}
	d.card.Checks = slices.DeleteFunc(d.card.Checks, func(c check) bool { return !strings.HasPrefix(c.What, "exactly") })
	if d.card.passed() || d.card.Named != 0 || d.card.Exposed != 4 {
		t.Errorf("a list without anybody passes: %+v", d.card)
	}
	var table strings.Builder
	if err := d.card.print(&table); err != nil || !strings.Contains(table.String(), "NOT: exactly") || d.met[0].Manner != sampletown.Pays {
		t.Errorf("the table does not say so: %v\n%s", err, &table)
	}
}
