package settings

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// Service keeps the settings of an installation.
type Service struct {
	db  *db.DB
	key secret.Key // by which they are sealed
}

// New gives the settings kept in d.
func New(d *db.DB, key secret.Key) *Service { return &Service{d, key} }

// InForce gives what was taken last; number 0 where nothing was. What was not
// taken here is passed over, and told: then the error is [ErrNotSealed], and what
// comes with it is the newest that was.
func (s *Service) InForce(ctx context.Context) (Version, error) {
	var found Version
	err := s.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = s.newest(ctx, tx)
		return err
	})
	if err != nil {
		return found, fmt.Errorf("reading the settings in force: %w", err)
	}
	return found, nil
}

func (s *Service) newest(ctx context.Context, tx *db.Tx) (Version, error) {
	all, err := list(ctx, tx)
	if err != nil {
		return Version{}, err
	}
	for i, row := range all {
		if v, sealed := row.open(s.key); sealed && i > 0 {
			return v, ErrNotSealed
		} else if sealed {
			return v, nil
		}
	}
	if len(all) > 0 {
		err = ErrNotSealed
	}
	return Version{}, err
}

// Take takes what a configuration says, if that protects no less than what is in
// force. The same again changes nothing. Returns [ErrNeedsApproval],
// [ErrOutdated].
func (s *Service) Take(ctx context.Context, proposed Protection, by audit.Actor) (Version, error) {
	return s.take(ctx, proposed, by, "", func(ctx context.Context, tx *db.Tx, inForce Version) error {
		number, err := last(ctx, tx)
		if err == nil && number > 0 && (inForce.Number == 0 || len(Weakenings(inForce.Protection, proposed)) > 0) {
			err = ErrNeedsApproval // also where nothing that stands there was taken here: nobody can compare
		}
		return err
	})
}

// TakeApproved takes what two people have approved. They are those in force, and
// not those whom the new settings name.
//
// Returns what [approval.CarryOutTx] does.
func (s *Service) TakeApproved(ctx context.Context, proposed Protection, request approval.ID, by audit.Actor) (Version, error) {
	return s.take(ctx, proposed, by, request.String(), func(ctx context.Context, tx *db.Tx, inForce Version) error {
		people, err := approval.MakePeople(inForce.People)
		if err != nil {
			return err
		}
		return approval.CarryOutTx(ctx, tx, people, request, TakeAction, Words(inForce, proposed), by)
	})
}

func (s *Service) take(ctx context.Context, proposed Protection, by audit.Actor, request string, may func(context.Context, *db.Tx, Version) error) (Version, error) {
	var taken Version
	err := s.db.Write(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		inForce, err := s.newest(ctx, tx)
		if err != nil && !errors.Is(err, ErrNotSealed) {
			return err
		}
		if taken = inForce; inForce.Number > 0 && inForce.Digest == proposed.Digest() && err == nil {
			return nil
		}
		if err := may(ctx, tx, inForce); err != nil {
			return err
		}
		number, err := last(ctx, tx)
		taken = Version{number + 1, tx.Now(), string(by), request, proposed.Digest(), proposed}
		insert(tx, taken, seal(s.key, taken.Number, taken.text()))
		record(tx, inForce, taken, by)
		return err
	})
	if errors.Is(err, db.ErrDuplicate) {
		err = ErrOutdated.Because(err)
	}
	if err != nil {
		return Version{}, fmt.Errorf("taking settings: %w", err)
	}
	return taken, nil
}

func record(tx *db.Tx, before, taken Version, by audit.Actor) {
	detail := map[string]string{"version": strconv.FormatInt(taken.Number, 10), "digest": taken.Digest, "settings": taken.text()}
	if taken.Request != "" {
		detail["request"] = taken.Request
	}
	var lost []string
	for _, w := range Weakenings(before.Protection, taken.Protection) {
		lost = append(lost, w.String())
	}
	if len(lost) > 0 {
		detail["weakens"] = strings.Join(lost, "\n")
	}
	audit.RecordTx(tx, audit.Event{Actor: by, Action: "settings.take", Thing: "settings", Detail: detail})
}
