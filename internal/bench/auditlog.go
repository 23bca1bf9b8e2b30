package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"clearwell/internal/audit"
	"clearwell/internal/db"
)

const verifyLeast = 200_000.0 // records a second

// auditLog measures how fast anybody verifies a town's exported log, without
// the database it came from.
func auditLog(ctx context.Context, s *site) (Figure, error) {
	f := Figure{Unit: "records/s", BaselineIs: "SHA-256 of each line of the same file"}
	if err := s.open(ctx); err != nil {
		return f, err
	}
	key, _, err := audit.NewKey("bench")
	if err != nil {
		return f, err
	}
	log := audit.New(s.d, key)
	s.say(fmt.Sprintf("recording and sealing %d events", s.events))
	if err := s.record(ctx, log); err != nil {
		return f, err
	}
	path := filepath.Join(s.folder, "log.jsonl")
	if err := export(ctx, log, path); err != nil {
		return f, err
	}
	f.What = fmt.Sprintf("offline verification of an exported log of %d records", s.events)
	return f, f.verify(path, log.Verifiers())
}

func (f *Figure) verify(path string, keys []string) error {
	var report audit.Report
	forgetPeak()
	ours, err := timed(func() error {
		return withFile(path, func(file io.Reader) (err error) {
			report, err = audit.VerifyFile(file, keys)
			return err
		})
	})
	if err != nil {
		return err
	}
	if !report.OK() {
		return fmt.Errorf("a log that nobody touched: %s", report.Text())
	}
	f.Value, f.Peak = perSecond(int(report.Events), ours), peak()
	plain, err := timed(func() error { return withFile(path, hashLines) })
	f.Baseline = perSecond(int(report.Events), plain)
	f.Ratio = f.Value / f.Baseline
	f.Target, f.Met = fmt.Sprintf("≥ %.0f/s", verifyLeast), f.Value >= verifyLeast
	return err
}

// record makes events like those of payments, and seals them.
func (s *site) record(ctx context.Context, log *audit.Log) error {
	for from := 0; from < s.events; from += chunk {
		err := s.d.Write(ctx, sampletown, func(_ context.Context, tx *db.Tx) error {
			for n := from; n < min(from+chunk, s.events); n++ {
				audit.RecordTx(tx, audit.Event{
					Actor: audit.Guest, Action: "payment.start", Thing: fmt.Sprintf("pay_%026d", n),
					Detail: map[string]string{"amount_cents": fmt.Sprint(3_000 + n%17_000), "channel": "web", "utility_account": string(numbered(n))},
				})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for {
		sealed, err := log.Seal(ctx)
		if err != nil || sealed == 0 {
			return err
		}
	}
}

func export(ctx context.Context, log *audit.Log, path string) error {
	return writeFile(path, func(to *bufio.Writer) error { return log.Export(ctx, sampletown, to) })
}

func withFile(path string, read func(io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return read(bufio.NewReaderSize(file, 1<<16))
}

func hashLines(from io.Reader) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	var last [sha256.Size]byte
	for lines.Scan() {
		last = sha256.Sum256(bytes.TrimSpace(lines.Bytes()))
	}
	if last == ([sha256.Size]byte{}) {
		return io.ErrUnexpectedEOF
	}
	return lines.Err()
}
