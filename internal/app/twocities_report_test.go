package app

import "clearwell/internal/report"

// aboutReports asks for a report of one city about what the other has.
func aboutReports() map[string]func(asking) (any, error) {
	town := func(a asking) report.Town {
		here, err := a.c.towns.ByID(a.here.slug)
		a.c.must(err)
		return reportOn(here)
	}
	reports := func(a asking) *report.Service {
		s, err := a.c.works.reports()
		a.c.must(err)
		return s
	}
	return map[string]func(asking) (any, error){
		"report.Service.Facts": func(a asking) (any, error) {
			return reports(a).Facts(a.ctx, town(a), worstOf(a.other), 0)
		},
		"report.Service.Clocks": func(a asking) (any, error) {
			return reports(a).Clocks(a.ctx, town(a), worstOf(a.other), 0, a.today())
		},
	}
}

// warningCommands are those by which a city is told, and tells.
func warningCommands(slug string) map[string]command {
	told := func(args ...string) []string {
		return append(append([]string{"--city", slug, "--yes", "--evidence", "ticket of " + slug}, args...), "told-"+slug)
	}
	return map[string]command{
		"incident tell known":        {args: told(), acts: true},
		"incident tell mail":         {args: []string{"--city", slug, "--yes", "told-" + slug, "a script of " + slug}, acts: true},
		"incident tell sent":         {args: told("--to", "Ana of "+slug, "--way", "call"), acts: true},
		"incident tell acknowledged": {args: told("--by", "Ana of "+slug), acts: true},
		"incident tell list":         {args: []string{"--city", slug}},
	}
}
