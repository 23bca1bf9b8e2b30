package policy

import (
	"fmt"
	"slices"
	"strings"

	"clearwell/internal/calendar"
)

// standing is where a utility account stands under one block rule.
type standing struct {
	counted int // returns that count: those of the window once it is complete, else all
	blocked bool
	forGood bool
	until   calendar.Date // first day on which the tenders are taken again
}

// standing counts the returns up to the day of the question. A block runs from
// the return that completed the count, so that a later return that completes it
// again begins the term anew, and paying other bills in between does not matter.
func (r BlockRule) standing(q Question) standing {
	counted := r.countedOn(q)
	now := standing{counted: len(counted)}
	for last := len(counted) - 1; last >= r.Returns-1 && last >= 0; last-- {
		first := counted[last-r.Returns+1].On
		if !r.Within.spans(first, counted[last].On) {
			continue
		}
		now.until, now.forGood = r.For.after(counted[last].On)
		now.blocked = now.forGood || q.On.Before(now.until)
		now.counted = r.within(counted[:last+1])
		return now
	}
	return now
}

// within counts the returns that lie in one window with the last of them.
func (r BlockRule) within(returns []Return) int {
	last := returns[len(returns)-1].On
	n := 0
	for _, ret := range returns {
		if r.Within.spans(ret.On, last) {
			n++
		}
	}
	return n
}

// countedOn lists the returns that count, the earliest first.
func (r BlockRule) countedOn(q Question) []Return {
	var counted []Return
	for _, ret := range q.Returns {
		if !q.On.Before(ret.On) && open(r.Counted, ret.Tender) && r.names(ret.Code) {
			counted = append(counted, ret)
		}
	}
	slices.SortStableFunc(counted, func(a, b Return) int { return a.On.Compare(b.On) })
	return counted
}

// names reports whether a return with the code counts: banks write nsf and NSF.
func (r BlockRule) names(code string) bool {
	return len(r.Codes) == 0 || slices.ContainsFunc(r.Codes, func(of string) bool { return strings.EqualFold(of, code) })
}

func (r BlockRule) staff(s standing) string {
	if s.forGood {
		return fmt.Sprintf("%d returned payments; %s not taken any more (%s)", s.counted, r.Blocks, r.Citation)
	}
	return fmt.Sprintf("%d returned payments; %s not taken until %s (%s)", s.counted, r.Blocks, s.until, r.Citation)
}

// spans reports whether last lies within the period that begins on first.
func (p Period) spans(first, last calendar.Date) bool {
	end, endless := p.after(first)
	return endless || last.Before(end)
}

// after is the first day beyond the period that begins on day.
func (p Period) after(day calendar.Date) (end calendar.Date, endless bool) {
	if p.Endless() {
		return calendar.Date{}, true
	}
	return day.AddMonths(p.Months).AddDays(p.Days), false
}

// String reads "6 months", "12 months and 1 day", "no end".
func (p Period) String() string {
	switch {
	case p.Endless():
		return "no end"
	case p.Days == 0:
		return counted(p.Months, "month")
	case p.Months == 0:
		return counted(p.Days, "day")
	}
	return counted(p.Months, "month") + " and " + counted(p.Days, "day")
}

// counted reads "1 month", "2 months".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
