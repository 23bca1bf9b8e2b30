package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/locale"
)

// Service empties the outbox.
type Service struct {
	db        *db.DB
	from      mail.Address
	mailer    Mailer
	catalogue *locale.Catalogue
}

// New makes a service that sends as from.
func New(d *db.DB, from mail.Address, mailer Mailer, catalogue *locale.Catalogue) *Service {
	return &Service{d, from, mailer, catalogue}
}

// EnqueueTx puts a message into the outbox, at no round trip of its own. When it
// returns an error nothing is queued, and the caller may go on: a payment is not
// undone because its receipt cannot be mailed.
//
// Returns [ErrAddress], [cardscan.ErrCard].
func EnqueueTx(tx *db.Tx, m Message) error {
	if err := errors.Join(checkAddress(m.To), m.Content.check()); err != nil {
		return fmt.Errorf("queueing %s: %w", m.Content.kind(), err)
	}
	content, err := json.Marshal(m.Content)
	if err != nil {
		return fmt.Errorf("queueing %s: %w", m.Content.kind(), err)
	}
	insert(tx, m, string(content))
	return nil
}

// batch is how many messages one run takes at most.
const batch = 50

// Deliver hands over what is due, in all cities, one message after another. What
// the other side refuses is counted, noted and told in the counts; the error is
// our own trouble.
func (s *Service) Deliver(ctx context.Context) (done Counts, err error) {
	due, err := s.due(ctx)
	if err != nil {
		return Counts{}, fmt.Errorf("reading outbox: %w", err)
	}
	for _, q := range due {
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		result, said, err := s.deliver(ctx, q)
		if err != nil {
			return done, fmt.Errorf("delivering %s: %w", q.id, err)
		}
		done.add(result, said)
	}
	return done, nil
}

func (c *Counts) add(o outcome, said string) {
	if said != "" {
		c.Trouble = anonymous(said)
	}
	switch o {
	case outcomeSent:
		c.Sent++
	case outcomePutOff:
		c.PutOff++
	case outcomeUndeliverable:
		c.Undeliverable++
	}
}

func (s *Service) due(ctx context.Context) (due []queued, err error) {
	err = s.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		due, err = selectDue(ctx, tx, batch)
		return err
	})
	return due, err
}

// deliver claims one message, sends it with no transaction open, and notes what
// became of it, and what the other side said. The outcome is empty when another
// node was faster.
func (s *Service) deliver(ctx context.Context, q queued) (outcome, string, error) {
	err := s.db.Write(ctx, q.city, func(_ context.Context, tx *db.Tx) error {
		claim(tx, q)
		return nil
	})
	if errors.Is(err, errTaken) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	q.attempts++
	sending := s.send(ctx, q)
	result, said := judge(q.attempts, sending), detail(sending)
	// Also when the program is ending: what was handed over must be noted.
	err = s.db.Write(context.WithoutCancel(ctx), q.city, func(_ context.Context, tx *db.Tx) error {
		settle(tx, q, result, said)
		return nil
	})
	if errors.Is(err, errTaken) {
		return "", "", nil // it took longer than the lease
	}
	return result, said, err
}

// judge decides what a try has come to.
func judge(attempts int, err error) outcome {
	switch {
	case err == nil:
		return outcomeSent
	case errors.Is(err, ErrUndeliverable), attempts >= MaxAttempts:
		return outcomeUndeliverable
	}
	return outcomePutOff
}

func (s *Service) send(ctx context.Context, q queued) error {
	content, err := decode(q)
	if err != nil {
		return err
	}
	words, err := content.letter(s.catalogue.Printer(q.language))
	if err != nil {
		return err
	}
	html, err := words.html()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lease/2)
	defer cancel()
	return s.mailer.Send(ctx, Mail{
		ID: q.id, At: q.queuedAt, From: s.from, To: q.to,
		Subject: words.Subject, Text: words.text(), HTML: html,
	})
}

// OldestWaiting is the message of all towns that has waited longest; false where
// none waits. It needs no mailer: whoever looks after an installation asks.
func OldestWaiting(ctx context.Context, d *db.DB) (oldest Waiting, waits bool, err error) {
	err = d.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		oldest, waits, err = selectOldest(ctx, tx)
		return err
	})
	if err != nil {
		return Waiting{}, false, fmt.Errorf("reading outbox: %w", err)
	}
	oldest.Trouble = anonymous(oldest.Trouble)
	return oldest, waits, nil
}

// SentTx reports whether the message of a key has been handed over.
func SentTx(ctx context.Context, tx *db.Tx, key string) (bool, error) {
	state, err := stateOf(ctx, tx, key)
	if err != nil {
		return false, fmt.Errorf("looking whether %q was sent: %w", key, err)
	}
	return state == "sent", nil
}

func decode(q queued) (Content, error) {
	switch q.kind {
	case kindReceipt:
		return read[Receipt](q)
	case kindPageAlarm:
		return read[PageAlarm](q)
	case kindLoginCode:
		return read[LoginCode](q)
	case kindLoginNews:
		return read[LoginNews](q)
	case kindTownWarning:
		return read[TownWarning](q)
	case kindBreachNotice:
		return read[BreachNotice](q)
	case kindReturned:
		return read[PaymentReturned](q)
	case kindPayeeNews:
		return read[PayeeNews](q)
	}
	return nil, fmt.Errorf("reading content of %s: unknown kind %q", q.id, q.kind)
}

func read[C Content](q queued) (Content, error) {
	var content C
	if err := json.Unmarshal([]byte(q.content), &content); err != nil {
		return nil, fmt.Errorf("reading content of %s: %w", q.id, err)
	}
	return content, nil
}
