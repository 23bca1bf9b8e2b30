package sighting_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/secret"
	"clearwell/internal/sighting"
)

func inline(page string) sighting.Report {
	return sighting.Report{Kind: sighting.Policy, Origin: sighting.Page, Directive: "script-src-elem", Blocked: "inline", Page: page, Sample: `{"a":"b"}`}
}

// desk is the service, with all that people were told.
type desk struct {
	*testing.T
	*sighting.Service
	told []sighting.Sighting
}

func open(t *testing.T, d *db.DB) *desk {
	k := &desk{T: t}
	k.Service = sighting.New(d, secret.NewKey(), func(_ *db.Tx, grave sighting.Sighting) error {
		k.told = append(k.told, grave)
		return nil
	})
	return k
}

func (k *desk) hear(city id.City, network string, reports ...sighting.Report) {
	k.Helper()
	if _, err := k.Hear(k.Context(), city, sighting.Heard{Network: network, Reports: reports, Release: "r1", PageManifest: "m1"}); err != nil {
		k.Fatal(err)
	}
}

// One home may have its own trouble; two have ours. What comes again is counted,
// and nobody is told twice.
func TestPeopleAreToldOnceASecondNetworkReports(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		k := open(t, d)
		for range 3 {
			k.hear("odessa", "198.51.100.0/24", inline("/pay/{quo}"))
			clk.Advance(time.Minute)
		}
		if len(k.told) != 0 {
			t.Fatalf("told of one network's reports: %+v", k.told)
		}
		for _, network := range []string{"203.0.113.0/24", "192.0.2.0/24"} {
			k.hear("odessa", network, inline("/pay/{quo}"))
			clk.Advance(time.Minute)
		}
		all, err := k.List(t.Context(), "odessa", false)
		if err != nil || len(k.told) != 1 || len(all) != 1 || all[0].Reports != 5 || all[0].Networks != sighting.Enough || all[0].AlarmedAt.IsZero() {
			t.Fatalf("%d told, %+v, %v", len(k.told), all, err)
		}
		one, err := k.Find(t.Context(), "odessa", all[0].ID)
		if err != nil || one.Report.Sample != `{"a":"b"}` || one.Release != "r1" || one.PageManifest != "m1" || !one.LastAt.After(one.FirstAt) {
			t.Errorf("%+v, %v", one, err)
		}
		if _, err := k.Find(t.Context(), "waco", all[0].ID); !errors.Is(err, sighting.ErrUnknown) {
			t.Errorf("another city finds it: %v", err)
		}
	})
}

// A file that is not ours is told at once, an extension never.
func TestFilesAreToldAtOnceAndExtensionsNever(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		k := open(t, d)
		file, noise := inline("/pay/{quo}"), inline("/pay/{quo}")
		file.Kind, file.Blocked = sighting.Integrity, "https://pay.example/x.js"
		noise.Origin, noise.Blocked = sighting.Extension, "chrome-extension://abc/x.js"
		for _, network := range []string{"198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24"} {
			k.hear("odessa", network, noise)
		}
		k.hear("odessa", "198.51.100.0/24", file)
		if len(k.told) != 1 || k.told[0].Report.Kind != sighting.Integrity {
			t.Errorf("told %+v", k.told)
		}
		shown, err := k.List(t.Context(), "odessa", false)
		all, err2 := k.List(t.Context(), "odessa", true)
		if err != nil || err2 != nil || len(shown) != 1 || len(all) != 2 {
			t.Errorf("%d and %d are listed (%v, %v)", len(shown), len(all), err, err2)
		}
	})
}

// Whoever makes reports up fills neither the disk nor the list.
func TestMadeUpShapesAreCountedTogether(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		k := open(t, d)
		for i := range 60 {
			k.hear("odessa", "198.51.100.0/24", inline(fmt.Sprintf("/%d/a", i)), inline(fmt.Sprintf("/%d/b", i)))
		}
		all, err := k.List(t.Context(), "odessa", false)
		if err != nil || len(all) > 101 {
			t.Fatalf("%d shapes of 120 made up, %v", len(all), err)
		}
		counted := int64(0)
		for _, s := range all {
			counted += s.Reports
		}
		if counted != 120 {
			t.Errorf("%d of 120 are counted", counted)
		}
		clk.Advance(25 * time.Hour)
		k.hear("odessa", "198.51.100.0/24", inline("/of/another/day"))
		if after, err := k.List(t.Context(), "odessa", false); err != nil || len(after) != len(all)+1 {
			t.Errorf("a day later a new shape is not kept: %d, %v", len(after), err)
		}
	})
}
