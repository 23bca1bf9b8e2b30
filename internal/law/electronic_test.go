package law

import (
	"testing"
	"testing/fstest"

	"clearwell/internal/calendar"
)

func TestEMailBesideALetterIsDatedLaw(t *testing.T) {
	book, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	on := calendar.MakeDate(2026, 11, 24)
	if got := book.Electronic(LocalGovernment, "TX", on); !got.Allowed || got.Citation == "" || got.Standing() != Unverified {
		t.Errorf("%+v", got)
	}
	files := fstest.MapFS{"electronic.yaml": {Data: []byte("- {for: [business], from: 2026-01-01, allowed: true, citation: c, source: s}\n" +
		"- {for: [business], from: 2026-06-01, allowed: false, places: [ZZ], citation: c, source: s}\n")}}
	made := &Book{}
	if err := read(files, "electronic.yaml", &made.electronic); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		entity Entity
		state  string
		on     calendar.Date
		want   bool
	}{
		{Business, "TX", on, true}, {Business, "ZZ", on, false}, {Business, "ZZ", calendar.MakeDate(2026, 5, 1), true},
		{Business, "TX", calendar.MakeDate(2025, 12, 31), false}, {LocalGovernment, "TX", on, false},
	} {
		if got := made.Electronic(c.entity, c.state, c.on); got.Allowed != c.want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}
