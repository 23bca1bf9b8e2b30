package mailing

import (
	"context"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// purpose is what codes are sealed for.
const purpose = "mailing.code"

var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{3,39}$`)

// ImportCodes takes codes in for an incident. What is there already stays as it
// is. It tells how many are new. Returns [ErrCodeMalformed] with the line, never
// with the code, and the refusal of an unknown incident.
func (s *Service) ImportCodes(ctx context.Context, city id.City, name string, codes []secret.String, by audit.Actor) (int, error) {
	for i, code := range codes {
		if !codeForm.MatchString(code.Reveal()) {
			return 0, ErrCodeMalformed.With("Line", i+1)
		}
	}
	if _, err := s.incidents.Find(ctx, city, name); err != nil {
		return 0, err
	}
	fresh := 0
	for at := 0; at < len(codes); at += chunk {
		part := codes[at:min(at+chunk, len(codes))]
		added, err := s.keep(ctx, city, name, part, by)
		if err != nil {
			return fresh, fmt.Errorf("keeping codes: %w", err)
		}
		fresh += added
	}
	return fresh, nil
}

func (s *Service) keep(ctx context.Context, city id.City, name string, codes []secret.String, by audit.Actor) (int, error) {
	var added int
	err := s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock(lock)
		added = 0
		place, err := countCodes(ctx, tx, name)
		if err != nil {
			return err
		}
		for _, code := range codes {
			sealed, err := s.Sealer.Seal(city, purpose+"/"+name, code)
			if err != nil {
				return err
			}
			digest := hex.EncodeToString(s.Key.MAC(purpose+"/"+string(city)+"/"+name, []byte(code.Reveal())))
			fresh, err := insertCode(ctx, tx, name, place+added+1, digest, sealed)
			if err != nil {
				return err
			}
			added += fresh
		}
		if added > 0 {
			audit.RecordTx(tx, audit.Event{Actor: by, Action: "incident.codes", Thing: "incident/" + name, Detail: map[string]string{"codes": strconv.Itoa(added)}})
		}
		return nil
	})
	return added, err
}

// Codes tells how many codes an incident has, and how many were handed out.
// Returns the refusal of an unknown incident.
func (s *Service) Codes(ctx context.Context, city id.City, name string) (all, handed int, err error) {
	if _, err := s.incidents.Find(ctx, city, name); err != nil {
		return 0, 0, err
	}
	var free int
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if all, err = countCodes(ctx, tx, name); err != nil {
			return err
		}
		free, err = countFree(ctx, tx, name)
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("counting codes: %w", err)
	}
	return all, all - free, nil
}

// codesOf gives the codes that were handed out, by person.
func (s *Service) codesOf(ctx context.Context, city id.City, name string) (map[string]secret.String, error) {
	var sealed map[string][]byte
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		sealed, err = selectCodes(ctx, tx, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	codes := map[string]secret.String{}
	for person, text := range sealed {
		if codes[person], err = s.Sealer.Open(city, purpose+"/"+name, text); err != nil {
			return nil, err
		}
	}
	return codes, nil
}
