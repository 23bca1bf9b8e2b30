package sighting

import (
	"context"
	"fmt"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// Service keeps and lists what browsers report.
type Service struct {
	db   *db.DB
	key  secret.Key
	tell func(tx *db.Tx, grave Sighting) error
}

// New makes the service. The key makes digests of networks; tell brings a grave
// sighting to people, in the transaction that keeps it: nil tells nobody.
func New(d *db.DB, key secret.Key, tell func(tx *db.Tx, grave Sighting) error) *Service {
	return &Service{d, key, tell}
}

// Hear keeps what a browser reports of a city's pages, and gives what is grave.
func (s *Service) Hear(ctx context.Context, city id.City, heard Heard) (grave []Sighting, err error) {
	err = s.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		grave = nil
		for _, report := range heard.Reports {
			one, err := s.hearTx(ctx, tx, report, heard)
			if err != nil {
				return err
			}
			if !one.AlarmedAt.IsZero() && one.AlarmedAt.Equal(tx.Now()) {
				grave = append(grave, one)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keeping a browser's report: %w", err)
	}
	return grave, nil
}

func (s *Service) hearTx(ctx context.Context, tx *db.Tx, report Report, heard Heard) (Sighting, error) {
	digest := fmt.Sprintf("%.16x", s.key.MAC("sighting", []byte(string(tx.City())+" "+heard.Network)))
	known, found, err := selectShape(ctx, tx, report.shape(heard.PageManifest))
	if err != nil {
		return Sighting{}, err
	}
	if !found {
		recent, err := countSince(ctx, tx, tx.Now().Add(-24*time.Hour))
		if err != nil {
			return Sighting{}, err
		}
		if recent >= mostShapes {
			report = report.crowd()
			if known, found, err = selectShape(ctx, tx, report.shape(heard.PageManifest)); err != nil {
				return Sighting{}, err
			}
		}
	}
	if !found {
		known = row{Sighting: Sighting{
			ID: id.New[sightingKind](tx.Now()), Report: report, Release: heard.Release, PageManifest: heard.PageManifest, FirstAt: tx.Now(),
		}}
	}
	known.networks = met(known.networks, digest)
	known.Networks, known.LastAt = len(known.networks), tx.Now()
	known.Reports++
	if known.grave() {
		known.AlarmedAt = tx.Now()
		if err := s.tellTx(tx, known.Sighting); err != nil {
			return Sighting{}, err
		}
	}
	if found {
		update(tx, known)
	} else {
		insert(tx, known)
	}
	return known.Sighting, nil
}

// tellTx notes in the audit log that people are told, and tells them.
func (s *Service) tellTx(tx *db.Tx, grave Sighting) error {
	audit.RecordTx(tx, audit.Event{
		Actor: audit.System, Action: "page.reported", Thing: grave.ID.String(),
		Detail: map[string]string{"kind": string(grave.Report.Kind), "page": grave.Report.Page, "page_manifest": grave.PageManifest},
	})
	if s.tell == nil {
		return nil
	}
	return s.tell(tx, grave)
}

// List lists a city's sightings, the newest first: those that seem to come from
// the page, and those of extensions too where asked.
func (s *Service) List(ctx context.Context, city id.City, extensions bool) (all []Sighting, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		all, err = selectAll(ctx, tx, extensions)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what browsers report: %w", err)
	}
	return all, nil
}

// Find finds a sighting. Returns [ErrUnknown].
func (s *Service) Find(ctx context.Context, city id.City, wanted ID) (one Sighting, err error) {
	err = s.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		one, err = selectOne(ctx, tx, wanted)
		return err
	})
	if err != nil {
		return Sighting{}, fmt.Errorf("reading what browsers report: %w", err)
	}
	return one, nil
}
