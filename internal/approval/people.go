package approval

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// People are the public keys of those who ask and approve, each with a name, in
// the format of sumdb/note.
type People struct {
	known []note.Verifier
	texts []string
}

// MakePeople reads public keys. Two of one name, or one key twice, are refused:
// one person would be two.
func MakePeople(texts []string) (People, error) {
	var p People
	for _, text := range texts {
		text = strings.TrimSpace(text)
		verifier, err := note.NewVerifier(text)
		if err != nil {
			return People{}, fmt.Errorf("reading the public key %q of a person: %w", text, err)
		}
		for i, other := range p.known {
			if strings.EqualFold(other.Name(), verifier.Name()) || halfOf(p.texts[i]) == halfOf(text) {
				return People{}, fmt.Errorf("reading the public key of %s: %w", verifier.Name(), errTwice)
			}
		}
		p.known, p.texts = append(p.known, verifier), append(p.texts, text)
	}
	return p, nil
}

var errTwice = errors.New("a name or a key stands there twice")

// halfOf is a key without its name and the digest that depends on it.
func halfOf(text string) string { return text[strings.LastIndex(text, "+")+1:] }

// Names lists the people.
func (p People) Names() []string {
	names := make([]string, len(p.known))
	for i, verifier := range p.known {
		names[i] = verifier.Name()
	}
	return names
}

// Keys lists their public keys, sorted.
func (p People) Keys() []string { return slices.Sorted(slices.Values(p.texts)) }

// Two reports whether there are two who can decide together.
func (p People) Two() bool { return len(p.known) >= 2 }

// signers lists who of the people signed a note, and its text. A signature that
// is none refuses the whole.
func (p People) signers(signed string) (text string, names []string, err error) {
	opened, err := note.Open([]byte(signed), note.VerifierList(p.known...))
	if unsigned, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		return unsigned.Note.Text, nil, nil
	}
	if err != nil {
		return "", nil, ErrMalformed.Because(err)
	}
	for _, signature := range opened.Sigs {
		names = append(names, signature.Name)
	}
	return opened.Text, names, nil
}

// Read gives the request of a text, and who of the people has signed it. The
// text may be without any signature. Returns [ErrMalformed].
func (p People) Read(signed string) (Request, []string, error) {
	if !strings.Contains(signed, "\n\n— ") { // as it was printed, unsigned
		r, err := parseText(signed)
		return r, nil, err
	}
	text, names, err := p.signers(signed)
	if err != nil {
		return Request{}, nil, err
	}
	r, err := parseText(text)
	return r, names, err
}

// Sign adds a signature to a request's text, signed or not. Returns
// [ErrMalformed].
func Sign(text string, key note.Signer) (string, error) {
	n := &note.Note{Text: text}
	opened, err := note.Open([]byte(text), note.VerifierList())
	if unsigned, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		n = unsigned.Note
	} else if err == nil {
		n = opened
	}
	if _, err := parseText(n.Text); err != nil {
		return "", err
	}
	signed, err := note.Sign(n, key)
	if err != nil {
		return "", fmt.Errorf("signing a request: %w", err)
	}
	return string(signed), nil
}
