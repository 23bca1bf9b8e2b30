package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// longestLine bounds what is read of an export at once, in bytes.
const longestLine = 16 << 20

// VerifyFile judges an export without the database it came from. Keys are the
// public texts of the keys to trust, from [Key.Verifier]; a key in the file
// would prove nothing. Kept are checkpoints that somebody kept elsewhere. It
// returns an error only for what is no export at all; everything else that is
// wrong is in the report.
func VerifyFile(r io.Reader, keys []string, kept ...string) (Report, error) {
	trusted, err := verifiers(keys)
	if err != nil {
		return Report{}, fmt.Errorf("verifying audit export: %w", err)
	}
	f := file{lines: bufio.NewScanner(r)}
	f.lines.Buffer(nil, longestLine)
	e, err := f.read()
	if err != nil {
		return Report{}, fmt.Errorf("verifying audit export: %w", err)
	}
	e.keep(kept)
	return e.judge(trusted), nil
}

// file is an export being read.
type file struct {
	lines  *bufio.Scanner
	number int64 // of the line, from 1
	ended  bool
}

func (f *file) read() (*evidence, error) {
	heading, err := f.next()
	if err != nil || heading.Format != exportFormat {
		return nil, errors.Join(fmt.Errorf("it does not begin as an export does, with %q", exportFormat), err)
	}
	e := newEvidence(heading.City)
	for {
		l, err := f.next()
		switch {
		case errors.Is(err, io.EOF):
			f.finish(e)
			return e, nil
		case errors.Is(err, errLine):
			f.complain(e, err.Error())
		case err != nil:
			return nil, err
		default:
			f.tell(e, l)
		}
	}
}

// errLine: a line is not what an export writes.
var errLine = errors.New("not what an export writes")

// next reads a line. It must be written exactly as an export writes it, so that
// no other program reads the same line differently.
func (f *file) next() (line, error) {
	if !f.lines.Scan() {
		if err := f.lines.Err(); err != nil {
			return line{}, fmt.Errorf("reading line %d: %w", f.number+1, err)
		}
		return line{}, io.EOF
	}
	f.number++
	if l, ok := readPlain(f.lines.Text()); ok {
		return l, nil
	}
	return decodeLine(f.lines.Bytes())
}

// decodeLine reads any line. Returns [errLine].
func decodeLine(text []byte) (line, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return line{}, errLine
	}
	again, err := json.Marshal(l)
	if err != nil || !bytes.Equal(again, text) {
		return line{}, errLine
	}
	return l, nil
}

// tell hands a line to the evidence.
func (f *file) tell(e *evidence, l line) {
	var err error
	switch {
	case f.ended:
		err = errors.New("it stands behind the end")
	case l.Size != nil && l.Checkpoint != "":
		err = e.checkpoint(storedNote{*l.Size, l.Checkpoint})
	case l.placed() && l.Hash != nil:
		err = e.leaf(*l.Place, *l.Hash, l.Event)
	case l.placed() && l.Row != nil:
		err = e.row(*l.Place, *l.Row)
	case l.Unsealed != nil:
		f.ended = true
		err = e.waiting(*l.Unsealed)
	default:
		err = errLine
	}
	if err != nil {
		f.complain(e, err.Error())
	}
}

func (l line) placed() bool { return l.Place != nil && *l.Place >= 0 && *l.Place < farthest }

func (f *file) complain(e *evidence, reason string) {
	e.odd = append(e.odd, Finding{Kind: Unreadable, Line: f.number, Reason: reason})
}

func (f *file) finish(e *evidence) {
	if !f.ended {
		f.complain(e, "the file ends before its end")
	}
}
