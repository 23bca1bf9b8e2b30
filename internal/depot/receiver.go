package depot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/id"
)

const (
	// largest bounds a message, in bytes.
	largest = 64 << 20
	// strays is how far a sender's clock may be from ours.
	strays = 5 * time.Minute
)

// AlarmKind says what is wrong.
type AlarmKind string

// The kinds.
const (
	Silent       AlarmKind = "silent"        // nothing was heard for too long
	Rewritten    AlarmKind = "rewritten"     // a log does not extend what was received
	LinesMissing AlarmKind = "lines_missing" // lines of a log never came
	ClockStrays  AlarmKind = "clock_strays"  // the other machine has another time
)

// Alarm is what somebody must hear.
type Alarm struct {
	Kind AlarmKind
	Who  string // the machine, or the city
	Why  string
}

// ReceiverConfig is what a receiver needs.
type ReceiverConfig struct {
	Folder  string
	Keys    []string // public keys of the senders
	Silence time.Duration
	Clock   clock.Clock
	Alarm   func(Alarm) // called with no lock held by others; it must not block
}

// Receiver keeps what is handed over.
type Receiver struct {
	ReceiverConfig
	keys note.Verifiers

	mu      sync.Mutex
	mirrors map[id.City]*audit.Mirror
	refused map[id.City]bool
	nodes   map[string]*node
	heard   time.Time // from whomever
	silent  bool      // and that was told
}

// node is a machine that was heard.
type node struct {
	run    string
	number int64 // of the last message
	next   int64 // line
	at     time.Time
	gone   bool // it said goodbye
	silent bool // that was told
	strays bool // so was that
}

// NewReceiver reads what was kept. It refuses files that were changed since.
func NewReceiver(cfg ReceiverConfig) (*Receiver, error) {
	if len(cfg.Keys) == 0 {
		return nil, errors.New("opening the depot: say whose messages are taken")
	}
	var known []note.Verifier
	for _, text := range cfg.Keys {
		verifier, err := note.NewVerifier(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("opening the depot: reading the key %q: %w", text, err)
		}
		known = append(known, verifier)
	}
	if err := os.MkdirAll(cfg.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("opening the depot: %w", err)
	}
	mirrors, err := Read(cfg.Folder, cfg.Keys)
	if err != nil {
		return nil, err
	}
	return &Receiver{
		ReceiverConfig: cfg, keys: note.VerifierList(known...), mirrors: mirrors, refused: map[id.City]bool{}, nodes: map[string]*node{}, heard: cfg.Clock.Now(),
	}, nil
}

// ServeHTTP takes a message, and answers with what is here.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if q.Method != http.MethodPost || q.URL.Path != Path {
		http.NotFound(w, q)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, q.Body, largest))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	reply, err := r.Take(raw)
	switch {
	case errors.Is(err, errSignature):
		http.Error(w, "not known", http.StatusForbidden)
	case errors.Is(err, errShape), errors.Is(err, errReplayed):
		http.Error(w, "not taken", http.StatusConflict)
	case err != nil:
		http.Error(w, "not kept", http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(reply)
	}
}

// Take keeps what a message brings.
func (r *Receiver) Take(raw []byte) (Reply, error) {
	m, from, err := open(raw, r.keys)
	if err != nil {
		return Reply{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := r.hear(m, from)
	if err != nil {
		return Reply{}, err
	}
	if err := r.keepLines(n, m); err != nil {
		return Reply{}, err
	}
	for _, slice := range m.Slices {
		if err := r.keepSlice(slice); err != nil {
			return Reply{}, err
		}
	}
	r.compare(m)
	return r.reply(n), nil
}

// hear notes the sign of life. The same message does not count twice, nor one from
// before.
func (r *Receiver) hear(m Message, from string) (*node, error) {
	who := from + "/" + m.Node
	n, known := r.nodes[who]
	if known && (m.Run == n.run && m.Number <= n.number || m.Run != n.run && !m.At.After(n.at)) {
		return nil, errReplayed
	}
	switch {
	case !known: // what came before, we do not remember
		n = &node{run: m.Run, next: m.First}
	case m.Run != n.run:
		n = &node{run: m.Run, next: 1}
	}
	r.nodes[who] = n
	now := r.Clock.Now()
	if away := now.Sub(m.At).Abs(); away > strays != n.strays {
		if n.strays = away > strays; n.strays {
			r.Alarm(Alarm{ClockStrays, m.Node, fmt.Sprintf("its clock says %s, ours %s", m.At.Format(time.RFC3339), now.UTC().Format(time.RFC3339))})
		}
	}
	n.number, n.at, n.gone, n.silent = m.Number, m.At, m.Bye, false
	r.heard, r.silent = now, false
	return n, nil
}

// keepLines appends the lines that are new to the file of the day.
func (r *Receiver) keepLines(n *node, m Message) error {
	var text bytes.Buffer
	if missing := m.First - n.next; missing > 0 && len(m.Lines) > 0 {
		fmt.Fprintf(&text, "-- %d lines never came --\n", missing)
		r.Alarm(Alarm{LinesMissing, m.Node, fmt.Sprintf("%d lines of its log never came", missing)})
		n.next = m.First
	}
	for i, line := range m.Lines {
		if m.First+int64(i) == n.next {
			text.WriteString(line + "\n")
			n.next++
		}
	}
	if text.Len() == 0 {
		return nil
	}
	day := r.Clock.Now().UTC().Format(time.DateOnly)
	return appendTo(filepath.Join(r.Folder, "log-"+m.Node+"-"+day+".txt"), text.Bytes())
}

// keepSlice appends a part of a city's log, if it extends what is there.
func (r *Receiver) keepSlice(s audit.Slice) error {
	mirror, known := r.mirrors[s.City]
	if !known {
		var err error
		if mirror, err = audit.NewMirror(s.City, r.Keys); err != nil {
			return err
		}
	}
	switch err := mirror.Add(s); {
	case errors.Is(err, audit.ErrNotNext):
		return nil // another node was faster, and the reply says where we are
	case err != nil:
		r.refuse(s.City, err)
		return nil
	}
	r.mirrors[s.City] = mirror
	line, err := json.Marshal(s)
	if err == nil {
		err = appendTo(filepath.Join(r.Folder, fileOf(s.City)), append(line, '\n'))
	}
	if err != nil {
		delete(r.mirrors, s.City) // what is not on disk is not kept
		return errors.Join(err, r.reread())
	}
	return nil
}

func (r *Receiver) reread() error {
	mirrors, err := Read(r.Folder, r.Keys)
	if err == nil {
		r.mirrors = mirrors
	}
	return err
}

// compare holds what the other side says is its newest against what is here: it may
// not have less, and not something else.
func (r *Receiver) compare(m Message) {
	for city, mirror := range r.mirrors {
		signed, said := m.Newest[city]
		err := error(nil)
		if !said {
			err = errors.New("its log is gone")
		} else {
			err = mirror.Compare(signed)
		}
		if err != nil {
			r.refuse(city, err)
		}
	}
}

func (r *Receiver) refuse(city id.City, err error) {
	if !r.refused[city] {
		r.Alarm(Alarm{Rewritten, string(city), err.Error()})
	}
	r.refused[city] = true
}

func (r *Receiver) reply(n *node) Reply {
	reply := Reply{Next: n.next, Sizes: map[id.City]int64{}}
	for city, mirror := range r.mirrors {
		reply.Sizes[city] = mirror.Size()
	}
	for city := range r.refused {
		reply.Refused = append(reply.Refused, city)
	}
	slices.Sort(reply.Refused)
	return reply
}

// Listen raises an alarm for each machine that has fallen silent, and when nobody
// is heard at all: also where each has said goodbye.
func (r *Receiver) Listen() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.Clock.Now()
	for who, n := range r.nodes {
		if !n.gone && !n.silent && now.Sub(n.at) > r.Silence+strays {
			n.silent = true
			r.Alarm(Alarm{Silent, who, fmt.Sprintf("nothing since %s", n.at.Format(time.RFC3339))})
		}
	}
	if !r.silent && now.Sub(r.heard) > r.Silence {
		r.silent = true
		r.Alarm(Alarm{Silent, "everybody", fmt.Sprintf("nothing since %s", r.heard.UTC().Format(time.RFC3339))})
	}
}

// Serve takes messages at an address until the context ends.
func (r *Receiver) Serve(ctx context.Context, address, keyFile string, at func(string)) error {
	config, err := serverTLS(keyFile)
	if err != nil {
		return err
	}
	return serve(ctx, r, address, config, at)
}
