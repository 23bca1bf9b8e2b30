package notify

import (
	"fmt"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

// TownWarning is what whoever operates the portal tells a town of an incident. It
// goes to the town, not to a resident.
type TownWarning struct {
	Town     string
	Incident string
	Known    time.Time // since when the operator knows
	Text     string    // what the operator knows, in its own words
	Answer   string    // the operator's address, for the answer; may be empty
	Zone     string    // of the town
}

func (TownWarning) kind() kind { return kindTownWarning }

func (w TownWarning) check() error {
	for _, text := range []string{w.Town, w.Incident, w.Text, w.Answer} {
		if cardscan.Contains([]byte(text)) {
			return cardscan.ErrCard
		}
	}
	if _, err := time.LoadLocation(w.Zone); err != nil {
		return fmt.Errorf("reading time zone: %w", err)
	}
	return nil
}

// letter puts a warning into words.
func (w TownWarning) letter(p *locale.Printer) (letter, error) {
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		return letter{}, fmt.Errorf("reading time zone: %w", err)
	}
	answer := p.T("mail.town_warning.answer")
	if w.Answer != "" {
		answer = p.T("mail.town_warning.answer_to", "To", w.Answer)
	}
	return letter{
		Lang: p.Lang(), Subject: p.T("mail.town_warning.subject", "Town", w.Town), Title: p.T("mail.town_warning.title"), Lead: w.Text,
		Rows: []row{
			{Label: p.T("mail.town_warning.incident"), Value: w.Incident}, {Label: p.T("mail.town_warning.known"), Value: p.Time(w.Known, zone)},
		},
		Notes: []note{{Text: answer}, {Text: p.T("mail.town_warning.next")}},
	}, nil
}
