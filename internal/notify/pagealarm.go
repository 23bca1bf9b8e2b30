package notify

import (
	"fmt"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

// PageAlarm tells the town that browsers of residents refuse something on its
// pages which the release does not serve. It goes to the town, not to a resident.
type PageAlarm struct {
	Town    string
	Page    string // path
	What    string // address or kind of what was refused
	Rule    string // that refused it
	At      time.Time
	Zone    string // of the town
	Command string // that shows all of it
}

func (PageAlarm) kind() kind { return kindPageAlarm }

func (a PageAlarm) check() error {
	for _, text := range []string{a.Town, a.Page, a.What, a.Rule, a.Command} {
		if cardscan.Contains([]byte(text)) {
			return cardscan.ErrCard
		}
	}
	if _, err := time.LoadLocation(a.Zone); err != nil {
		return fmt.Errorf("reading time zone: %w", err)
	}
	return nil
}

// letter puts an alarm into words.
func (a PageAlarm) letter(p *locale.Printer) (letter, error) {
	zone, err := time.LoadLocation(a.Zone)
	if err != nil {
		return letter{}, fmt.Errorf("reading time zone: %w", err)
	}
	return letter{
		Lang: p.Lang(), Subject: p.T("mail.page_alarm.subject", "Town", a.Town), Title: p.T("mail.page_alarm.title"), Lead: p.T("mail.page_alarm.lead"),
		Rows: []row{
			{Label: p.T("mail.page_alarm.page"), Value: a.Page}, {Label: p.T("mail.page_alarm.what"), Value: a.What},
			{Label: p.T("mail.page_alarm.rule"), Value: a.Rule}, {Label: p.T("mail.page_alarm.at"), Value: p.Time(a.At, zone)},
		},
		Notes: []note{{Text: p.T("mail.page_alarm.look")}, {Text: a.Command}, {Text: p.T("mail.page_alarm.doubt")}},
	}, nil
}
