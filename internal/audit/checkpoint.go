package audit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/id"
)

// Checkpoint says what a city's log was at an instant. Signed, it is a note in
// the checkpoint format that transparency logs share (C2SP tlog-checkpoint),
// with the instant as its extension line, so that their tools can read it.
type Checkpoint struct {
	City id.City   `json:"city"`
	Size int64     `json:"size"` // events in the tree
	Root tlog.Hash `json:"root"` // of the tree
	At   time.Time `json:"at"`   // when it was signed, UTC
}

// originPrefix and the city make the origin, the name of the log. A checkpoint
// of one city therefore says nothing about another's.
const originPrefix = "clearwell audit of "

// text is what is signed.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s%s\n%d\n%s\n%s\n", originPrefix, c.City, c.Size, c.Root, c.At.UTC().Format(time.RFC3339Nano))
}

// sign gives the checkpoint as a signed note.
func (c Checkpoint) sign(key Key) (string, error) {
	if key.signer == nil {
		return "", errors.New("signing checkpoint: there is no key")
	}
	signed, err := note.Sign(&note.Note{Text: c.text()}, key.signer)
	if err != nil {
		return "", fmt.Errorf("signing checkpoint: %w", err)
	}
	return string(signed), nil
}

// open proves a stored checkpoint.
func (n storedNote) open(city id.City, keys note.Verifiers) (Checkpoint, error) {
	c, err := openCheckpoint(n.note, city, keys)
	if err == nil && c.Size != n.size {
		err = fmt.Errorf("it was signed as one of %d", c.Size)
	}
	return c, err
}

// openCheckpoint reads a signed note. It refuses one that none of the keys
// signed, and one of another city's log.
func openCheckpoint(signed string, city id.City, keys note.Verifiers) (Checkpoint, error) {
	opened, err := note.Open([]byte(signed), keys)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := parseCheckpoint(opened.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.City != city {
		return Checkpoint{}, fmt.Errorf("it is of the log of %s", c.City)
	}
	return c, nil
}

// parseCheckpoint reads what was signed. Only what text writes is accepted.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[0], originPrefix) {
		return Checkpoint{}, errors.New("it is not a checkpoint of an audit log")
	}
	size, sizeErr := strconv.ParseInt(lines[1], 10, 64)
	root, rootErr := tlog.ParseHash(lines[2])
	at, atErr := time.Parse(time.RFC3339Nano, lines[3])
	if err := errors.Join(sizeErr, rootErr, atErr); err != nil {
		return Checkpoint{}, fmt.Errorf("reading its lines: %w", err)
	}
	c := Checkpoint{City: id.City(strings.TrimPrefix(lines[0], originPrefix)), Size: size, Root: root, At: at}
	if size < 0 || c.text() != text {
		return Checkpoint{}, errors.New("it is not written as checkpoints are")
	}
	return c, nil
}

// claimedSize is what an unproven note says its size is, to name it by.
func claimedSize(signed string) int64 {
	lines := strings.SplitN(signed, "\n", 3)
	if len(lines) < 3 {
		return 0
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0
	}
	return size
}
