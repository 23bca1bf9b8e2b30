package notify

import (
	"fmt"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

// PayeeStage says how far a change of where money goes is.
type PayeeStage string

// The stages.
const (
	PayeeBegun   PayeeStage = "begun" // it is approved, and waits
	PayeeInForce PayeeStage = "in_force"
	PayeeStopped PayeeStage = "stopped" // or could not be put in force
)

// PayeeNews tells a town's finance officer that money is to go elsewhere. It goes
// to the address that is in force, and not to one that the change brings.
type PayeeNews struct {
	Town     string
	Stage    PayeeStage
	Changes  []string // "processor.merchant: sampletown -> elsewhere"
	From     time.Time
	Zone     string // of the town
	Asked    string // by whom; empty where that is not known any more
	Approved string
	Reason   string // why it was stopped
	Command  string // that stops it
}

func (PayeeNews) kind() kind { return kindPayeeNews }

func (n PayeeNews) check() error {
	for _, text := range append([]string{n.Town, n.Asked, n.Approved, n.Reason, n.Command}, n.Changes...) {
		if cardscan.Contains([]byte(text)) {
			return cardscan.ErrCard
		}
	}
	if n.Stage != PayeeBegun && n.Stage != PayeeInForce && n.Stage != PayeeStopped {
		return fmt.Errorf("telling of a payee: there is no stage %q", n.Stage)
	}
	if _, err := time.LoadLocation(n.Zone); err != nil {
		return fmt.Errorf("reading time zone: %w", err)
	}
	return nil
}

// letter puts the news into words.
func (n PayeeNews) letter(p *locale.Printer) (letter, error) {
	zone, err := time.LoadLocation(n.Zone)
	if err != nil {
		return letter{}, fmt.Errorf("reading time zone: %w", err)
	}
	said := func(part string, params ...any) string { return p.T("mail.payee."+part+"."+string(n.Stage), params...) }
	l := letter{Lang: p.Lang(), Subject: said("subject", "Town", n.Town), Title: said("title"), Lead: said("lead")}
	for _, change := range n.Changes {
		l.Rows = append(l.Rows, row{Label: p.T("mail.payee.what"), Value: change})
	}
	l.Rows = append(l.Rows, row{Label: p.T("mail.payee.due"), Value: p.Time(n.From, zone)})
	for _, one := range [][2]string{{"mail.payee.asked", n.Asked}, {"mail.payee.approved", n.Approved}, {"mail.payee.why", n.Reason}} {
		if one[1] != "" {
			l.Rows = append(l.Rows, row{Label: p.T(one[0]), Value: one[1]})
		}
	}
	switch n.Stage {
	case PayeeBegun:
		l.Notes = []note{{Text: p.T("mail.payee.stop")}, {Text: n.Command}, {Text: p.T("mail.payee.call")}}
	case PayeeInForce:
		l.Notes = []note{{Text: p.T("mail.payee.wrong")}, {Text: p.T("mail.payee.call")}}
	}
	return l, nil
}
