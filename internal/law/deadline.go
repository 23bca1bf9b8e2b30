package law

import (
	"slices"
	"time"

	"clearwell/internal/calendar"
)

// named reports whether the law states how long one has.
func (d Deadline) named() bool {
	return d.Immediately || d.Hours > 0 || d.Days > 0 || d.BusinessDays > 0
}

// due counts from a day, or, where hours are counted and the instant is known,
// from the instant. Hours after a day without an hour are whole days: 48 hours
// after December 11 is December 13.
func (d Deadline) due(from calendar.Date, at time.Time, zone *time.Location) Due {
	switch {
	case d.Immediately:
		return Due{Immediate: true}
	case from.IsZero() || !d.named():
		return Due{}
	case d.Hours > 0 && !at.IsZero():
		end := at.Add(time.Duration(d.Hours) * time.Hour)
		return Due{On: calendar.Of(end, zone), At: end}
	case d.Hours > 0:
		return Due{On: from.AddDays((d.Hours + 23) / 24)}
	case d.BusinessDays > 0:
		return Due{On: addBusinessDays(from, d.BusinessDays)}
	}
	return Due{On: from.AddDays(d.Days)}
}

// addBusinessDays counts n business days after a day.
func addBusinessDays(from calendar.Date, n int) calendar.Date {
	day := from
	for n > 0 {
		day = day.AddDays(1)
		if isBusinessDay(day) {
			n--
		}
	}
	return day
}

// isBusinessDay leaves out weekends and the holidays that every state keeps.
// A day that only some keep is counted: the deadline may then be a day early,
// never late.
func isBusinessDay(day calendar.Date) bool {
	if weekday := day.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		return false
	}
	everywhere := []calendar.Holiday{
		calendar.NewYear, calendar.MemorialDay, calendar.IndependenceDay,
		calendar.LaborDay, calendar.Thanksgiving, calendar.Christmas,
	}
	return !slices.Contains(everywhere, day.Holiday())
}

// earlier is the stricter of two deadlines; a day is stricter than none.
func earlier(a, b Due) Due {
	switch {
	case a.Immediate || b.IsZero():
		return a
	case b.Immediate || a.IsZero():
		return b
	case b.On.Before(a.On), b.On == a.On && !b.At.IsZero():
		return b
	}
	return a
}

// notBefore moves a deadline to the day on which a delay ended.
func (d Due) notBefore(end calendar.Date) Due {
	if d.On.IsZero() || !d.On.Before(end) {
		return d
	}
	return Due{On: end}
}
