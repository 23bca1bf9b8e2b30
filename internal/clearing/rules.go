package clearing

import (
	_ "embed"
	"fmt"
	"slices"

	"clearwell/internal/calendar"
	"clearwell/internal/money"

	"github.com/goccy/go-yaml"
)

// Rules are what the network asks, from a day on.
type Rules struct {
	From          calendar.Date `yaml:"from"`
	Citation      string        `yaml:"citation"`
	Source        string        `yaml:"source"`
	Verified      string        `yaml:"verified"`
	MostSameDay   string        `yaml:"same_day_most"`
	PrenoteDays   int           `yaml:"prenote_days"`
	CorrectWithin int           `yaml:"correct_within"`
	Retry         RetryRule     `yaml:"retry"`
	WindowDays    int           `yaml:"window_days"`
	Levels        []Level       `yaml:"levels"`
	Refuse        []string      `yaml:"refuse"`
	SameDayMost   money.Amount  `yaml:"-"`
}

// RetryRule says what may be presented again, and how.
type RetryRule struct {
	Codes       []string `yaml:"codes"`
	Most        int      `yaml:"most"`
	WithinDays  int      `yaml:"within_days"`
	Description string   `yaml:"description"`
}

// Level is a share of returns above which the network asks the bank why, and the
// bank the town.
type Level struct {
	Name       string   `yaml:"name"`
	Codes      []string `yaml:"codes"` // none: all
	Hundredths int      `yaml:"hundredths_of_percent"`
}

//go:embed rules.yaml
var rulesFile []byte

// Book is the rules of all times, the newest last.
type Book []Rules

// Load reads the rules.
func Load() (Book, error) {
	var all Book
	if err := yaml.UnmarshalWithOptions(rulesFile, &all, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("reading the network's rules: %w", err)
	}
	for i := range all {
		most, err := money.Parse(all[i].MostSameDay)
		if err != nil || all[i].Citation == "" || all[i].Source == "" || len(all[i].Levels) == 0 {
			return nil, fmt.Errorf("reading the network's rules of %s: not whole: %w", all[i].From, err)
		}
		all[i].SameDayMost = most
	}
	return all, nil
}

// InForce is the newest set that counts on a day; before the first, the first.
func (b Book) InForce(on calendar.Date) Rules {
	found := b[0]
	for _, r := range b {
		if !on.Before(r.From) {
			found = r
		}
	}
	return found
}

// MayRetry reports whether an entry that came back may be presented again on a
// day: for want of money, not too often, not too late, and as often as the town
// wants.
func (r Rules) MayRetry(e Entry, code string, first, on calendar.Date, wanted int) bool {
	return slices.Contains(r.Retry.Codes, code) && e.Kind != Prenote &&
		e.Tries <= min(r.Retry.Most, wanted) && on.Sub(first) <= r.Retry.WithinDays
}

// Refuses reports whether nothing more may be drawn after a return of this code.
func (r Rules) Refuses(code string) bool { return slices.Contains(r.Refuse, code) }

// counts reports whether a return counts towards a level.
func (l Level) counts(code string) bool { return len(l.Codes) == 0 || slices.Contains(l.Codes, code) }

// Rate is how many debits came back, beside a level of the network's.
type Rate struct {
	Level   Level
	Debits  int64 // that settled in the window
	Returns int64
}

// Hundredths is the share that came back, in hundredths of a percent.
func (r Rate) Hundredths() int64 {
	if r.Debits == 0 {
		return 0
	}
	return r.Returns * 10_000 / r.Debits
}

// Fewest is how many returns it takes before a share means anything: of three
// debits, one that comes back is a third.
const Fewest = 3

// Alarming reports whether people must look: from half of the level on.
func (r Rate) Alarming() bool {
	return r.Returns >= Fewest && r.Hundredths()*2 >= int64(r.Level.Hundredths)
}

// rates counts returns by level.
func (r Rules) rates(debits int64, byCode map[string]int64) []Rate {
	var all []Rate
	for _, level := range r.Levels {
		rate := Rate{Level: level, Debits: debits}
		for code, n := range byCode {
			if level.counts(code) {
				rate.Returns += n
			}
		}
		all = append(all, rate)
	}
	return all
}
