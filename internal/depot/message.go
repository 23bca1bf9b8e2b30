package depot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/audit"
	"clearwell/internal/id"
)

// Message is what a sender hands over at once.
type Message struct {
	Node   string    `json:"node"` // the machine
	Run    string    `json:"run"`  // of the program; lines count from 1 in each
	At     time.Time `json:"at"`
	Number int64     `json:"number"` // of the message in its run, from 1
	First  int64     `json:"first"`  // the number of the first line
	Lines  []string  `json:"lines"`
	// Slices are what was sealed since, and Newest the newest checkpoint of every
	// city, changed or not.
	Slices []audit.Slice      `json:"slices"`
	Newest map[id.City]string `json:"newest"`
	Bye    bool               `json:"bye"` // the program was told to stop
}

// Reply is what the receiver has.
type Reply struct {
	Next  int64             `json:"next"`  // the number of the line that it wants
	Sizes map[id.City]int64 `json:"sizes"` // rows of each log
	// Refused names the cities whose log does not extend what was received.
	Refused []id.City `json:"refused,omitempty"`
}

// envelope is a message with its signature: a note over its digest, because a note
// may be no longer than a megabyte.
type envelope struct {
	Signed string          `json:"signed"`
	Body   json.RawMessage `json:"body"`
}

// What a receiver does not take.
var (
	errSignature = errors.New("the message is not signed by a key that is known")
	errShape     = errors.New("the message is not one of ours")
	errReplayed  = errors.New("the message has come before")
)

func signedText(body []byte) string {
	sum := sha256.Sum256(body)
	return "clearwell depot message\n" + hex.EncodeToString(sum[:]) + "\n"
}

// seal signs a message.
func seal(m Message, key note.Signer) ([]byte, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: signedText(body)}, key)
	if err != nil {
		return nil, fmt.Errorf("signing a message: %w", err)
	}
	return json.Marshal(envelope{string(signed), body})
}

// open reads a message, and whose it is.
func open(raw []byte, keys note.Verifiers) (m Message, from string, err error) {
	var e envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return Message{}, "", errShape
	}
	opened, err := note.Open([]byte(e.Signed), keys)
	if err != nil || opened.Text != signedText(e.Body) {
		return Message{}, "", errSignature
	}
	if err := json.Unmarshal(e.Body, &m); err != nil || !m.sound() {
		return Message{}, "", errShape
	}
	return m, opened.Sigs[0].Name, nil
}

// nodeName is what may stand in the name of a file.
func nodeName() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][\w.-]{0,79}$`) }

func cityName() *regexp.Regexp { return regexp.MustCompile(`^(\*|[a-z][a-z0-9-]{0,39})$`) }

// sound refuses what would write elsewhere than it may, or more than a line.
func (m Message) sound() bool {
	if !nodeName().MatchString(m.Node) || m.Run == "" || m.Number < 1 || m.First < 1 || m.At.IsZero() {
		return false
	}
	for _, line := range m.Lines {
		if strings.ContainsAny(line, "\r\n") {
			return false
		}
	}
	for _, slice := range m.Slices {
		if !cityName().MatchString(string(slice.City)) {
			return false
		}
	}
	for city := range m.Newest {
		if !cityName().MatchString(string(city)) {
			return false
		}
	}
	return true
}
