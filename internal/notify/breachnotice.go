package notify

import (
	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
)

// BreachNotice is what residents read by e-mail beside a letter, after a breach.
// Its words were composed elsewhere, by the law of the resident's state.
type BreachNotice struct {
	Town       string
	Title      string
	Paragraphs []string
}

func (BreachNotice) kind() kind { return kindBreachNotice }

func (n BreachNotice) check() error {
	for _, text := range append([]string{n.Town, n.Title}, n.Paragraphs...) {
		if cardscan.Contains([]byte(text)) {
			return cardscan.ErrCard
		}
	}
	return nil
}

// letter puts a notice into words: those of the letter, and that there is one.
func (n BreachNotice) letter(p *locale.Printer) (letter, error) {
	l := letter{
		Lang: p.Lang(), Subject: p.T("mail.breach_notice.subject", "Town", n.Town), Title: n.Title, Lead: p.T("mail.breach_notice.lead", "Town", n.Town),
	}
	for _, paragraph := range n.Paragraphs {
		l.Notes = append(l.Notes, note{Text: paragraph})
	}
	return l, nil
}
