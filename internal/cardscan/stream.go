package cardscan

import (
	"bytes"
	"fmt"
	"io"
)

const (
	window = 32 << 10 // bytes read before they are searched
	reach  = 4 << 10  // bytes over which one card number may be spread, disguise and all
)

// Reader passes on what it reads from another until there is a card number in
// it. Nothing of the number is passed on, however the source cuts it up.
type Reader struct {
	source io.Reader
	held   bytes.Buffer
	clear  int   // bytes of held that are searched, with what follows them
	err    error // how the source ended, or ErrCard
}

// NewReader begins to read source.
func NewReader(source io.Reader) *Reader { return &Reader{source: source} }

// Read reads what has been searched. Once it has found a card number it
// returns [ErrCard], for good, and has forgotten what it held; text before the
// number may have been passed on in earlier reads, so do not act on a body
// before its end.
func (r *Reader) Read(p []byte) (int, error) {
	for r.clear == 0 && r.err == nil {
		r.fill()
	}
	if r.clear == 0 {
		return 0, r.err
	}
	n, err := r.held.Read(p[:min(len(p), r.clear)])
	r.clear -= n
	return n, err
}

// fill reads another window and searches it with what was held back.
func (r *Reader) fill() {
	n, err := r.held.ReadFrom(io.LimitReader(r.source, window))
	switch {
	case Contains(r.held.Bytes()):
		r.forget()
		r.err = ErrCard
	case err != nil:
		r.clear, r.err = r.held.Len(), fmt.Errorf("reading what is searched for card numbers: %w", err)
	case n < window:
		r.clear, r.err = r.held.Len(), io.EOF
	default:
		r.clear = calm(r.held.Bytes(), r.held.Len()-reach)
	}
}

// forget overwrites what is held.
func (r *Reader) forget() {
	clear(r.held.Bytes())
	r.held = bytes.Buffer{}
}

// calm gives a place to cut text, at most is or somewhat before, at which no
// number is cut in two if that can be had: the remains of a long number can
// look like a card number.
func calm(text []byte, most int) int {
	const far = 512
	near := max(0, most-far)
	if mark := bytes.LastIndexAny(text[near:most], "\n\"'&,;{}<> "); mark >= 0 {
		return near + mark + 1
	}
	return most
}

// Writer writes to another with [Mask] in place of each card number, however
// the text arrives cut up. Each line is searched by itself and written when it
// is complete; call Close for the last. It is not safe for concurrent use.
type Writer struct {
	target io.Writer
	held   []byte
	err    error
}

// NewWriter begins to write to target.
func NewWriter(target io.Writer) *Writer { return &Writer{target: target} }

// Write takes p, and returns the first error of the target, for good.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	w.held = append(w.held, p...)
	if end := bytes.LastIndexByte(w.held, '\n'); end >= 0 {
		w.release(end + 1)
	}
	for len(w.held) >= window+reach && w.err == nil {
		w.releaseSome()
	}
	if w.err != nil {
		return 0, w.err
	}
	return len(p), nil
}

// Close writes the rest. It does not close the target.
func (w *Writer) Close() error {
	if w.err == nil {
		w.release(len(w.held))
	}
	return w.err
}

// releaseSome writes part of a line too long to be held, up to where a card
// number may be that has not ended.
func (w *Writer) releaseSome() {
	cut := calm(w.held, len(w.held)-reach)
	for _, m := range Find(asString(w.held)) {
		if m.Start < cut && cut < m.End {
			cut = m.End
		}
	}
	w.release(cut)
}

// release writes the first n bytes of what is held, redacted.
func (w *Writer) release(n int) {
	_, err := io.WriteString(w.target, Redact(asString(w.held[:n])))
	if err != nil {
		w.err = fmt.Errorf("writing redacted text: %w", err)
	}
	rest := copy(w.held, w.held[n:])
	clear(w.held[rest:])
	w.held = w.held[:rest]
}
