package calendar

import (
	"fmt"
	"time"
)

// CutOff is the time of day at which a town's business day ends. Midnight,
// which is the zero value, is the end of the civil day; any other time ends
// the business day early, and what comes later that day belongs to the next.
type CutOff struct {
	Hour, Minute int
	Zone         *time.Location // UTC if nil
}

// ParseCutOff reads a time of day such as "17:00".
func ParseCutOff(text string, zone *time.Location) (CutOff, error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return CutOff{}, fmt.Errorf("parsing cut-off %q: want hours and minutes, as in 17:00", text)
	}
	return CutOff{Hour: t.Hour(), Minute: t.Minute(), Zone: zone}, nil
}

// Check returns an error if the cut-off is no time of day.
func (c CutOff) Check() error {
	if c.Hour < 0 || c.Hour > 23 || c.Minute < 0 || c.Minute > 59 {
		return fmt.Errorf("checking cut-off: %d:%02d is no time of day", c.Hour, c.Minute)
	}
	return nil
}

// String reads "17:00 America/Chicago".
func (c CutOff) String() string {
	return fmt.Sprintf("%02d:%02d %s", c.Hour, c.Minute, c.zone())
}

// BusinessDate gives the business day to which instant t belongs. The very
// instant of the cut-off belongs to the next.
func (c CutOff) BusinessDate(t time.Time) Date {
	date := Of(t, c.zone()).AddDays(-1) // where midnight is repeated, the wall calendar can be a day ahead
	for !date.IsZero() && !t.Before(c.End(date)) {
		date = date.AddDays(1)
	}
	return date
}

// Begin is the first instant of business day d.
func (c CutOff) Begin(d Date) time.Time { return c.End(d.AddDays(-1)) }

// End is the first instant that no longer belongs to business day d. Where the
// clocks go back over the cut-off it is the second time they show it, so that
// nobody who reads a clock before the cut-off is late; where they skip it, it
// is the instant of the skip.
func (c CutOff) End(d Date) time.Time {
	if c.Hour == 0 && c.Minute == 0 {
		d = d.AddDays(1)
	}
	readings := readings(d, c.Hour, c.Minute, c.zone())
	return readings[len(readings)-1]
}

func (c CutOff) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}
