package depot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/id"
)

const (
	// Every is how often a sender hands over what there is, or says that it lives.
	Every = 5 * time.Second
	// atOnce bounds a message: bytes of lines, and rows of a log.
	linesAtOnce = 1 << 20
	rowsAtOnce  = 500
	// rounds bounds how often one turn asks again while there is more.
	rounds = 200
	// repeats is how often an outage is said again.
	repeats = 10 * time.Minute
)

// Config is what a sender needs.
type Config struct {
	To     string // host and port of the receiver
	Key    string // its public key
	Node   string // this machine
	Run    string // this run of the program
	Signer note.Signer
	Lines  *Buffer
	Log    *audit.Log
	Cities func() []id.City
	Clock  clock.Clock
	Say    *slog.Logger
	// Note is told how it stands after each turn.
	Note func(Status)
}

// Status is how the copy stands.
type Status struct {
	At      time.Time         `json:"at"`    // of the last turn that went well; zero before
	Tried   time.Time         `json:"tried"` // of the last turn
	Sizes   map[id.City]int64 `json:"sizes"`
	Lost    int64             `json:"lost"` // lines that no copy has
	Refused []id.City         `json:"refused,omitempty"`
}

// Sender hands over.
type Sender struct {
	Config
	client *http.Client
	number int64
	next   int64 // line
	sizes  map[id.City]int64
	status Status
	told   time.Time // when an outage was last said; zero where there is none
}

// NewSender makes a sender. It does not connect yet.
func NewSender(cfg Config) (*Sender, error) {
	pinned, err := clientTLS(cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("sending the logs to %s: %w", cfg.To, err)
	}
	return &Sender{
		Config: cfg, next: 1, sizes: map[id.City]int64{},
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: pinned, MaxIdleConns: 1, ForceAttemptHTTP2: true}},
	}, nil
}

// Run hands over until the context ends, and says goodbye.
func (s *Sender) Run(ctx context.Context) {
	ticker := time.NewTicker(Every)
	defer ticker.Stop()
	for {
		s.Turn(ctx)
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), Every)
			defer cancel()
			s.turn(last, true)
			s.client.CloseIdleConnections()
			return
		case <-ticker.C:
		}
	}
}

// Turn hands over all there is now, and says so when it cannot.
func (s *Sender) Turn(ctx context.Context) { s.tell(ctx, s.turn(ctx, false)) }

func (s *Sender) turn(ctx context.Context, bye bool) error {
	for range rounds {
		m, err := s.message(ctx)
		if err != nil {
			return err
		}
		m.Bye = bye
		reply, err := s.hand(ctx, m)
		if err != nil {
			return err
		}
		before := s.sizes
		s.heed(reply)
		if len(m.Lines) == 0 && len(m.Slices) == 0 && maps.Equal(before, s.sizes) {
			return nil // there is no more, and the receiver has it all
		}
	}
	return nil
}

// message is what there is to hand over.
func (s *Sender) message(ctx context.Context) (Message, error) {
	s.number++
	m := Message{Node: s.Node, Run: s.Config.Run, At: s.Clock.Now().UTC(), Number: s.number, Newest: map[id.City]string{}}
	m.First, m.Lines = s.Lines.from(s.next, linesAtOnce)
	for _, city := range s.Cities() {
		newest, err := s.Log.Newest(ctx, city)
		if err != nil {
			return m, err
		}
		if newest == "" {
			continue
		}
		if m.Newest[city] = newest; slices.Contains(s.status.Refused, city) {
			continue
		}
		slice, err := s.Log.SliceFrom(ctx, city, s.sizes[city], rowsAtOnce)
		if err != nil {
			return m, err
		}
		if slice.Checkpoint != "" {
			m.Slices = append(m.Slices, slice)
		}
	}
	return m, nil
}

// Path is where a receiver takes messages.
const Path = "/messages"

func (s *Sender) hand(ctx context.Context, m Message) (Reply, error) {
	raw, err := seal(m, s.Signer)
	if err != nil {
		return Reply{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+s.To+Path, bytes.NewReader(raw))
	if err != nil {
		return Reply{}, fmt.Errorf("calling the receiver: %w", err)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return Reply{}, fmt.Errorf("calling the receiver: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil || response.StatusCode != http.StatusOK {
		return Reply{}, errors.Join(fmt.Errorf("handing over: the receiver answers %d", response.StatusCode), err)
	}
	var reply Reply
	if err := json.Unmarshal(text, &reply); err != nil {
		return Reply{}, fmt.Errorf("reading the receiver's answer: %w", err)
	}
	return reply, nil
}

// heed goes on where the receiver is. Of a log that it refuses nothing more is sent:
// it knows, and says so.
func (s *Sender) heed(r Reply) {
	s.next, s.sizes = r.Next, r.Sizes
	if s.sizes == nil {
		s.sizes = map[id.City]int64{}
	}
	s.Lines.acknowledge(r.Next)
	s.status.Sizes, s.status.Refused = s.sizes, r.Refused
}

// tell says an outage when it begins, now and then while it lasts, and when it is
// over.
func (s *Sender) tell(ctx context.Context, err error) {
	now := s.Clock.Now()
	s.status.Tried, s.status.Lost = now, s.Lines.Lost()
	switch {
	case err != nil && ctx.Err() == nil && (s.told.IsZero() || now.Sub(s.told) >= repeats):
		s.Say.WarnContext(ctx, "alarm", "alarm", "copy_missing", "err", err.Error(), "lost", s.status.Lost)
		s.told = now
	case err == nil && !s.told.IsZero():
		s.Say.InfoContext(ctx, "the logs are copied again", "lost", s.status.Lost)
		s.told = time.Time{}
	}
	if err == nil {
		s.status.At = now
		for _, city := range s.status.Refused {
			s.Say.WarnContext(ctx, "alarm", "alarm", "copy_refused", "city", string(city))
		}
	}
	if s.Note != nil {
		s.Note(s.status)
	}
}
