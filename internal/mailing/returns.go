package mailing

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/letter"
	"clearwell/internal/letter/imb"
)

// Return is an envelope that came back.
type Return struct {
	// Letter is the number at the foot of the page, or the tracking code of the
	// barcode.
	Letter string
	On     calendar.Date
	Why    string // as the Postal Service says it: "no such number"
}

// envelope is one posting of a letter.
type envelope struct {
	number  Number
	posting int
}

// Return notes envelopes that came back, all or none. An envelope comes back
// once; of several postings, the number at the foot means the last that was
// posted by that day. It tells how many were not noted before. Returns
// [ErrLetterUnknown], [ErrNotPosted] and [ErrEvidence].
func (s *Service) Return(ctx context.Context, city id.City, name string, all []Return, by audit.Actor) (int, error) {
	mailings, err := s.Mailings(ctx, city, name)
	if err != nil {
		return 0, err
	}
	tracked, err := s.tracked(ctx, city, name, mailings)
	if err != nil {
		return 0, fmt.Errorf("reading barcodes: %w", err)
	}
	var fresh int
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock(lock)
		fresh = 0
		for _, r := range all {
			e, err := s.envelope(ctx, tx, name, r, tracked)
			if err != nil {
				return err
			}
			noted, err := updateReturned(ctx, tx, e, r)
			if err != nil {
				return err
			}
			fresh += noted
		}
		if fresh > 0 {
			audit.RecordTx(tx, audit.Event{Actor: by, Action: "incident.returned", Thing: "incident/" + name, Detail: map[string]string{"letters": strconv.Itoa(fresh)}})
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("noting returned letters: %w", err)
	}
	return fresh, nil
}

// tracked gives the envelope of each barcode.
func (s *Service) tracked(ctx context.Context, city id.City, name string, mailings []Mailing) (map[string]envelope, error) {
	all := map[string]envelope{}
	for _, m := range mailings {
		if m.State == Preparing || m.Terms.Mailing.Mailer == "" {
			continue
		}
		pieces, err := s.pieces(ctx, city, name, m.Number)
		if err != nil {
			return nil, err
		}
		posting := map[string]envelope{}
		list := make([]letter.Recipient, len(pieces))
		for i, p := range pieces {
			list[i] = letter.Recipient{ID: p.Number.String(), Lines: p.Lines}
			posting[list[i].ID] = envelope{p.Number, p.Posting}
		}
		letter.Presort(list)
		for i, r := range list {
			code, err := imb.Piece{Service: m.Terms.Mailing.Service, Mailer: m.Terms.Mailing.Mailer, Serial: m.FirstSerial + i}.Tracking()
			if err != nil {
				return nil, err
			}
			all[code] = posting[r.ID]
		}
	}
	return all, nil
}

// envelope finds what came back, among what was posted.
func (s *Service) envelope(ctx context.Context, tx *db.Tx, name string, r Return, tracked map[string]envelope) (envelope, error) {
	if r.On.IsZero() {
		return envelope{}, ErrEvidence
	}
	e, known := tracked[r.Letter]
	if !known {
		if e.number, known = ParseNumber(r.Letter); !known {
			return e, ErrLetterUnknown.With("Letter", r.Letter)
		}
	}
	posted, err := selectPosted(ctx, tx, name, e.number, r.On)
	switch {
	case err != nil:
		return e, err
	case posted == nil:
		return e, ErrLetterUnknown.With("Letter", r.Letter)
	case len(posted) == 0 || posted[0] == 0 || e.posting > 0 && !slices.Contains(posted, e.posting):
		return e, ErrNotPosted.With("Letter", r.Letter)
	case e.posting == 0:
		e.posting = slices.Max(posted)
	}
	return e, nil
}

// Correct notes where a letter goes that came back, or never had an address. The
// next [Service.Again] posts it there. Returns [ErrLetterUnknown],
// [ErrNotReturned] and [ErrAddressMalformed].
func (s *Service) Correct(ctx context.Context, city id.City, name, number string, lines []string, by audit.Actor) error {
	clean, err := checkLines(lines)
	if err != nil {
		return err
	}
	n, _ := ParseNumber(number) // none is the number of no letter
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock(lock)
		all, err := selectPieces(ctx, tx, name, 0)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(p Piece) bool { return p.Number == n })
		if at < 0 {
			return ErrLetterUnknown.With("Letter", number)
		}
		if !all[at].stranded() {
			return ErrNotReturned.With("Letter", number)
		}
		updateCorrected(tx, all[at], clean)
		audit.RecordTx(tx, audit.Event{Actor: by, Action: "incident.address", Thing: "incident/" + name, Detail: map[string]string{"letter": n.String()}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("correcting an address: %w", err)
	}
	return nil
}

// Again makes a mailing for each text of which letters came back and have a
// corrected address: the same letters, with their numbers and codes, in new
// envelopes. Whoever has one of them in an envelope that was not posted yet gets
// no other. Returns [ErrNobody] where there are none.
func (s *Service) Again(ctx context.Context, city id.City, name string, by audit.Actor) ([]Mailing, error) {
	if _, err := s.Mailings(ctx, city, name); err != nil {
		return nil, err
	}
	var made []int
	err := s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock(lock)
		made = nil
		mailings, err := selectMailings(ctx, tx, name)
		if err != nil {
			return err
		}
		pieces, err := selectPieces(ctx, tx, name, 0)
		if err != nil {
			return err
		}
		for _, m := range mailings {
			again := corrected(pieces, m.Content)
			if len(again) == 0 || m.Round != First {
				continue
			}
			pieces = slices.DeleteFunc(pieces, func(p Piece) bool { return p.Content == m.Content })
			m.Number, m.Round, m.MadeBy = len(mailings)+len(made)+1, Again, by
			if err := s.repost(ctx, tx, name, m, again); err != nil {
				return err
			}
			made = append(made, m.Number)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("posting again: %w", err)
	}
	if len(made) == 0 {
		return nil, ErrNobody
	}
	all, err := s.Mailings(ctx, city, name)
	if err != nil {
		return nil, err
	}
	return all[made[0]-1 : made[len(made)-1]], nil
}

func corrected(all []Piece, content string) []Piece {
	var found []Piece
	for _, p := range all {
		if p.Content == content && p.stranded() && len(p.Corrected) > 0 {
			found = append(found, p)
		}
	}
	return found
}

func (s *Service) repost(ctx context.Context, tx *db.Tx, name string, m Mailing, again []Piece) error {
	if err := insertMailing(tx, name, m); err != nil {
		return err
	}
	for _, p := range again {
		insertPosting(tx, name, m.Number, Piece{Number: p.Number, Posting: p.Posting + 1, Lines: p.Corrected})
	}
	return closeMailing(ctx, tx, name, m, m.MadeBy)
}

// Letters lists the letters of an incident, each by its newest posting. Returns
// the refusal of an unknown incident.
func (s *Service) Letters(ctx context.Context, city id.City, name string) ([]Piece, error) {
	if _, err := s.Mailings(ctx, city, name); err != nil {
		return nil, err
	}
	all, err := s.pieces(ctx, city, name, 0)
	if err != nil {
		return nil, fmt.Errorf("listing letters: %w", err)
	}
	return all, nil
}
