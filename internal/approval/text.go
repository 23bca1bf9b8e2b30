package approval

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"clearwell/internal/id"
)

// heading begins every request, so that a signature on one is one on nothing else.
const heading = "clearwell request, to be approved by a second person"

// Text is what is signed: the lines of the request, and its content behind an
// empty one.
func (r Request) Text() string {
	var b strings.Builder
	for _, line := range [][2]string{
		{"", heading}, {"request: ", r.ID.String()}, {"for: ", string(r.City)}, {"action: ", string(r.Action)}, {"asked by: ", r.By},
		{"asked at: ", instant(r.At)}, {"until: ", instant(r.Until)}, {"digest: ", r.Digest()},
	} {
		b.WriteString(line[0] + line[1] + "\n")
	}
	return b.String() + "\n" + strings.TrimRight(r.Content, "\n") + "\n"
}

// Digest names the content: its SHA-256 in hexadecimal.
func (r Request) Digest() string {
	sum := sha256.Sum256([]byte(strings.TrimRight(r.Content, "\n")))
	return hex.EncodeToString(sum[:])
}

// Fingerprint writes a digest in groups of four with colons, as it may stand in a
// request: in one piece, one digest in ten would look like a long number.
func Fingerprint(digest string) string {
	var groups []string
	for len(digest) > 4 {
		groups, digest = append(groups, digest[:4]), digest[4:]
	}
	return strings.Join(append(groups, digest), ":")
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// parseText reads what [Request.Text] has written, and nothing else. Returns
// [ErrMalformed].
func parseText(text string) (Request, error) {
	head, content, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) != 8 || lines[0] != heading {
		return Request{}, ErrMalformed
	}
	names := []string{"request: ", "for: ", "action: ", "asked by: ", "asked at: ", "until: ", "digest: "}
	values := make([]string, len(names))
	for i, name := range names {
		value, ok := strings.CutPrefix(lines[i+1], name)
		if !ok {
			return Request{}, ErrMalformed
		}
		values[i] = value
	}
	r := Request{City: id.City(values[1]), Action: Action(values[2]), Content: strings.TrimRight(content, "\n"), By: values[3]}
	if err := r.ID.UnmarshalText([]byte(values[0])); err != nil {
		return Request{}, ErrMalformed.Because(err)
	}
	var err error
	if r.At, err = time.Parse(time.RFC3339Nano, values[4]); err != nil {
		return Request{}, ErrMalformed.Because(err)
	}
	if r.Until, err = time.Parse(time.RFC3339Nano, values[5]); err != nil {
		return Request{}, ErrMalformed.Because(err)
	}
	if r.Text() != text || r.Digest() != values[6] {
		return Request{}, ErrMalformed.Because(fmt.Errorf("it is not written as requests are"))
	}
	return r, nil
}

// printable refuses what does not look on a screen as it is signed.
func printable(text string) bool {
	strange := func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
	}
	return utf8.ValidString(text) && strings.IndexFunc(text, strange) < 0
}
