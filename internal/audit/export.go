package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/id"
)

// exportFormat begins every export. A change of the format changes it.
const exportFormat = "clearwell audit export 1"

// line is one line of an export. Each holds one thing: the heading, a
// checkpoint, the recorded hash of a place, the row at a place, or the end.
type line struct {
	Format     string     `json:"format,omitempty"` // heading
	City       id.City    `json:"city,omitempty"`
	ExportedAt string     `json:"exported_at,omitempty"`
	Size       *int64     `json:"size,omitempty"` // checkpoint
	Checkpoint string     `json:"checkpoint,omitempty"`
	Place      *int64     `json:"place,omitempty"` // hash, row
	Hash       *tlog.Hash `json:"hash,omitempty"`
	Event      string     `json:"event,omitempty"`
	Row        *Row       `json:"row,omitempty"`
	Unsealed   *int64     `json:"unsealed,omitempty"` // end
}

// Export writes a city's log as lines of JSON, complete in itself: whoever has
// the file and the public key can verify it with [VerifyFile], or with a
// program of their own made after docs/audit.md. Damage is exported as it is.
func (l *Log) Export(ctx context.Context, city id.City, w io.Writer) error {
	buffered := bufio.NewWriter(w)
	e := exporter{json.NewEncoder(buffered)}
	at := l.db.Clock().Now().UTC().Format(time.RFC3339)
	if err := e.lines.Encode(line{Format: exportFormat, City: city, ExportedAt: at}); err != nil {
		return fmt.Errorf("exporting audit log: %w", err)
	}
	if err := l.read(ctx, city, e); err != nil {
		return fmt.Errorf("exporting audit log: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("exporting audit log: %w", err)
	}
	return nil
}

// exporter is the witness that writes down what it hears.
type exporter struct{ lines *json.Encoder }

func (e exporter) checkpoint(n storedNote) error {
	return e.lines.Encode(line{Size: &n.size, Checkpoint: n.note})
}

func (e exporter) leaf(index int64, hash tlog.Hash, event string) error {
	return e.lines.Encode(line{Place: &index, Hash: &hash, Event: event})
}

func (e exporter) row(index int64, r Row) error {
	return e.lines.Encode(line{Place: &index, Row: &r})
}

func (e exporter) waiting(unsealed int64) error {
	return e.lines.Encode(line{Unsealed: &unsealed})
}
