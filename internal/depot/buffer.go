package depot

import (
	"bytes"
	"strings"
	"sync"
)

// mostBytes bounds what a buffer keeps while the receiver cannot be reached: days of
// an ordinary log, and no more memory than a page of pictures takes.
const mostBytes = 8 << 20

// Buffer is a writer that keeps lines, numbered from 1, until they are acknowledged.
// When it is full the oldest go, and are counted. The zero Buffer is ready.
type Buffer struct {
	mu    sync.Mutex
	part  []byte   // of a line that has not ended
	lines []string // those kept
	first int64    // the number of the first of them, less one
	size  int      // bytes of them
	lost  int64
}

// Write takes lines. It never fails: a log must not stop because its copy does.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.part = append(b.part, p...)
	for {
		end := bytes.IndexByte(b.part, '\n')
		if end < 0 && len(b.part) < mostBytes/8 {
			return len(p), nil
		}
		if end < 0 {
			end = len(b.part) - 1
		}
		b.keep(strings.Map(plain, strings.ToValidUTF8(string(b.part[:end]), "?")))
		b.part = b.part[end+1:]
	}
}

// plain leaves no sign that would end a line.
func plain(r rune) rune {
	if r == '\r' || r == '\n' {
		return ' '
	}
	return r
}

func (b *Buffer) keep(line string) {
	b.lines, b.size = append(b.lines, line), b.size+len(line)
	for b.size > mostBytes && len(b.lines) > 1 {
		b.size -= len(b.lines[0])
		b.lines, b.first, b.lost = b.lines[1:], b.first+1, b.lost+1
	}
}

// from gives the lines from a number on, about so many bytes of them, and the number
// of the first. What was lost is not among them.
func (b *Buffer) from(number int64, bytes int) (first int64, lines []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	first = max(number, b.first+1)
	for i := first - b.first - 1; i < int64(len(b.lines)) && bytes > 0; i++ {
		lines, bytes = append(lines, b.lines[i]), bytes-len(b.lines[i])-1
	}
	return first, lines
}

// acknowledge lets go of the lines before a number.
func (b *Buffer) acknowledge(next int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.lines) > 0 && b.first+1 < next {
		b.size -= len(b.lines[0])
		b.lines, b.first = b.lines[1:], b.first+1
	}
}

// Lost is how many lines were let go without having been kept elsewhere.
func (b *Buffer) Lost() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}
