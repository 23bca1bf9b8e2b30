package cis

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cis/layout"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Export writes a day's posting file. The first time it makes the file of all
// the day's payments, also when there are none: a file that says nothing came is
// not a file that is missing. Later, payments that are in no file yet make a
// supplement; where there are none, the newest file is written again as it was.
//
// Returns [ErrWrongDirection], [ErrDayNotOver], [ErrPostingDiffers].
func (s *Service) Export(ctx context.Context, r ExportRequest, out io.Writer) (Batch, error) {
	if r.Layout.Direction != layout.PostingOut {
		return Batch{}, ErrWrongDirection
	}
	batch, err := s.export(ctx, r, out)
	if err != nil {
		return Batch{}, fmt.Errorf("exporting payments of %s: %w", r.On, err)
	}
	return batch, nil
}

func (s *Service) export(ctx context.Context, r ExportRequest, out io.Writer) (Batch, error) {
	postings, err := s.payments.ApprovedOn(ctx, r.City, r.On)
	if err != nil {
		return Batch{}, err
	}
	var batch Batch
	err = s.db.Write(ctx, r.City, func(ctx context.Context, tx *db.Tx) error {
		if ends := r.ends(); tx.Now().Before(ends) {
			return ErrDayNotOver.Because(fmt.Errorf("it may be exported from %s on", wall(ends, r.Zone)))
		}
		fresh, err := unsent(ctx, tx, r.On, inOrder(postings))
		if err != nil {
			return err
		}
		newest, err := newestBatch(ctx, tx, r.On)
		if err != nil {
			return err
		}
		if newest.Sequence > 0 && len(fresh) == 0 {
			batch = newest
			return nil
		}
		batch, err = send(tx, r, newest.Sequence+1, fresh)
		return err
	})
	if err != nil {
		return Batch{}, err
	}
	return batch, s.rewrite(ctx, r.City, r.Layout, batch, out)
}

// unsent leaves out the postings that stand in a file, which must say the same.
func unsent(ctx context.Context, tx *db.Tx, on calendar.Date, postings []Posting) ([]line, error) {
	var fresh []line
	for _, p := range postings {
		sent, err := sentLine(ctx, tx, p.Confirmation)
		switch {
		case errors.Is(err, db.ErrNoRows):
			written, err := billing.WrittenTx(ctx, tx, p.Number)
			if err != nil {
				return nil, err
			}
			if p.Bill == "" {
				if p.Bill, err = billing.BillOnTx(ctx, tx, p.Number, on); err != nil {
					return nil, err
				}
			}
			fresh = append(fresh, line{p, written})
		case err != nil:
			return nil, err
		case sent.Amount != p.Amount || sent.Number != p.Number || sent.Kind != p.Kind:
			return nil, ErrPostingDiffers.Because(fmt.Errorf("%s was sent as %s of %s, and is %s of %s now",
				p.Confirmation, sent.Kind, sent.Amount, p.Kind, p.Amount))
		}
	}
	return fresh, nil
}

func (r ExportRequest) ends() time.Time {
	if r.Ends.IsZero() {
		return r.On.AddDays(1).Start(r.Zone)
	}
	return r.Ends
}

// send makes a batch of lines.
func send(tx *db.Tx, r ExportRequest, sequence int, lines []line) (Batch, error) {
	batch := Batch{
		On: r.On, Sequence: sequence, Layout: r.Layout.Name, Zone: r.Zone, Lines: len(lines), Total: total(lines),
		CreatedAt: tx.Now(), AcknowledgeDue: tx.Now().Add(r.AcknowledgeWithin),
	}
	digest := sha256.New()
	err := write(digest, r.City, r.Layout, batch, lines)
	if err != nil {
		return Batch{}, err
	}
	batch.Digest = hex.EncodeToString(digest.Sum(nil))
	insertBatch(tx, batch)
	for i, l := range lines {
		insertLine(tx, batch, i+1, l)
	}
	audit.RecordTx(tx, audit.Event{
		Actor: r.Actor, Action: "cis.export", Thing: batch.Name(r.City),
		Detail: map[string]string{"lines": strconv.Itoa(batch.Lines), "total": batch.Total.String(), "digest": batch.Digest},
	})
	return batch, nil
}

// write writes the file of a batch.
func write(out io.Writer, town id.City, l *layout.Layout, batch Batch, lines []line) error {
	control := layout.Control{Batch: batch.Name(town), BusinessDate: batch.On, Count: int64(len(lines)), Total: batch.Total}
	w, err := layout.NewWriter(l, out, control)
	if err != nil {
		return err
	}
	for _, posting := range lines {
		if err := w.Write(posting.record(batch.Zone)); err != nil {
			return err
		}
	}
	return w.Close()
}

// Rewrite writes a posting file again, byte for byte: in the layout it was made
// in, where the town has another one by now and the first is one that ships.
// Returns [ErrNoBatch], and [ErrPostingDiffers] when that layout has been changed
// since or is not at hand.
func (s *Service) Rewrite(ctx context.Context, town id.City, on calendar.Date, sequence int, l *layout.Layout, out io.Writer) (Batch, error) {
	var batch Batch
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		batch, err = findBatch(ctx, tx, on, sequence)
		return err
	})
	if err == nil {
		err = s.rewrite(ctx, town, l, batch, out)
	}
	if err != nil {
		return Batch{}, fmt.Errorf("writing posting file %d of %s again: %w", sequence, on, err)
	}
	return batch, nil
}

// rewrite writes the file only after it has proved to be the same.
func (s *Service) rewrite(ctx context.Context, town id.City, l *layout.Layout, batch Batch, out io.Writer) error {
	var lines []line
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		lines, err = linesOf(ctx, tx, batch)
		return err
	})
	if err != nil {
		return err
	}
	if l.Name != batch.Layout { // the town has changed its layout since
		if l, err = layouts.Find(batch.Layout); err != nil {
			return ErrPostingDiffers.Because(err)
		}
	}
	digest := sha256.New()
	err = write(digest, town, l, batch, lines)
	if err != nil {
		return err
	}
	if hex.EncodeToString(digest.Sum(nil)) != batch.Digest {
		return ErrPostingDiffers.Because(fmt.Errorf("layout %s makes another file than was sent as %s", l.Name, batch.Layout))
	}
	return write(out, town, l, batch, lines)
}

// Overdue lists the posting files that should have been acknowledged by now,
// the longest overdue first.
func (s *Service) Overdue(ctx context.Context, town id.City, now time.Time) ([]Batch, error) {
	var found []Batch
	err := s.db.Read(ctx, town, func(ctx context.Context, tx *db.Tx) error {
		var err error
		found, err = overdue(ctx, tx, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing unacknowledged posting files: %w", err)
	}
	return found, nil
}
