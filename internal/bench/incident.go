package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/exposure"
	"clearwell/internal/incident"
)

const (
	previewMost = 2.0   // seconds, over [Options].Occasions
	freezeMost  = 30.0  // seconds
	frozenLeast = 100e3 // people
	worstDayMiB = 512.0

	benched audit.Actor = "operator:bench"
)

// typed is what the founding notice asks, but for its days.
const typed = " and service water and capture web_frame and flow one_time and instrument card"

const (
	previewed = "on 2019-08-27..2019-10-14" + typed
	frozen    = "on 2019-09-01..2019-09-09" + typed // some 12,000 people a day of 10,000,000 occasions a year
)

// worstDay measures the two questions of the worst day over a year of
// occasions: how many are exposed, and who, written down for good.
func worstDay(ctx context.Context, s *site) ([]Figure, error) {
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	s.say(fmt.Sprintf("a year of %d occasions", s.occasions))
	if err := (year{s.d, s.occasions}).fill(ctx); err != nil {
		return nil, err
	}
	if err := s.analyze(ctx); err != nil {
		return nil, err
	}
	s.say("days that are over are tallied, as the program does each night")
	if _, err := exposure.New(s.d).Tally(ctx, 1_000); err != nil {
		return nil, err
	}
	preview, err := s.preview(ctx)
	if err != nil {
		return nil, fmt.Errorf("measuring a preview: %w", err)
	}
	freeze, err := s.freeze(ctx)
	return []Figure{preview, freeze}, err
}

// preview counts people; the baseline counts occasions, which is less, by the
// database's own means.
func (s *site) preview(ctx context.Context) (Figure, error) {
	f := Figure{Name: "preview-" + s.engine(), Unit: "s", BaselineIs: "the database counts the same occasions, and no people"}
	scope, err := incident.ParseScope(previewed)
	if err != nil {
		return f, err
	}
	var took timings
	forgetPeak()
	for range 5 {
		one, err := timed(func() error {
			answer, err := incident.New(s.d).Preview(ctx, sampletown, scope)
			f.What = fmt.Sprintf("preview of 49 days among %d occasions: %d people, %d occasions", s.occasions, answer.People, answer.Occasions)
			return err
		})
		if err != nil {
			return f, err
		}
		took.add(timings{[]time.Duration{one}, one})
	}
	f.Peak = peak()
	took.percentiles(&f)
	f.Value = f.P50 / 1000
	f.Baseline, err = s.countOccasions(ctx)
	f.atMost(previewMost)
	return f, err
}

const counted = `select count(*) from exposures where city_id = 'sampletown' and business_on between '2019-08-27' and '2019-10-14'
	and service = 'water' and capture_path = 'web_frame' and flow = 'one_time' and instrument = 'card'`

func (s *site) countOccasions(ctx context.Context) (float64, error) {
	handle, err := s.raw()
	if err != nil {
		return 0, err
	}
	defer handle.Close()
	var n int64
	took, err := timed(func() error { return handle.QueryRowContext(ctx, counted).Scan(&n) })
	if err == nil && n == 0 {
		err = errors.New("the baseline counted nothing")
	}
	return took.Seconds(), err
}

// freeze writes a list down; the baseline writes the same rows again.
func (s *site) freeze(ctx context.Context) (Figure, error) {
	f := Figure{Name: "freeze-" + s.engine(), Unit: "s", BaselineIs: "the database copies the list's rows in one transaction"}
	scope, err := incident.ParseScope(frozen)
	if err != nil {
		return f, err
	}
	desk := incident.New(s.d)
	if err := desk.Open(ctx, sampletown, "bench", "", scope, benched); err != nil {
		return f, err
	}
	var people int
	forgetPeak()
	took, err := timed(func() error {
		list, err := desk.Freeze(ctx, sampletown, "bench", 1, nil, benched)
		people = list.People
		return err
	})
	if err != nil {
		return f, err
	}
	f.Value, f.Peak = took.Seconds(), peak()
	f.What = fmt.Sprintf("freeze of %d people out of %d occasions", people, s.occasions)
	f.Baseline, err = s.copyList(ctx)
	f.atMost(freezeMost)
	f.Target, f.Met = f.Target+fmt.Sprintf(" for %.0f people", frozenLeast), f.Met && people >= frozenLeast
	return f, err
}

func (s *site) copyList(ctx context.Context) (float64, error) {
	handle, err := s.raw()
	if err != nil {
		return 0, err
	}
	defer handle.Close()
	handle.SetMaxOpenConns(1)
	if s.super == "" { // beside the town's file, whose only writer is ours
		if _, err := handle.ExecContext(ctx, "attach 'file:"+filepath.Join(s.folder, "copy.db")+"' as copy"); err != nil {
			return 0, err
		}
	} else if _, err := handle.ExecContext(ctx, "create schema copy"); err != nil {
		return 0, err
	}
	took, err := timed(func() error { return copyRows(ctx, handle) })
	return took.Seconds(), err
}

func copyRows(ctx context.Context, handle *sql.DB) error {
	tx, err := handle.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing, once it is committed
	for _, table := range []string{"incident_people", "incident_members"} {
		if _, err := tx.ExecContext(ctx, "create table copy."+table+" as select * from "+table); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// raw opens the town's database past the program.
func (s *site) raw() (*sql.DB, error) {
	if s.super != "" {
		return sql.Open("pgx", s.super)
	}
	return sql.Open("sqlite", "file:"+filepath.Join(s.folder, "town.db")+"?_pragma=synchronous(FULL)&_pragma=cache_size(-16384)")
}

func (s *site) engine() string {
	if s.super != "" {
		return "postgres"
	}
	return "sqlite"
}

// atMost judges a figure that is a time by its own size, and its memory with it.
func (f *Figure) atMost(seconds float64) { f.within(seconds, worstDayMiB) }

// within is atMost with a bound of its own for the memory.
func (f *Figure) within(seconds, mib float64) {
	if f.Baseline > 0 {
		f.Ratio = f.Value / f.Baseline
	}
	f.Target = fmt.Sprintf("≤ %.0f s, peak ≤ %.0f MiB", seconds, mib)
	f.Met = f.Value <= seconds && f.Peak <= mib
}
