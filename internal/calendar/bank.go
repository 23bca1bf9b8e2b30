package calendar

import "time"

// Holiday is the code of a holiday of the Federal Reserve Banks.
type Holiday string

// The holidays.
const (
	NewYear            Holiday = "new_year"
	MartinLutherKing   Holiday = "martin_luther_king"
	WashingtonBirthday Holiday = "washington_birthday"
	MemorialDay        Holiday = "memorial_day"
	Juneteenth         Holiday = "juneteenth"
	IndependenceDay    Holiday = "independence_day"
	LaborDay           Holiday = "labor_day"
	ColumbusDay        Holiday = "columbus_day"
	VeteransDay        Holiday = "veterans_day"
	Thanksgiving       Holiday = "thanksgiving"
	Christmas          Holiday = "christmas"
)

// holidayRule places a holiday on a date, or on the weekday that falls into a
// week of a month.
type holidayRule struct {
	holiday  Holiday
	month    time.Month
	from, to int // days of the month; the same for a fixed date
	weekday  time.Weekday
	since    int // year
}

// holidayRules are those of 5 U.S.C. 6103 as the Federal Reserve Banks keep
// them, since 1986.
func holidayRules() [11]holidayRule {
	return [...]holidayRule{
		{NewYear, time.January, 1, 1, 0, 1986},
		{MartinLutherKing, time.January, 15, 21, time.Monday, 1986},
		{WashingtonBirthday, time.February, 15, 21, time.Monday, 1986},
		{MemorialDay, time.May, 25, 31, time.Monday, 1986},
		{Juneteenth, time.June, 19, 19, 0, 2022},
		{IndependenceDay, time.July, 4, 4, 0, 1986},
		{LaborDay, time.September, 1, 7, time.Monday, 1986},
		{ColumbusDay, time.October, 8, 14, time.Monday, 1986},
		{VeteransDay, time.November, 11, 11, 0, 1986},
		{Thanksgiving, time.November, 22, 28, time.Thursday, 1986},
		{Christmas, time.December, 25, 25, 0, 1986},
	}
}

// falls reports whether the holiday itself is on d.
func (r holidayRule) falls(d Date) bool {
	year, month, day := d.midnight().Date()
	return month == r.month && r.from <= day && day <= r.to && year >= r.since &&
		(r.from == r.to || d.Weekday() == r.weekday)
}

// Holiday names the holiday that closes the Federal Reserve Banks on d, a
// weekday, and is empty if none does. A holiday on a Sunday closes the Monday
// after; one on a Saturday closes no other day (Federal Reserve Banks' holiday
// schedule), although federal offices then close on Friday.
func (d Date) Holiday() Holiday {
	weekday := d.Weekday()
	if d.IsZero() || weekday == time.Saturday || weekday == time.Sunday {
		return ""
	}
	for _, rule := range holidayRules() {
		onSunday := weekday == time.Monday && rule.from == rule.to && rule.falls(d.AddDays(-1))
		if onSunday || rule.falls(d) {
			return rule.holiday
		}
	}
	return ""
}

// IsBankingDay reports whether the Federal Reserve Banks settle on d. The
// holidays are those kept since 1986.
func (d Date) IsBankingDay() bool {
	switch d.Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	return !d.IsZero() && d.Holiday() == ""
}

// NextBankingDay is the first banking day after d.
func (d Date) NextBankingDay() Date { return d.AddBankingDays(1) }

// AddBankingDays gives the nth banking day after d, before it if n is
// negative. For 0 it is d itself if it is a banking day, else the next.
func (d Date) AddBankingDays(n int) Date {
	step := 1
	if n < 0 {
		step = -1
	}
	if n == 0 && !d.IsBankingDay() {
		return d.nearestBankingDay(step)
	}
	for ; n != 0 && !d.IsZero(); n -= step {
		d = d.nearestBankingDay(step)
	}
	return d
}

// nearestBankingDay walks by step, beginning beside d.
func (d Date) nearestBankingDay(step int) Date {
	for d = d.AddDays(step); !d.IsZero() && !d.IsBankingDay(); {
		d = d.AddDays(step)
	}
	return d
}
