package app

import (
	"clearwell/internal/db"
	"clearwell/internal/incident"
	"clearwell/internal/letter"
	"clearwell/internal/mailing"
	"clearwell/internal/report"
)

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
	order := func(a asking) mailing.Order { return mailing.Order{Incident: worstOf(a.other), Kind: letter.Exposed} }
	return map[string]func(asking) (any, error){
		"mailing.Service.PlanEmail": func(a asking) (any, error) {
			return a.c.mailroom().PlanEmail(a.ctx, a.here.slug, order(a), reports(a).Book)
		},
		"mailing.Service.Email": func(a asking) (any, error) {
			return a.c.mailroom().Email(a.ctx, a.here.slug, order(a), reports(a).Book, nil, "operator:thief")
		},
		"report.Service.Facts": func(a asking) (any, error) {
			return reports(a).Facts(a.ctx, town(a), worstOf(a.other), 0)
		},
		"report.Service.Closing": func(a asking) (any, error) {
			return reports(a).Closing(a.ctx, town(a), worstOf(a.other), a.today())
		},
		"report.Service.Clocks": func(a asking) (any, error) {
			return reports(a).Clocks(a.ctx, town(a), worstOf(a.other), 0, a.today())
		},
	}
}

// warningCommands are those by which a city is told, and tells.
func warningCommands(slug, notice string) map[string]command {
	told := func(args ...string) []string {
		return append(append([]string{"--city", slug, "--yes", "--evidence", "ticket of " + slug}, args...), "told-"+slug)
	}
	return map[string]command{
		"incident tell known":        {args: told(), acts: true},
		"incident tell mail":         {args: []string{"--city", slug, "--yes", "told-" + slug, "a script of " + slug}, acts: true},
		"incident tell sent":         {args: told("--to", "Ana of "+slug, "--way", "call"), acts: true},
		"incident tell acknowledged": {args: told("--by", "Ana of "+slug), acts: true},
		"incident tell list":         {args: []string{"--city", slug}},
		"incident email":             {args: []string{"--city", slug, "--notice", notice, "worst-" + slug}},
		"incident report":            {args: []string{"--city", slug, "--json", "worst-of-" + slug}},
		"incident close":             {args: []string{"--city", slug, "--yes", "--reason", "over in " + slug, "worst-of-" + slug}, status: statusFailed},
		"incident reopen":            {args: []string{"--city", slug, "--yes", "--reason", "of " + slug, "over-in-" + slug}, acts: true},
	}
}

// aboutDuties asks one city's desk for what the other has done.
func aboutDuties() map[string]func(asking) (any, error) {
	desk := func(a asking) (*incident.Desk, string) { return incident.New(a.c.db), worstOf(a.other) }
	return map[string]func(asking) (any, error){
		"incident.Desk.TellBy": func(a asking) (any, error) {
			d, name := desk(a)
			return d.TellBy(a.ctx, a.here.slug, name, 1, nil, incident.Telling{Content: "email-1", Way: "email", By: "operator:ana"}, func(*db.Tx, string) error { return nil })
		},
		"incident.Desk.Do": func(a asking) (any, error) {
			d, name := desk(a)
			return nil, d.Do(a.ctx, a.here.slug, name, incident.Deed{Duty: "tx-vendor", Act: incident.Done, On: a.today(), DoneBy: "a thief", Evidence: "a letter"})
		},
		"incident.Desk.Deeds": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Deeds(a.ctx, a.here.slug, name)
		},
		"incident.Desk.Warn": func(a asking) (any, error) {
			d, _ := desk(a)
			return nil, d.Warn(a.ctx, a.here.slug, "another", incident.Word{Step: incident.Suspected, At: a.c.clk.Now(), Evidence: "a letter"}, nil)
		},
		"incident.Desk.Warnings": func(a asking) (any, error) {
			d, _ := desk(a)
			return d.Warnings(a.ctx, a.here.slug)
		},
		"incident.Desk.Alarm": func(a asking) (any, error) {
			d, _ := desk(a)
			return d.Alarm(a.ctx, a.here.slug, a.c.clk.Now())
		},
		"incident.Desk.Close": func(a asking) (any, error) {
			d, name := desk(a)
			return nil, d.Close(a.ctx, a.here.slug, name, "a reason", "", "operator:thief")
		},
		"incident.Desk.Reopen": func(a asking) (any, error) {
			d, _ := desk(a)
			return nil, d.Reopen(a.ctx, a.here.slug, "over-in-"+string(a.other.slug), "a reason", "operator:thief")
		},
		"incident.Desk.Closings": func(a asking) (any, error) {
			d, name := desk(a)
			return d.Closings(a.ctx, a.here.slug, name)
		},
	}
}
