package audit

import (
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/id"
)

// Row is an event as it is stored, and as an export carries it. Its fields are
// plain, because whoever verifies must be able to read a row that was tampered
// with.
type Row struct {
	ID         string `json:"id"`
	RecordedAt int64  `json:"recorded_at"` // microseconds since 1970, UTC
	Actor      string `json:"actor"`
	Action     string `json:"action"`
	Thing      string `json:"thing"`
	// Detail is a JSON object of texts: the very bytes that are stored and
	// hashed, so that no two spellings pass for one.
	Detail string `json:"detail"`
}

// At is when the event was recorded.
func (r Row) At() time.Time { return time.UnixMicro(r.RecordedAt).UTC() }

// rowFormat begins the bytes that are hashed. A change of the format changes it.
const rowFormat = "clearwell audit row 1\n"

// canonical writes the bytes that are hashed: each field behind its length in
// bytes, so that no two rows read alike. The place of the row is not among
// them: the tree says it. docs/audit.md explains the format to other programs.
func (r Row) canonical(city id.City) []byte {
	fields := []string{string(city), r.ID, strconv.FormatInt(r.RecordedAt, 10), r.Actor, r.Action, r.Thing, r.Detail}
	text := []byte(rowFormat)
	for _, field := range fields {
		text = strconv.AppendInt(text, int64(len(field)), 10)
		text = append(text, ':')
		text = append(text, field...)
		text = append(text, '\n')
	}
	return text
}

// leaf is the hash of the row as a leaf of its city's tree (RFC 6962, section
// 2.1).
func (r Row) leaf(city id.City) tlog.Hash { return tlog.RecordHash(r.canonical(city)) }
