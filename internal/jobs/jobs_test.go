package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func node(d *db.DB, name string, log *journal) *Runner {
	return New(d, name, slog.New(slog.NewTextHandler(log, nil)))
}

// quick makes a node that beats ten times a second. The leases end on the
// database's clock, which stands still.
func quick(d *db.DB, name string, log *journal) *Runner {
	r := node(d, name, log)
	r.term = 300 * time.Millisecond
	return r
}

// start runs r until the test calls stop, or ends.
func start(t *testing.T, r *Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := r.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	return stop
}

func TestOneNodeHoldsTheLease(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		log := &journal{}
		here, there := node(d, "here", log), node(d, "there", log)
		if !here.hold(t.Context()) || there.hold(t.Context()) {
			t.Fatal("not exactly one leads")
		}
		clk.Advance(Term - time.Microsecond)
		if there.hold(t.Context()) {
			t.Error("the lease is taken before it is over")
		}
		if !here.hold(t.Context()) {
			t.Error("the lease is not renewed")
		}
		clk.Advance(Term - time.Microsecond)
		if there.hold(t.Context()) {
			t.Error("a renewed lease is taken")
		}
		clk.Advance(time.Microsecond)
		if !there.hold(t.Context()) || here.hold(t.Context()) {
			t.Error("a dead leader's lease is not taken")
		}
		if err := here.resign(t.Context()); err != nil || here.hold(t.Context()) {
			t.Errorf("somebody else's lease is given back: %v", err)
		}
		if err := there.resign(t.Context()); err != nil || !here.hold(t.Context()) {
			t.Errorf("a lease given back is not free: %v", err)
		}
	})
}

func TestLeaseNeedsTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if node(d, "here", &journal{}).hold(ctx) {
			t.Error("leading without knowing")
		}
	})
}

// Two nodes: one does the jobs, again and again; when it ends, the other does.
func TestJobsAreDoneByOneNode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := &journal{}
		did := make(chan string)
		doing := func(name string) func(context.Context) error {
			return func(ctx context.Context) error {
				select {
				case did <- name:
				case <-ctx.Done():
				}
				return nil
			}
		}
		here, there := quick(d, "here", log), quick(d, "there", log)
		here.Every("mail", time.Millisecond, doing("here"))
		there.Every("mail", time.Millisecond, doing("there"))
		stop := start(t, here)
		for range 3 {
			if got := <-did; got != "here" {
				t.Fatalf("done by %s", got)
			}
		}
		start(t, there)
		for range 20 {
			if got := <-did; got != "here" {
				t.Fatalf("done by %s too", got)
			}
		}
		stop()
		if got := <-did; got != "there" {
			t.Errorf("done by %s, which has ended", got)
		}
	})
}

// A job that goes wrong is logged and done again, and the others go on.
func TestJobsSurviveTrouble(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := &journal{}
		r := quick(d, "here", log)
		beats := map[string]chan bool{"fails": make(chan bool), "panics": make(chan bool), "works": make(chan bool)}
		beat := func(ctx context.Context, name string) {
			select {
			case beats[name] <- true:
			case <-ctx.Done():
			}
		}
		r.Every("fails", time.Millisecond, func(ctx context.Context) error {
			beat(ctx, "fails")
			return errors.New("no luck")
		})
		r.Every("panics", time.Millisecond, func(ctx context.Context) error {
			beat(ctx, "panics")
			panic("no nerve")
		})
		r.Every("works", time.Millisecond, func(ctx context.Context) error {
			beat(ctx, "works")
			return nil
		})
		stop := start(t, r)
		for range 3 {
			for _, each := range beats {
				<-each
			}
		}
		stop()
		for _, want := range []string{"job=fails", "no luck", "job=panics", "no nerve"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q", want)
			}
		}
		if strings.Contains(log.String(), "job=works") {
			t.Error("the log complains about what works")
		}
	})
}

// While a job still runs, its node keeps the lease, also when it is ending.
func TestRunDrains(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		here, there := quick(d, "here", &journal{}), node(d, "there", &journal{})
		began := make(chan bool)
		here.Every("long", time.Hour, func(ctx context.Context) error {
			close(began)
			<-ctx.Done()
			for range 50 {
				if there.hold(context.WithoutCancel(ctx)) {
					t.Error("another leads while a job runs")
				}
			}
			return nil
		})
		stop := start(t, here)
		<-began
		stop()
		if !there.hold(t.Context()) {
			t.Error("the lease is not given back")
		}
	})
}

// A leader that lost its lease stops its jobs.
func TestLosingTheLeaseStopsJobs(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		log := &journal{}
		here, there := node(d, "here", log), node(d, "there", log)
		if !here.hold(t.Context()) {
			t.Fatal("the lease is not free")
		}
		began, stopped := make(chan bool), make(chan bool)
		here.Every("long", time.Hour, func(ctx context.Context) error {
			close(began)
			<-ctx.Done()
			close(stopped)
			return nil
		})
		beat := make(chan time.Time)
		go here.lead(t.Context(), beat)
		<-began
		clk.Advance(Term)
		if !there.hold(t.Context()) {
			t.Fatal("the lease is not over")
		}
		beat <- time.Time{}
		<-stopped
	})
}
