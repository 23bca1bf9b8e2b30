package cis

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/cis/layout"
	"clearwell/internal/db"
)

// Service exchanges files.
type Service struct {
	db       *db.DB
	payments Payments
}

// New makes the service. Without a database it can only try files out; without
// payments it cannot export.
func New(d *db.DB, payments Payments) *Service { return &Service{d, payments} }

// chunk is how many rows are staged in one transaction: enough that the commit
// does not count, few enough that on SQLite payments wait for 50 ms at most.
const chunk = 4000

// Import brings a file in, whole or not at all. The report is of use also when
// the import was refused.
//
// Returns the refusals of package layout, [ErrWrongDirection], [ErrImportBusy],
// [ErrStagedDiffers], [ErrServiceUnknown].
func (s *Service) Import(ctx context.Context, r Request) (Report, error) {
	report := Report{Layout: r.Layout, DryRun: r.DryRun}
	if r.Layout.Direction == layout.PostingOut {
		return report, ErrWrongDirection
	}
	err := s.bring(ctx, &r, &report)
	if err != nil {
		return report, fmt.Errorf("importing a %s file: %w", r.Layout.Name, err)
	}
	return report, nil
}

func (s *Service) bring(ctx context.Context, r *Request, report *Report) error {
	file, err := r.Open()
	if err != nil {
		return err
	}
	defer file.Close() // it was only read
	examined, err := examine(r, file, report)
	if err != nil {
		return err
	}
	if r.DryRun {
		return dryRun(ctx, r, examined, file, report)
	}
	begun, err := s.begin(ctx, r, report)
	if err != nil {
		return err
	}
	if begun.applied {
		report.Before = begun.appliedAt
		return nil
	}
	report.Resumed = begun.line
	return s.take(ctx, r, examined, file, begun, report)
}

// examine reads the file once to its end.
func examine(r *Request, file io.ReadSeeker, report *Report) (*layout.Examination, error) {
	services, err := offered(r)
	if err != nil {
		return nil, err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	_, err = file.Seek(0, io.SeekStart)
	if err != nil {
		return nil, err
	}
	examined, err := layout.Examine(r.Layout.Numbered(numbering(r.Numbers)).Offered(services), file, func(bytes int64) { r.tell(Examining, bytes, size) })
	if err != nil {
		return nil, err
	}
	report.Digest, report.Size, report.Control = examined.Digest, examined.Size, examined.Control
	return examined, nil
}

func (r *Request) tell(phase Phase, done, of int64) {
	if r.Progress != nil {
		r.Progress(Progress{phase, done, of})
	}
}

// dryRun reads the file a second time and counts what would be taken.
func dryRun(ctx context.Context, r *Request, examined *layout.Examination, file io.ReadSeeker, report *Report) error {
	d, err := deliver(r, examined, file)
	if err != nil {
		return err
	}
	for more := true; more && ctx.Err() == nil; {
		_, more = d.next()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	report.take(d)
	return d.end()
}

// begin finds the import of this very file, or makes one.
func (s *Service) begin(ctx context.Context, r *Request, report *Report) (loaded, error) {
	var begun loaded
	digest := hex.EncodeToString(report.Digest[:])
	err := s.db.Write(ctx, r.City, func(ctx context.Context, tx *db.Tx) error {
		var err error
		begun, err = findImport(ctx, tx, r.Layout.Name, digest)
		if err == nil {
			return goOn(ctx, tx, &begun)
		}
		if !errors.Is(err, db.ErrNoRows) {
			return err
		}
		begun, err = undoubted(ctx, tx, r, report, digest)
		if err != nil {
			return err
		}
		insertImport(tx, begun, r.Actor)
		return discardStale(ctx, tx, tx.Now().Add(-stale))
	})
	if errors.Is(err, db.ErrDuplicate) {
		return loaded{}, ErrImportBusy.Because(err) // somebody else has just begun with it
	}
	return begun, err
}

// goOn looks whether what an interrupted import has staged is still there, and
// begins it anew if not.
func goOn(ctx context.Context, tx *db.Tx, begun *loaded) error {
	if begun.applied || begun.line == 0 {
		return nil
	}
	there, err := billing.IsStagedTx(ctx, tx, begun.id, begun.line)
	if err != nil || there {
		return err
	}
	billing.DiscardTx(tx, begun.id)
	moveImport(tx, *begun, 0)
	begun.line = 0
	return nil
}

// take stages what is not staged yet and applies it. A file that turns out not
// to be the one examined leaves nothing behind; one that was interrupted stays,
// to go on.
func (s *Service) take(ctx context.Context, r *Request, examined *layout.Examination, file io.ReadSeeker, begun loaded, report *Report) error {
	d, err := deliver(r, examined, file)
	if err != nil {
		return err
	}
	err = s.stage(ctx, r, d, &begun)
	if err != nil {
		return err
	}
	report.take(d)
	if err := d.end(); err != nil {
		return errors.Join(err, s.discard(ctx, r, begun))
	}
	r.tell(Applying, d.totals.Accepted, d.totals.Accepted)
	err = s.apply(ctx, r, d, begun, report)
	if errors.Is(err, ErrStagedDiffers) {
		return errors.Join(err, s.discard(ctx, r, begun))
	}
	return err
}

// stage stores the rows behind the line that is safe already. The file is read
// on while the database stores, so that with a second processor reading takes no
// time of its own.
func (s *Service) stage(ctx context.Context, r *Request, d *delivery, begun *loaded) error {
	reading, stop := context.WithCancel(ctx)
	filled, empty := make(chan batch), make(chan []billing.Row, 2)
	for range cap(empty) {
		empty <- make([]billing.Row, 0, chunk)
	}
	var reader sync.WaitGroup
	defer reader.Wait() // d is the reader's until it has ended
	defer stop()
	behind := begun.line
	reader.Go(func() { d.fill(reading, behind, empty, filled) })
	for next := range filled {
		if err := s.stageChunk(ctx, r, begun, next.rows); err != nil {
			return err
		}
		r.tell(Staging, next.read, d.examined.Rows)
		empty <- next.rows[:0]
	}
	return ctx.Err()
}

// stageChunk stores rows and moves the safe line in one transaction.
func (s *Service) stageChunk(ctx context.Context, r *Request, begun *loaded, rows []billing.Row) error {
	last := rows[len(rows)-1].Line
	err := s.db.Write(ctx, r.City, func(ctx context.Context, tx *db.Tx) error {
		moveImport(tx, *begun, last)
		next := 0
		_, err := billing.StageTx(ctx, tx, begun.id, func() (*billing.Row, error) {
			if next == len(rows) {
				return nil, nil
			}
			next++
			return &rows[next-1], nil
		})
		return err
	})
	if err == nil {
		begun.line = last
	}
	return err
}

// apply makes the staged rows what is owed, after it has counted them.
func (s *Service) apply(ctx context.Context, r *Request, d *delivery, begun loaded, report *Report) error {
	return s.db.Write(ctx, r.City, func(ctx context.Context, tx *db.Tx) error {
		staged, err := billing.StagedTx(ctx, tx, begun.id)
		if err != nil {
			return err
		}
		if staged != (billing.Staged{Rows: d.totals.Accepted, Sum: d.totals.Sum}) {
			return ErrStagedDiffers.Because(fmt.Errorf("staged are %d rows of %s, in the file %d of %s",
				staged.Rows, staged.Sum, d.totals.Accepted, d.totals.Sum))
		}
		finishImport(tx, begun, d.totals)
		report.Changes, err = d.become()(ctx, tx, begun.id, begun.asOf)
		audit.RecordTx(tx, imported(r, begun, d.totals))
		return err
	})
}

// imported is the record of an import.
func imported(r *Request, begun loaded, totals layout.Totals) audit.Event {
	return audit.Event{
		Actor: r.Actor, Action: "cis.import", Thing: begun.id.String(),
		Detail: map[string]string{
			"layout": begun.layout, "digest": begun.digest, "total": totals.Sum.String(),
			"accepted": strconv.FormatInt(totals.Accepted, 10), "refused": strconv.FormatInt(totals.Refused, 10),
		},
	}
}

// discard forgets an import that cannot be finished.
func (s *Service) discard(ctx context.Context, r *Request, begun loaded) error {
	err := s.db.Write(ctx, r.City, func(_ context.Context, tx *db.Tx) error {
		billing.DiscardTx(tx, begun.id)
		deleteImport(tx, begun.id)
		return nil
	})
	if err != nil {
		return fmt.Errorf("discarding what was staged: %w", err)
	}
	return nil
}
