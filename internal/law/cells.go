package law

import (
	"slices"

	"clearwell/internal/calendar"
)

// Jurisdiction is the law of one place, as its file has it.
type Jurisdiction struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`

	Individuals []individuals `yaml:"individuals"`
	Regulators  []regulator   `yaml:"regulators"`
	Bureaus     []bureaus     `yaml:"bureaus"`
	Substitute  []substitute  `yaml:"substitute"`
	Harm        []harm        `yaml:"harm"`
	Trigger     []trigger     `yaml:"trigger"`
	Vendor      []vendor      `yaml:"vendor"`
	Letter      []content     `yaml:"letter"`
}

// Span says whom a cell binds and when it is law.
type Span struct {
	For        []Entity      `yaml:"for"`
	From       calendar.Date `yaml:"from"`  // first day; zero where no source says
	Until      calendar.Date `yaml:"until"` // last day; zero while it lasts
	Note       string        `yaml:"note"`
	Provenance `yaml:",inline"`
}

// binds reports whether the cell is law for an entity on a day.
func (s Span) binds(e Entity, on calendar.Date) bool {
	begun := s.From.IsZero() || !on.Before(s.From)
	ended := !s.Until.IsZero() && on.After(s.Until)
	return slices.Contains(s.For, e) && begun && !ended
}

func (s Span) common() Span { return s }

// Deadline is how long one has; none of the fields is "without unreasonable
// delay".
type Deadline struct {
	Immediately  bool  `yaml:"immediately"`
	Hours        int   `yaml:"hours"`
	Days         int   `yaml:"days"`
	BusinessDays int   `yaml:"business_days"`
	Clock        Clock `yaml:"clock"`
}

type individuals struct {
	Span     `yaml:",inline"`
	Deadline `yaml:",inline"`
}

type regulator struct {
	Span     `yaml:",inline"`
	Deadline `yaml:",inline"`
	Who      string   `yaml:"who"`
	AtLeast  int      `yaml:"at_least"` // residents; 0 whoever is affected
	Order    Order    `yaml:"order"`
	Ask      []string `yaml:"ask"`
}

type bureaus struct {
	Span     `yaml:",inline"`
	Deadline `yaml:",inline"`
	AtLeast  int      `yaml:"at_least"`
	Count    string   `yaml:"count"` // residents, or everyone told at one time
	Ask      []string `yaml:"ask"`
}

type substitute struct {
	Span        `yaml:",inline"`
	CostOver    int  `yaml:"cost_over"` // dollars; 0 none
	PersonsOver int  `yaml:"persons_over"`
	Unaddressed bool `yaml:"unaddressed"`
}

// harm says whether a finding that nobody will be harmed ends the duty.
type harm struct {
	Span      `yaml:",inline"`
	Finding   string `yaml:"finding"`
	KeepYears int    `yaml:"keep_years"`
}

// trigger says which card details make it a breach.
type trigger struct {
	Span `yaml:",inline"`
	Card string `yaml:"card"`
}

type vendor struct {
	Span     `yaml:",inline"`
	Deadline `yaml:",inline"`
}

type content struct {
	Span          `yaml:",inline"`
	Required      []Element `yaml:"required"`
	Forbidden     []Element `yaml:"forbidden"`
	MinimumPoints int       `yaml:"minimum_points"`
}

// inForce picks the cells that bind an entity on a day.
func inForce[C interface{ common() Span }](cells []C, e Entity, on calendar.Date) []C {
	var all []C
	for _, cell := range cells {
		if cell.common().binds(e, on) {
			all = append(all, cell)
		}
	}
	return all
}
