package approval

import (
	"slices"
	"strings"
	"time"

	"clearwell/internal/cardscan"
)

// check refuses a draft that cannot be asked for.
func (d Draft) check() error {
	one := func(text string) bool {
		return strings.TrimSpace(text) != "" && !strings.Contains(text, "\n") && printable(text)
	}
	if !one(string(d.City)) || !one(string(d.Action)) || !one(d.By) || strings.TrimSpace(d.Content) == "" || !printable(d.Content) {
		return ErrMalformed
	}
	return cardscan.Check(d.Content)
}

// mayAsk refuses a request that whoever asks has not signed, where they could.
func mayAsk(r Request, people People, signers []string) error {
	if len(people.known) > 0 && !slices.Contains(signers, r.By) {
		return ErrNotSigned
	}
	return nil
}

// approver gives who among the signers approves: somebody else than who asked.
func approver(r Request, signers []string) (string, error) {
	for _, name := range signers {
		if !strings.EqualFold(name, r.By) {
			return name, nil
		}
	}
	if len(signers) > 0 {
		return "", ErrSamePerson
	}
	return "", ErrNotSigned
}

// open refuses a request of which nothing can become any more.
func (s Standing) open(now time.Time) error {
	switch {
	case s.State == CarriedOut || s.State == Withdrawn:
		return ErrDone
	case !now.Before(s.Until):
		return ErrOver
	}
	return nil
}

// mayCarryOut decides whether what is about to be done was approved. The
// signatures count as they are read now, and not what stands beside them.
func (s Standing) mayCarryOut(people People, action Action, content string, now time.Time) error {
	if err := s.open(now); err != nil {
		return err
	}
	signed, signers, err := people.Read(s.signed)
	switch {
	case err != nil:
		return err
	case signed.Text() != s.Text():
		return ErrNotSigned // the row is not what was signed
	case s.Action != action || strings.TrimRight(s.Content, "\n") != strings.TrimRight(content, "\n"):
		return ErrOtherContent
	}
	if err := mayAsk(s.Request, people, signers); err != nil {
		return err
	}
	if !people.Two() {
		if from := s.At.Add(AloneAfter); now.Before(from) {
			return ErrTooSoon.With("When", from.UTC().Format("2006-01-02 15:04"))
		}
		return nil
	}
	if _, err := approver(s.Request, signers); err != nil {
		return ErrNotApproved.Because(err)
	}
	return nil
}
