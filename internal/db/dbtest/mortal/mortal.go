// Package mortal kills a process between two steps of its work, for tests of
// what a crash leaves behind.
//
// A step is whatever may be the last thing that a process did: a look at the
// clock, with which each transaction begins; on SQLite each row that is about to
// change and each commit; on PostgreSQL each piece of what is said to the server
// or comes back from it; and what a test names itself, such as a call to the
// processor. A test runs its child once to count the steps, and then once for
// each step, at which the child ends by SIGKILL: no deferred call runs, nothing
// is flushed.
//
// It is for tests alone, and owns no table.
package mortal

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"modernc.org/sqlite"

	"clearwell/internal/clock"
)

// Life counts steps, and ends the process at one of them. It is safe for
// concurrent use.
type Life struct {
	mu    sync.Mutex
	armed bool
	taken int
	last  int
	out   io.Writer
}

// New makes a life that ends at its step of that number, counted from one; at
// none, if it is 0. What it dies of is written to out.
func New(last int, out io.Writer) *Life { return &Life{last: last, out: out} }

// Arm begins to count.
func (l *Life) Arm() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed = true
}

// Steps stops counting, and tells how many steps there were.
func (l *Life) Steps() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed = false
	return l.taken
}

// Step is one step. It may be the last.
func (l *Life) Step(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.armed {
		return
	}
	if l.taken++; l.taken == l.last {
		fmt.Fprintf(l.out, "died at step %d: %s\n", l.taken, what)
		syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way; nobody else takes a step
	}
}

// Clock gives a clock each look at which is a step.
func (l *Life) Clock(inner clock.Clock) clock.Clock { return ticking{inner, l} }

type ticking struct {
	clock.Clock
	life *Life
}

// Now takes a step and tells the time.
func (t ticking) Now() time.Time {
	t.life.Step("looking at the clock")
	return t.Clock.Now()
}

// Database gives the URL by which to open a database so that what is done to it
// are steps.
func (l *Life) Database(address string) (string, error) {
	if strings.HasPrefix(address, "sqlite:") {
		sqlite.RegisterConnectionHook(l.watch)
		return address, nil
	}
	server, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("reading the database's URL: %w", err)
	}
	between, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("standing between us and the database: %w", err)
	}
	go l.relay(between, server.Host)
	server.Host = between.Addr().String()
	return server.String(), nil
}

// watch makes steps of what SQLite is about to do.
func (l *Life) watch(conn sqlite.ExecQuerierContext, _ string) error {
	hooks, able := conn.(sqlite.HookRegisterer)
	if !able {
		return fmt.Errorf("this SQLite tells nobody what it does")
	}
	hooks.RegisterPreUpdateHook(func(change sqlite.SQLitePreUpdateData) { l.Step("changing a row of " + change.TableName) })
	hooks.RegisterCommitHook(func() int32 { l.Step("committing"); return 0 })
	return nil
}

// relay hands on what a client and the server say to each other. It lives as
// long as the process.
func (l *Life) relay(between net.Listener, server string) {
	for {
		client, err := between.Accept()
		if err != nil {
			return
		}
		upstream, err := net.Dial("tcp", server)
		if err != nil {
			client.Close()
			continue
		}
		go l.pass(upstream, client, "telling PostgreSQL")
		go l.pass(client, upstream, "hearing PostgreSQL")
	}
}

func (l *Life) pass(to, from net.Conn, what string) {
	defer to.Close()
	piece := make([]byte, 64<<10)
	for {
		n, err := from.Read(piece)
		if err != nil {
			return
		}
		l.Step(what)
		if _, err := to.Write(piece[:n]); err != nil {
			return
		}
	}
}
