package mailing

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/letter"
	"clearwell/internal/secret"
)

// Print writes the letters of a mailing into one PDF, and the list of them for a
// mailing house in the same order. That they leave, where to and by whom, is in
// the audit log before the first byte is written. The same mailing makes the same
// letters. Returns [ErrUnknown] and [ErrNotReady].
func (s *Service) Print(ctx context.Context, city id.City, name string, number int, pages, list io.Writer, to string, by audit.Actor) (letter.Printed, error) {
	m, err := s.find(ctx, city, name, number)
	if err != nil {
		return letter.Printed{}, err
	}
	if m.State == Preparing {
		return letter.Printed{}, ErrNotReady
	}
	err = s.DB.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		record(tx, by, "incident.mail_print", name, number, map[string]string{"to": to, "letters": strconv.Itoa(m.Letters)})
		return nil
	})
	if err != nil {
		return letter.Printed{}, fmt.Errorf("recording that letters leave: %w", err)
	}
	all, err := s.recipients(ctx, city, name, m)
	if err != nil {
		return letter.Printed{}, fmt.Errorf("reading letters: %w", err)
	}
	return s.press(m, all, pages, list)
}

func (s *Service) press(m Mailing, all []letter.Recipient, pages, list io.Writer) (letter.Printed, error) {
	mailing := m.Terms.Mailing
	mailing.Serial = m.FirstSerial
	press, err := s.Writer.NewPress(m.Terms.Notice, m.Kind, mailing)
	if err != nil {
		return letter.Printed{}, err
	}
	for _, r := range all {
		if err := press.Print(r); err != nil {
			return letter.Printed{}, err
		}
	}
	printed, err := press.Finish(pages)
	if err != nil {
		return printed, err
	}
	return printed, letter.WriteList(list, all, mailing)
}

// recipients lists the letters of a mailing in the order in which they are
// printed, with the codes of those who have one.
func (s *Service) recipients(ctx context.Context, city id.City, name string, m Mailing) ([]letter.Recipient, error) {
	pieces, err := s.pieces(ctx, city, name, m.Number)
	if err != nil {
		return nil, err
	}
	codes := map[string]secret.String{}
	if (Order{Kind: m.Kind, Terms: m.Terms}).coded() {
		if codes, err = s.codesOf(ctx, city, name); err != nil {
			return nil, err
		}
	}
	all := make([]letter.Recipient, len(pieces))
	for i, p := range pieces {
		all[i] = letter.Recipient{
			ID: p.Number.String(), Name: p.Name, Lines: p.Lines, State: p.State, Language: p.Language, Code: codes[p.Person].Reveal(),
		}
	}
	letter.Presort(all)
	return all, nil
}

func (s *Service) pieces(ctx context.Context, city id.City, name string, mailing int) ([]Piece, error) {
	var all []Piece
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		all, err = selectPieces(ctx, tx, name, mailing)
		return err
	})
	return all, err
}
