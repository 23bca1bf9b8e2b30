package cluster

import (
	"bytes"
	"sync"
)

// logKept is how many bytes of the server's log an error may quote.
const logKept = 4 << 10

var readyMark = []byte("database system is ready to accept connections")

// serverLog is the server's standard error: it keeps the end for error
// messages, and closes ready when the server says that it accepts connections.
type serverLog struct {
	ready chan struct{}

	mu   sync.Mutex
	end  []byte
	seen bool
}

func newServerLog() *serverLog { return &serverLog{ready: make(chan struct{})} }

// Write never fails. The mark may come in two pieces, so it is sought in what
// is kept, not in p.
func (l *serverLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = append(l.end, p...)
	if !l.seen && bytes.Contains(l.end, readyMark) {
		l.seen = true
		close(l.ready)
	}
	l.end = l.end[max(0, len(l.end)-logKept):]
	return len(p), nil
}

// String is the end of the log.
func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.end)
}
