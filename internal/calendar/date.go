package calendar

import (
	"cmp"
	"fmt"
	"time"
)

// ISO is the layout of dates in the database and in JSON.
const ISO = time.DateOnly

// Date is a civil day of the years 1 to 9999. The zero value is no day, and so
// is every result outside those years. Dates compare with ==.
type Date struct{ day int32 } // 1 is 1 January of year 1

const (
	lastDay   = 3652059 // 31 December 9999
	unixEpoch = 719163  // 1 January 1970
)

// MakeDate gives a day of a year, and the zero Date where there is none, such
// as 30 February.
func MakeDate(year int, month time.Month, day int) Date {
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if y, m, d := midnight.Date(); y != year || m != month || d != day {
		return Date{}
	}
	return fromUnixDay(midnight.Unix() / secondsPerDay)
}

const secondsPerDay = 24 * 60 * 60

func fromUnixDay(day int64) Date {
	if day <= -unixEpoch || day > lastDay-unixEpoch {
		return Date{}
	}
	return Date{int32(day + unixEpoch)}
}

// Of gives the day that the wall calendar shows at instant t in a zone.
func Of(t time.Time, zone *time.Location) Date {
	year, month, day := t.In(zone).Date()
	return MakeDate(year, month, day)
}

// Parse reads a day in the ISO form, "2026-11-24", and no other.
func Parse(text string) (Date, error) { return ParseLayout(ISO, text) }

// ParseLayout reads a day in a layout as package time writes them, such as
// "01/02/2006" or "060102". Years of two digits from 69 up are in the last
// century.
func ParseLayout(layout, text string) (Date, error) {
	t, err := time.Parse(layout, text)
	if err != nil {
		return Date{}, fmt.Errorf("parsing date: not a day in the form %q", layout) // the text may be anything: not repeated
	}
	date := Of(t, t.Location())
	if date.IsZero() {
		return Date{}, fmt.Errorf("parsing date: outside the years 1 to 9999")
	}
	return date, nil
}

// midnight is the day's beginning in UTC, for its arithmetic only.
func (d Date) midnight() time.Time {
	return time.Unix((int64(d.day)-unixEpoch)*secondsPerDay, 0).UTC()
}

// String gives the day in the ISO form, empty for the zero Date.
func (d Date) String() string { return d.Format(ISO) }

// Format writes the day in a layout of package time, such as "060102" in ACH
// files; empty for the zero Date. What residents read is printed by package
// locale.
func (d Date) Format(layout string) string {
	if d.IsZero() {
		return ""
	}
	return d.midnight().Format(layout)
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d.day == 0 }

// Year is the year of d.
func (d Date) Year() int { return d.midnight().Year() }

// Month is the month of d.
func (d Date) Month() time.Month { return d.midnight().Month() }

// Day is the day of the month of d, from 1.
func (d Date) Day() int { return d.midnight().Day() }

// Weekday is the day of the week of d.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// AddDays gives the day n days after d, before it if n is negative.
func (d Date) AddDays(n int) Date {
	if d.IsZero() || n < -lastDay || n > lastDay {
		return Date{}
	}
	return fromUnixDay(int64(d.day) - unixEpoch + int64(n))
}

// AddMonths gives the same day of the month n months after d, or that month's
// last day if it is shorter: a month after 31 January is 28 or 29 February.
func (d Date) AddMonths(n int) Date {
	const ever = 9999 * 12
	if d.IsZero() || n < -ever || n > ever {
		return Date{}
	}
	year, month, day := d.midnight().Date()
	first := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := MakeDate(first.Year(), first.Month(), 1).EndOfMonth()
	return last.AddDays(min(day, last.Day()) - last.Day())
}

// StartOfMonth is the first day of the month of d.
func (d Date) StartOfMonth() Date { return d.AddDays(1 - d.Day()) }

// EndOfMonth is the last day of the month of d.
func (d Date) EndOfMonth() Date {
	if d.IsZero() {
		return Date{}
	}
	year, month, _ := d.midnight().Date()
	next := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC) // day 0 is the last of the month before
	return MakeDate(next.Year(), next.Month(), next.Day())
}

// Sub gives the days from other to d, negative if d is earlier.
func (d Date) Sub(other Date) int { return int(d.day) - int(other.day) }

// Compare gives -1, 0 or 1 as d is before, on or after other.
func (d Date) Compare(other Date) int { return cmp.Compare(d.day, other.day) }

// Before reports whether d is before other. No day is before every day.
func (d Date) Before(other Date) bool { return d.day < other.day }

// After reports whether d is after other.
func (d Date) After(other Date) bool { return d.day > other.day }
