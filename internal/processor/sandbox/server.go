package sandbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/locale"
	"clearwell/internal/processor"
	"clearwell/internal/secret"
)

// Config says how a sandbox behaves. URL, SecretKey and Clock are needed.
type Config struct {
	// URL is the origin the sandbox is served on, "http://localhost:8081".
	URL string
	// SecretKey is what the portal shows to use the API. Card fingerprints are
	// keyed from it as well, so a reopened sandbox needs the same one.
	SecretKey secret.String
	// Clock tells the time of everything that is recorded.
	Clock clock.Clock

	// Journal is the file of the durable record; without one the sandbox
	// remembers until it ends.
	Journal string
	// Sync flushes each record to the disk before answering. Without it the
	// record survives a kill of the process, not a loss of power.
	Sync bool

	// NoticeURL is where notices go; without it none are made.
	NoticeURL string
	// NoticeSecret signs notices.
	NoticeSecret secret.String
	// HTTP delivers notices. The default gives up on a delivery after ten seconds.
	HTTP *http.Client

	// AllowOrigin says which origins may frame the card fields and have payers
	// sent back to. The default allows this machine only, by its loopback names.
	AllowOrigin func(origin string) bool
	// MerchantName is the name of a merchant account on the sandbox's pages. The
	// default is what the processor calls it.
	MerchantName func(processor.Merchant, locale.Lang) string
	// Catalogue has the words of the pages. The default is the embedded one.
	Catalogue *locale.Catalogue

	// SlowFor is how long a [Slow] card takes: eight seconds when zero.
	SlowFor time.Duration
	// DisputeAfter is how long after the charge a [Disputed] card's holder
	// complains: three days when zero.
	DisputeAfter time.Duration
	// Wait is how a slow answer waits. The default waits on the machine's timer;
	// a simulation waits in its own time.
	Wait func(ctx context.Context, d time.Duration) error
}

// Server is the company: it takes cards, decides charges, keeps its own record,
// sends notices and pays out. It is safe for concurrent use.
type Server struct {
	cfg            Config
	fingerprintKey []byte
	pages          *pages
	wake           chan struct{} // a notice may be due

	mu      sync.Mutex
	book    *book
	journal *journal
}

const (
	tokenLife     = 30 * time.Minute
	challengeLife = 15 * time.Minute
	slowFor       = 8 * time.Second
	disputeAfter  = 3 * 24 * time.Hour
	noticePatient = 10 * time.Second
)

// New opens a sandbox, reading its journal if there is one.
func New(cfg Config) (*Server, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	drawn, err := newPages(cfg.Catalogue)
	if err != nil {
		return nil, fmt.Errorf("reading sandbox pages: %w", err)
	}
	s := &Server{cfg: cfg, pages: drawn, book: newBook(), wake: make(chan struct{}, 1)}
	mac := hmac.New(sha256.New, []byte(cfg.SecretKey.Reveal()))
	mac.Write([]byte("card fingerprint"))
	s.fingerprintKey = mac.Sum(nil)
	s.journal, err = openJournal(cfg.Journal, cfg.Sync, s.keep)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends the journal. Later requests that would be recorded are refused.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal.close()
}

func (cfg Config) complete() (Config, error) {
	if cfg.SecretKey.IsEmpty() || cfg.Clock == nil {
		return cfg, fmt.Errorf("opening sandbox: a secret key and a clock are needed")
	}
	if origin, err := originOf(cfg.URL); err != nil || origin != cfg.URL {
		return cfg, fmt.Errorf("opening sandbox: %q is not an origin", cfg.URL)
	}
	if cfg.NoticeURL != "" && cfg.NoticeSecret.IsEmpty() {
		return cfg, fmt.Errorf("opening sandbox: notices need a secret")
	}
	return cfg.withDefaults()
}

func (cfg Config) withDefaults() (Config, error) {
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: noticePatient}
	}
	if cfg.AllowOrigin == nil {
		cfg.AllowOrigin = loopback
	}
	if cfg.MerchantName == nil {
		cfg.MerchantName = func(m processor.Merchant, _ locale.Lang) string { return string(m) }
	}
	if cfg.SlowFor == 0 {
		cfg.SlowFor = slowFor
	}
	if cfg.DisputeAfter == 0 {
		cfg.DisputeAfter = disputeAfter
	}
	if cfg.Wait == nil {
		cfg.Wait = wait
	}
	if cfg.Catalogue != nil {
		return cfg, nil
	}
	words, err := locale.Load()
	if err != nil {
		return cfg, fmt.Errorf("opening sandbox: %w", err)
	}
	cfg.Catalogue = words
	return cfg, nil
}

// wait passes d, or ends with the context.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keep puts an entry that is already durable into the book.
func (s *Server) keep(e entry) error { return s.book.apply(e, s.cfg.DisputeAfter) }

// put records an entry: first in the journal, then in the book. The caller
// holds the lock.
func (s *Server) put(e entry) error {
	e.Tell = s.cfg.NoticeURL != ""
	if err := s.journal.write(e); err != nil {
		return err
	}
	if err := s.keep(e); err != nil {
		return err
	}
	if e.Tell {
		s.nudge()
	}
	return nil
}

// open locks the book as it stands now: what was due by itself has happened.
// The caller unlocks.
func (s *Server) open() (time.Time, error) {
	now := s.cfg.Clock.Now()
	s.mu.Lock()
	s.book.sweepTokens(now)
	for {
		due, at, found := s.book.due.next(now)
		if !found {
			return now, nil
		}
		if err := s.happen(due, at); err != nil {
			return now, err
		}
	}
}

// happen does what is due to a charge at its instant, unless it was overtaken.
func (s *Server) happen(due dueCharge, at time.Time) error {
	c := s.book.charges[due.reference]
	if due.dispute {
		if c.disputed {
			return nil
		}
		return s.put(entry{At: at, Disputed: &disputed{c.Reference}})
	}
	if c.Outcome.Decision != processor.Pending || c.Due == nil || !c.Due.Equal(at) {
		return nil
	}
	verdict := outcome{processor.Declined, processor.Abandoned, "abandoned"}
	if c.Does == Slow {
		verdict = outcome{Decision: processor.Approved}
	}
	return s.put(entry{At: at, Decided: &decided{Reference: c.Reference, Outcome: verdict}})
}

// originOf gives the origin of an absolute web address.
func originOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("reading address: not an absolute web address")
	}
	return u.Scheme + "://" + u.Host, nil
}

// loopback allows origins of this machine.
func loopback(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// returnable reports whether payers may be sent to an address.
func (s *Server) returnable(address string) bool {
	origin, err := originOf(address)
	return err == nil && s.cfg.AllowOrigin(origin)
}
