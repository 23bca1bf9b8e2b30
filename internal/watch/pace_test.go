package watch

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
)

// portal is one whose pages take a while to walk, and change at some instant.
type portal struct {
	change  []manifest.Fact
	changed atomic.Bool
}

// Walk looks at each page in turn, some seconds each.
func (p *portal) Walk(ctx context.Context, _ visit.Errand) ([]visit.Sight, error) {
	var all []visit.Sight
	for _, kind := range manifest.Kinds() {
		if err := Wait(ctx, time.Second+rand.N(12*time.Second)); err != nil {
			return all, err
		}
		facts := []manifest.Fact{{Subject: manifest.Header, Name: "X-Frame-Options", Value: "DENY"}}
		if kind == manifest.Pay && p.changed.Load() {
			facts = p.change
		}
		all = append(all, visit.Sight{Kind: kind, Path: "/" + string(kind), Facts: facts})
	}
	return all, nil
}

// heardAt notes when the first alarm came.
type heardAt struct {
	at chan time.Time
}

// Tell notes the time.
func (h heardAt) Tell(context.Context, Report, Letter) error {
	select {
	case h.at <- clock.System().Now():
	default:
	}
	return nil
}

// A changed byte or header is told within one interval of the change, whenever in
// a run or between two it is made. The clock is the test's own, so that hours pass
// in a moment; what the runs take is drawn anew each time.
func TestAChangeIsToldWithinOneInterval(t *testing.T) {
	const interval = 5 * time.Minute
	changes := [][]manifest.Fact{
		{{Subject: manifest.Header, Name: "X-Frame-Options", Value: "SAMEORIGIN"}},
		{{Subject: manifest.Header, Name: "X-Frame-Options", Value: "DENY"}, {Subject: manifest.File, Name: "/assets/pay.js", Value: "another digest"}},
	}
	var latest time.Duration
	for try := range 40 {
		synctest.Test(t, func(t *testing.T) {
			duty, came := onDuty(t), heardAt{make(chan time.Time, 1)}
			duty.Clock, duty.Tellers = clock.System(), []Teller{came}
			page := &portal{change: changes[try%len(changes)]}
			ctx, stop := context.WithCancel(t.Context())
			go func() {
				pace := &Pace{Interval: interval}
				_ = pace.Keep(ctx, clock.System(), func(ctx context.Context) { // ends by being stopped
					_, _ = duty.Runner.Run(ctx, []View{{"plain", "firefox", "", page}, {"browser", "windows", "", page}}) // the alarm is what counts
				})
			}()
			if err := Wait(ctx, 30*time.Minute+rand.N(time.Hour)); err != nil {
				t.Fatal(err)
			}
			page.changed.Store(true)
			changed := clock.System().Now()
			took := (<-came.at).Sub(changed)
			stop()
			synctest.Wait()
			if took > interval {
				t.Errorf("it took %s", took)
			}
			latest = max(latest, took)
		})
	}
	t.Logf("of 40 changes the last was told after %s", latest)
	if latest < time.Minute {
		t.Errorf("each change is told within %s: nothing was waited for, so that this proves nothing", latest)
	}
}

// Nobody can tell from one run when the next will be, and a run that takes long
// is followed sooner.
func TestRunsBeginWhenNobodyForesees(t *testing.T) {
	pace, seen := &Pace{Interval: 5 * time.Minute}, map[time.Duration]bool{}
	for range 100 {
		rest := pace.Rest(20 * time.Second)
		if rest < 2*time.Minute || rest > 4*time.Minute+20*time.Second {
			t.Errorf("a rest of %s", rest)
		}
		seen[rest.Round(time.Second)] = true
	}
	if len(seen) < 30 {
		t.Errorf("%d different rests of 100", len(seen))
	}
	if rest := pace.Rest(6 * time.Minute); rest != 0 {
		t.Errorf("a rest of %s after a run that took too long", rest)
	}
}
