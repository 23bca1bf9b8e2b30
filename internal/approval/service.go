package approval

import (
	"context"
	"errors"
	"fmt"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Service keeps requests.
type Service struct {
	db     *db.DB
	people People
}

// New makes the service of an installation with these people.
func New(d *db.DB, people People) *Service { return &Service{d, people} }

// People are those who ask and approve.
func (s *Service) People() People { return s.people }

// Write makes the text of a request, to be signed by who asks. Nothing is kept.
//
// Returns [ErrMalformed], [cardscan.ErrCard], [cardscan.ErrLongNumber].
func (s *Service) Write(d Draft) (Request, error) {
	if err := d.check(); err != nil {
		return Request{}, fmt.Errorf("writing a request: %w", err)
	}
	now := s.db.Clock().Now().UTC().Truncate(time.Microsecond) // as it is stored
	return Request{
		ID: id.New[requestKind](now), City: d.City, Action: d.Action, Content: d.Content, By: d.By, At: now, Until: now.Add(Lifetime),
	}, nil
}

// Take takes a signed text: a request that is not known yet is asked for, of one
// that is known the approval is noted. The same text again changes nothing.
//
// Returns [ErrMalformed], [ErrNotSigned], [ErrSamePerson], [ErrOver], [ErrDone],
// and [ErrUnknown] for a request of another town.
func (s *Service) Take(ctx context.Context, city id.City, signed string) (Standing, error) {
	request, signers, err := s.people.Read(signed)
	if err == nil && request.City != city {
		err = ErrUnknown
	}
	if err != nil {
		return Standing{}, fmt.Errorf("taking a request: %w", err)
	}
	var taken Standing
	err = s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		taken, err = s.take(ctx, tx, request, signed, signers)
		return err
	})
	if err != nil {
		return Standing{}, fmt.Errorf("taking request %s: %w", request.ID, err)
	}
	return taken, nil
}

func (s *Service) take(ctx context.Context, tx *db.Tx, r Request, signed string, signers []string) (Standing, error) {
	kept, err := find(ctx, tx, r.ID)
	if errors.Is(err, ErrUnknown) {
		kept, err = s.ask(tx, r, signed, signers)
		if err == nil && len(signers) < 2 {
			return kept, nil
		}
	}
	switch {
	case err != nil:
		return Standing{}, err
	case kept.Text() != r.Text():
		return Standing{}, ErrOtherContent
	case kept.State == Approved:
		return kept, nil
	}
	return s.approve(tx, kept, signed, signers)
}

func (s *Service) ask(tx *db.Tx, r Request, signed string, signers []string) (Standing, error) {
	asked := Standing{Request: r, State: Asked, signed: signed}
	if err := errors.Join(asked.open(tx.Now()), mayAsk(r, s.people, signers)); err != nil {
		return Standing{}, err
	}
	if err := (Draft{r.City, r.Action, r.Content, r.By}).check(); err != nil {
		return Standing{}, err
	}
	if r.Until.After(tx.Now().Add(Lifetime)) || r.At.After(tx.Now()) {
		return Standing{}, ErrMalformed // nobody gives themselves more time
	}
	insert(tx, asked)
	record(tx, asked, "approval.ask", r.By)
	return asked, nil
}

func (s *Service) approve(tx *db.Tx, kept Standing, signed string, signers []string) (Standing, error) {
	if err := errors.Join(kept.open(tx.Now()), mayAsk(kept.Request, s.people, signers)); err != nil {
		return Standing{}, err
	}
	by, err := approver(kept.Request, signers)
	if err != nil {
		return Standing{}, err
	}
	kept.State, kept.ApprovedBy, kept.signed = Approved, by, signed
	approve(tx, kept)
	record(tx, kept, "approval.approve", by)
	return kept, nil
}

// Withdraw ends a request that was not carried out. Anybody may: it stops
// something. Returns [ErrUnknown], [ErrDone].
func (s *Service) Withdraw(ctx context.Context, city id.City, request ID, by audit.Actor) error {
	err := s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		kept, err := find(ctx, tx, request)
		if err != nil {
			return err
		}
		finish(tx, request, Withdrawn, string(by))
		record(tx, kept, "approval.withdraw", string(by))
		return nil
	})
	if err != nil {
		return fmt.Errorf("withdrawing request %s: %w", request, err)
	}
	return nil
}

// Find finds a request of a town, or with [id.Everyone] one of the installation.
// Returns [ErrUnknown].
func (s *Service) Find(ctx context.Context, city id.City, request ID) (found Standing, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		found, err = find(ctx, tx, request)
		return err
	})
	if err != nil {
		return Standing{}, fmt.Errorf("finding request %s: %w", request, err)
	}
	return found, nil
}

// List lists the requests of a town, the newest first.
func (s *Service) List(ctx context.Context, city id.City) (all []Standing, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		all, err = list(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing requests: %w", err)
	}
	return all, nil
}

// Signed is the text with its signatures, for another person to sign.
func (s Standing) Signed() string { return s.signed }

// ReadyTx refuses what [CarryOutTx] would refuse at an instant, and carries nothing
// out.
func ReadyTx(ctx context.Context, tx *db.Tx, people People, request ID, action Action, content string, at time.Time) error {
	kept, err := find(ctx, tx, request)
	if err == nil {
		err = kept.mayCarryOut(people, action, content, at)
	}
	if err != nil {
		return fmt.Errorf("looking at request %q: %w", request, err)
	}
	return nil
}

// CarryOutTx refuses to go on unless what the caller is about to do, in the same
// transaction, was approved in these very words. It can go on once.
//
// Returns [ErrUnknown], [ErrNotSigned], [ErrNotApproved], [ErrTooSoon],
// [ErrOver], [ErrDone], [ErrOtherContent].
func CarryOutTx(ctx context.Context, tx *db.Tx, people People, request ID, action Action, content string, by audit.Actor) error {
	kept, err := find(ctx, tx, request)
	if err == nil {
		err = kept.mayCarryOut(people, action, content, tx.Now())
	}
	if err != nil {
		return fmt.Errorf("carrying out request %q: %w", request, err)
	}
	finish(tx, request, CarriedOut, string(by))
	record(tx, kept, "approval.carry_out", string(by))
	return nil
}

func record(tx *db.Tx, s Standing, action, by string) {
	detail := map[string]string{"action": string(s.Action), "digest": s.Digest(), "asked_by": s.By}
	if s.ApprovedBy != "" {
		detail["approved_by"] = s.ApprovedBy
	}
	if action == "approval.ask" {
		detail["content"] = s.Content
	}
	audit.RecordTx(tx, audit.Event{Actor: audit.Actor(named(by)), Action: action, Thing: s.ID.String(), Detail: detail})
}

// named is how the audit log names somebody who signed.
func named(by string) string {
	for i := range by {
		if by[i] == ':' {
			return by // an actor already
		}
	}
	return "person:" + by
}
