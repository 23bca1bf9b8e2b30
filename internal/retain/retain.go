package retain

import (
	_ "embed"
	"fmt"
	"strings"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/fault"
	"clearwell/internal/id"

	"github.com/goccy/go-yaml"
)

// Series is a kind of records, with how long it is kept.
type Series struct {
	Name   string   `yaml:"name"`
	Title  string   `yaml:"title"`
	Tables []string `yaml:"tables"`
	Rules  []Rule   `yaml:"rules"` // the newest last
	// Destroyed says what destroys it when it may be; empty: nothing in the program
	// does, and it is kept.
	Destroyed string `yaml:"destroyed"`
}

// Rule is how long a series is kept, from a day on.
type Rule struct {
	From     calendar.Date `yaml:"from"`
	Keep     string        `yaml:"keep"` // "5 years after the fiscal year's end"
	Citation string        `yaml:"citation"`
	Source   string        `yaml:"source"`
	Verified string        `yaml:"verified"` // by whom and when; empty: by nobody
}

// InForce is the newest rule that counts on a day; ok is false before the first.
func (s Series) InForce(on calendar.Date) (rule Rule, ok bool) {
	for _, r := range s.Rules {
		if !on.Before(r.From) {
			rule, ok = r, true
		}
	}
	return rule, ok
}

//go:embed schedules.yaml
var schedules []byte

// Schedules lists every series.
func Schedules() ([]Series, error) {
	var all []Series
	if err := yaml.UnmarshalWithOptions(schedules, &all, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("reading the retention schedules: %w", err)
	}
	for _, s := range all {
		if s.Name == "" || len(s.Tables) == 0 || len(s.Rules) == 0 {
			return nil, fmt.Errorf("reading the retention schedules: %q is not whole", s.Name)
		}
		for _, r := range s.Rules {
			if r.From.IsZero() || strings.TrimSpace(r.Keep) == "" || strings.TrimSpace(r.Citation) == "" || strings.TrimSpace(r.Source) == "" {
				return nil, fmt.Errorf("reading the retention schedules: a rule of %s is not whole", s.Name)
			}
		}
	}
	return all, nil
}

// Hold is an order to keep everything.
type Hold struct {
	ID     ID
	Matter string // what it is about, as the name of an incident
	Reason string
	SetBy  audit.Actor
	SetAt  time.Time
}

type holdKind struct{}

// Prefix names the kind.
func (holdKind) Prefix() string { return "keep" }

// ID identifies a hold.
type ID = id.ID[holdKind]

// What operators are told.
var (
	ErrReasonMissing = fault.New(fault.Invalid, "retain_reason_missing")
	ErrNotStanding   = fault.New(fault.NotFound, "retain_not_standing")
)

// checkOrder refuses an order without a matter or a reason.
func checkOrder(matter, reason string) error {
	if strings.TrimSpace(matter) == "" || strings.TrimSpace(reason) == "" {
		return ErrReasonMissing
	}
	return nil
}
