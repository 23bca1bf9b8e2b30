package notify

import (
	"fmt"
	"time"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

// LoginCode brings a code that proves who reads mail at an address. It waits in
// the outbox readable, as every message does: it is good for minutes, and only in
// the browser that asked for it.
type LoginCode struct {
	Town     string
	Purpose  string // of access: what the code is for
	Code     string // as it is read out: "1234 5678"
	Minutes  int    // it is good for
	Phone    string // of the utility office
	Practice bool   // the sandbox: no money moves
}

func (LoginCode) kind() kind { return kindLoginCode }

func (c LoginCode) check() error {
	for _, text := range []string{c.Town, c.Code, c.Phone} {
		if cardscan.Contains([]byte(text)) {
			return cardscan.ErrCard
		}
	}
	return nil
}

func (c LoginCode) letter(p *locale.Printer) (letter, error) {
	l := letter{
		Lang: p.Lang(), Subject: p.T("mail.login_code.subject", "Town", c.Town), Title: p.T("mail.login_code.title." + c.Purpose),
		Lead:  p.T("mail.login_code.lead", "Town", c.Town),
		Rows:  []row{{Label: p.T("mail.login_code.code"), Value: c.Code, Total: true}},
		Notes: []note{{Text: p.T("mail.login_code.good", "Count", c.Minutes)}, {Text: p.T("mail.login_code.never")}},
	}
	if c.Phone != "" {
		l.Notes = append(l.Notes, note{Text: p.T("mail.login_code.help"), Phone: c.Phone})
	}
	return l.practising(p, c.Practice), nil
}

// practising marks a letter of a town where no money moves.
func (l letter) practising(p *locale.Printer, yes bool) letter {
	if yes {
		l.Stamp = p.T("mail.receipt.practice")
		l.Subject = l.Stamp + ": " + l.Subject
	}
	return l
}

// LoginNews tells of a change to a login, to whoever would want to know if it was
// not them.
type LoginNews struct {
	Town     string
	What     string // of access: what has happened
	About    string // a utility account, as far as mail may say it, or whoever did it; empty for neither
	At       time.Time
	Zone     string // of the town
	Address  string // of the login's page
	Phone    string // of the utility office
	Practice bool
}

func (LoginNews) kind() kind { return kindLoginNews }

func (n LoginNews) check() error {
	for _, text := range []string{n.Town, n.About, n.Phone} {
		if cardscan.Contains([]byte(text)) {
			return cardscan.ErrCard
		}
	}
	if _, err := time.LoadLocation(n.Zone); err != nil {
		return fmt.Errorf("reading time zone: %w", err)
	}
	return nil
}

func (n LoginNews) letter(p *locale.Printer) (letter, error) {
	zone, err := time.LoadLocation(n.Zone)
	if err != nil {
		return letter{}, fmt.Errorf("reading time zone: %w", err)
	}
	about := "mail.login_news." + n.What
	l := letter{
		Lang: p.Lang(), Subject: p.T("mail.login_news.subject", "Town", n.Town, "What", locale.Phrase(about+".title")), Title: p.T(about + ".title"), Lead: p.T(about + ".lead"),
		Rows: []row{{Label: p.T("mail.login_news.at"), Value: p.Time(n.At, zone)}},
		Link: n.Address, LinkText: p.T("mail.login_news.link"),
	}
	if n.About != "" {
		l.Rows = append(l.Rows, row{Label: p.T("mail.login_news.about"), Value: n.About})
	}
	if n.Phone != "" {
		l.Notes = append(l.Notes, note{Text: p.T("mail.login_news.help"), Phone: n.Phone})
	}
	return l.practising(p, n.Practice), nil
}
