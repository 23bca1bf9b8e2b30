package notice

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/incident"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
)

// fresh is how long a page may show what was in force: each page asks.
const fresh = 2 * time.Second

// chunk is how many utility accounts one transaction writes down.
const chunk = 500

// Service publishes and answers. It is safe for concurrent use.
type Service struct {
	db        *db.DB
	clock     clock.Clock
	writer    *letter.Writer
	incidents *incident.Desk

	mu   sync.Mutex
	seen map[id.City]seen
}

// seen is what was in force, and when.
type seen struct {
	notice Notice
	at     time.Time
}

// New makes a service for the notices kept in a database.
func New(d *db.DB, now clock.Clock, writer *letter.Writer) *Service {
	return &Service{db: d, clock: now, writer: writer, incidents: incident.New(d), seen: map[id.City]seen{}}
}

// Publish puts a notice in force, about the newest frozen list of an incident. It
// takes the place of another one. Returns what [letter.Writer.Public] does,
// [incident.ErrUnknown] and [incident.ErrNotFrozen].
func (s *Service) Publish(ctx context.Context, city id.City, name string, facts letter.Notice, by audit.Actor) (Notice, error) {
	for _, lang := range locale.Languages {
		if _, err := s.writer.Public(facts, lang); err != nil {
			return Notice{}, err
		}
	}
	of, err := s.incidents.Find(ctx, city, name)
	if err != nil {
		return Notice{}, err
	}
	r, found := of.LastFrozen(len(of.Revisions) + 1)
	if !found {
		return Notice{}, incident.ErrNotFrozen
	}
	if err := s.writeDown(ctx, city, name, r.Number); err != nil {
		return Notice{}, fmt.Errorf("writing down utility accounts: %w", err)
	}
	n := Notice{Incident: name, Revision: r.Number, Facts: facts, PublishedBy: by}
	err = s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("notice")
		last, err := lastNumber(ctx, tx)
		if err != nil {
			return err
		}
		n.Number, n.PublishedAt = last+1, tx.Now()
		updateWithdrawn(tx, by)
		record(tx, by, "incident.publish", n)
		return insertNotice(tx, n)
	})
	if err != nil {
		return Notice{}, fmt.Errorf("publishing a notice: %w", err)
	}
	s.forget(city)
	return n, nil
}

// writeDown keeps the utility accounts of a frozen list. It never changes, so
// that writing it again adds nothing.
func (s *Service) writeDown(ctx context.Context, city id.City, name string, revision int) error {
	bills := map[string]Answer{}
	err := s.incidents.Each(ctx, city, name, revision, func(p incident.Person) error {
		for _, number := range p.UtilityAccounts {
			answer := bills[number]
			if p.Kind == incident.PayerKind {
				answer.Payers++
			} else {
				answer.Holders++
			}
			bills[number] = answer
		}
		return nil
	})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(bills)), chunk) {
		err := s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
			for _, number := range part {
				insertBill(tx, name, revision, number, bills[number])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Withdraw ends the notice that is in force. Returns [ErrNotPublished].
func (s *Service) Withdraw(ctx context.Context, city id.City, by audit.Actor) (Notice, error) {
	s.forget(city)
	n, err := s.Current(ctx, city)
	if err != nil {
		return Notice{}, err
	}
	err = s.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		updateWithdrawn(tx, by)
		record(tx, by, "incident.unpublish", n)
		return nil
	})
	if err != nil {
		return Notice{}, fmt.Errorf("withdrawing a notice: %w", err)
	}
	s.forget(city)
	return n, nil
}

// Current gives the notice in force, as it was within the last seconds: every
// page asks. Returns [ErrNotPublished].
func (s *Service) Current(ctx context.Context, city id.City) (Notice, error) {
	now := s.clock.Now()
	s.mu.Lock()
	known, ok := s.seen[city]
	s.mu.Unlock()
	if !ok || now.Sub(known.at) >= fresh || now.Before(known.at) {
		known.at = now
		err := s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
			var err error
			known.notice, err = inForce(ctx, tx)
			return err
		})
		if err != nil {
			return Notice{}, fmt.Errorf("reading the notice in force: %w", err)
		}
		s.mu.Lock()
		s.seen[city] = known
		s.mu.Unlock()
	}
	if known.notice.Number == 0 {
		return Notice{}, ErrNotPublished
	}
	return known.notice, nil
}

func (s *Service) forget(city id.City) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, city)
}

// Text gives the public texts of a notice in a language.
func (s *Service) Text(n Notice, lang locale.Lang) (letter.Public, error) {
	return s.writer.Public(n.Facts, lang)
}

// Affected answers for a utility account whose resident has proved who they are,
// from the list that the notice in force speaks of. Returns [ErrNotPublished].
func (s *Service) Affected(ctx context.Context, city id.City, number billing.Number) (Answer, error) {
	n, err := s.Current(ctx, city)
	if err != nil {
		return Answer{}, err
	}
	var answer Answer
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		answer, err = selectBill(ctx, tx, n, string(number))
		return err
	})
	if err != nil {
		return Answer{}, fmt.Errorf("looking a utility account up in the list: %w", err)
	}
	return answer, nil
}

func record(tx *db.Tx, by audit.Actor, action string, n Notice) {
	audit.RecordTx(tx, audit.Event{Actor: by, Action: action, Thing: "incident/" + n.Incident, Detail: map[string]string{
		"notice": strconv.Itoa(n.Number), "revision": strconv.Itoa(n.Revision),
	}})
}
