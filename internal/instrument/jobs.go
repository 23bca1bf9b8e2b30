package instrument

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Reseal seals with the key of now what older keys have sealed, in all towns, and
// tells how many. It reads the keyset first. When it has gone through, an older
// key is needed by no bank account. One that does not open is told and passed
// over.
func (s *Service) Reseal(ctx context.Context) (int, error) {
	if _, err := s.sealer.Refresh(ctx); err != nil {
		return 0, fmt.Errorf("sealing bank accounts again: %w", err)
	}
	var (
		count int
		at    row
		errs  []error
	)
	for {
		rows, err := s.sealedAfter(ctx, at)
		if err != nil || len(rows) == 0 {
			return count, errors.Join(append(errs, err)...)
		}
		at = rows[len(rows)-1]
		for _, r := range rows {
			if s.sealer.Current(r.sealed) {
				continue
			}
			if err := s.resealOne(ctx, r); err != nil {
				errs = append(errs, fmt.Errorf("sealing bank account %s again: %w", r.bank, err))
				continue
			}
			count++
		}
	}
}

func (s *Service) sealedAfter(ctx context.Context, at row) (rows []row, err error) {
	err = s.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		rows, err = selectSealed(ctx, tx, at, atOnce)
		return err
	})
	return rows, err
}

func (s *Service) resealOne(ctx context.Context, r row) error {
	fresh, err := s.sealer.Reseal(r.city, purpose(r.bank), r.sealed)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, r.city, func(_ context.Context, tx *db.Tx) error {
		updateSealed(tx, r.sealed, fresh, r.bank)
		return nil
	})
}
