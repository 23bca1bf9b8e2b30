package calendar

import (
	"fmt"
	"time"
	_ "time/tzdata" // a minimal container or appliance has no zone database
)

// Zone finds a time zone by its IANA name, such as "America/Chicago". It
// refuses "Local", which is wherever the machine stands, and the empty name.
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("finding time zone: %q names no place", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("finding time zone: %w", err)
	}
	return zone, nil
}

// Start is the first instant of d in a zone: midnight, or later where the
// clocks skip it.
func (d Date) Start(zone *time.Location) time.Time {
	readings := readings(d, 0, 0, zone)
	return readings[0]
}

// readings gives the instants, one or two, earliest first, at which the clock
// on the wall reads hour:minute on day d. Where it never does, because the
// clocks skip that reading, the instant of the skip stands for it.
func readings(d Date, hour, minute int, zone *time.Location) []time.Time {
	asUTC := d.midnight().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	var found []time.Time
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} { // the offsets before and after a change
		_, offset := asUTC.Add(near).In(zone).Zone()
		candidate := asUTC.Add(-time.Duration(offset) * time.Second).In(zone)
		_, actual := candidate.Zone()
		if actual == offset && (len(found) == 0 || !candidate.Equal(found[0])) {
			found = append(found, candidate)
		}
	}
	if len(found) == 0 {
		return []time.Time{skip(asUTC, zone)}
	}
	return found
}

// skip is the instant at which the clocks jump over a wall reading.
func skip(asUTC time.Time, zone *time.Location) time.Time {
	_, before := asUTC.Add(-24 * time.Hour).In(zone).Zone()
	after := asUTC.Add(-time.Duration(before) * time.Second).In(zone) // read with the old offset, it lies beyond the jump
	jump, _ := after.ZoneBounds()
	return jump
}
