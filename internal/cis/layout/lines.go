package layout

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds what is held of a file at once. No published layout comes
// near; a longer line is a file of another kind.
const maxLine = 64 << 10

// lines reads a file line by line, counting lines and bytes.
type lines struct {
	from   *bufio.Reader
	number int64 // of the current line, 1-based
	start  int64 // offset of the current line
	offset int64 // of what comes next
	text   []byte
	long   bool // the line did not fit, and text is empty
	ended  bool // the line ends in a line feed
	err    error
}

func newLines(r io.Reader) *lines {
	return &lines{from: bufio.NewReaderSize(r, maxLine)}
}

// next moves to the following line, and is false at the end or on an error.
func (l *lines) next() bool {
	l.start = l.offset
	text, err := l.from.ReadSlice('\n')
	l.offset += int64(len(text))
	l.long = errors.Is(err, bufio.ErrBufferFull)
	if l.long {
		text, err = nil, l.discard()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
		return false
	}
	if l.offset == l.start {
		return false // at the end; ended still speaks of the last line
	}
	l.ended = err == nil
	l.text = chomp(text)
	l.number++
	return true
}

// discard passes over the rest of a line that does not fit.
func (l *lines) discard() error {
	for {
		text, err := l.from.ReadSlice('\n')
		l.offset += int64(len(text))
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func chomp(text []byte) []byte {
	text = bytes.TrimSuffix(text, []byte("\n"))
	return bytes.TrimSuffix(text, []byte("\r"))
}

// begin passes over a byte order mark and refuses what is no text of one byte
// per ASCII character: UTF-16, a spreadsheet, a compressed file.
func (l *lines) begin() error {
	head, err := l.from.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return ErrEncoding.Because(errors.New("it holds zero bytes: UTF-16, a spreadsheet or an archive, not a text file"))
	}
	if !bytes.HasPrefix(head, []byte(byteOrderMark)) {
		return nil
	}
	n, err := l.from.Discard(len(byteOrderMark))
	l.offset += int64(n)
	return err
}

// Position is a place between two lines of a file, from which reading can go on.
type Position struct {
	Line   int64 // lines before it
	Offset int64 // bytes before it
}

// skipTo goes on from a position that an earlier reading reached.
func (l *lines) skipTo(file io.ReadSeeker, at Position) error {
	if at.Offset < l.offset {
		return nil // before the first row
	}
	_, err := file.Seek(at.Offset, io.SeekStart)
	if err != nil {
		return fmt.Errorf("going on from byte %d: %w", at.Offset, err)
	}
	l.from.Reset(file)
	l.number, l.offset, l.ended = at.Line, at.Offset, true
	return nil
}
