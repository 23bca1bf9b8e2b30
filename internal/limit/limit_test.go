package limit_test

import (
	"net/netip"
	"testing"
	"time"
	_ "time/tzdata" // towns keep their own time, whatever the machine knows

	"clearwell/internal/limit"

	"pgregory.net/rapid"
)

func TestDays(t *testing.T) {
	central, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ now, begins, ends string }{
		{"2026-11-24T15:00:00Z", "2026-11-24T06:00:00Z", "2026-11-25T06:00:00Z"},
		{"2026-11-24T05:59:59Z", "2026-11-23T06:00:00Z", "2026-11-24T06:00:00Z"},
		{"2026-03-08T12:00:00Z", "2026-03-08T06:00:00Z", "2026-03-09T05:00:00Z"}, // 23 hours
		{"2026-11-01T12:00:00Z", "2026-11-01T05:00:00Z", "2026-11-02T06:00:00Z"}, // 25 hours
	} {
		begins, ends := limit.Day(central).Bounds(at(t, c.now))
		if !begins.Equal(at(t, c.begins)) || !ends.Equal(at(t, c.ends)) {
			t.Errorf("%s is in %v to %v", c.now, begins, ends)
		}
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

// Windows cover all of time and do not overlap.
func TestWindowsTouch(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	windows := map[string]limit.Window{"day": limit.Day(zone), "hour": limit.Span(time.Hour), "zero": {}}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0)
		for name, w := range windows {
			begins, ends := w.Bounds(now)
			if now.Before(begins) || !now.Before(ends) {
				t.Fatalf("%s: %v is not in %v to %v", name, now, begins, ends)
			}
			if next, _ := w.Bounds(ends); !next.Equal(ends) {
				t.Fatalf("%s: the next window begins at %v, not at %v", name, next, ends)
			}
		}
	})
}

func TestNetwork(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7":              "192.0.2.7/32",
		"::ffff:192.0.2.7":       "192.0.2.7/32",
		"2001:db8:1:2ff::1":      "2001:db8:1:200::/56",
		"2001:db8:1:234:5:6:7:8": "2001:db8:1:200::/56",
		"fe80::1%eth0":           "fe80::/56",
	} {
		if got := limit.Network(netip.MustParseAddr(addr)).String(); got != want {
			t.Errorf("network of %s is %s, want %s", addr, got, want)
		}
	}
	if limit.Network(netip.Addr{}).IsValid() {
		t.Error("no address has a network")
	}
}

// Whoever rents a network of a provider has many of what a household has one of.
func TestWideNetworks(t *testing.T) {
	for addr, want := range map[string]string{
		"203.0.113.7": "203.0.113.0/24", "::ffff:203.0.113.7": "203.0.113.0/24",
		"2001:db8:1:2ff::5": "2001:db8:1::/48", "2001:db8:1:5500::5": "2001:db8:1::/48",
	} {
		if got := limit.Wide(limit.Network(netip.MustParseAddr(addr))); got.String() != want {
			t.Errorf("%s is in %s, want %s", addr, got, want)
		}
	}
	if got := limit.Wide(netip.Prefix{}); got.IsValid() {
		t.Errorf("no network is in %s", got)
	}
}
