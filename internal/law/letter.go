package law

import (
	"slices"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

// Element is something that a letter may say.
type Element string

// The elements of letters that laws speak of.
const (
	Nature          Element = "nature" // what happened, and how
	ResidentsCount  Element = "residents_count"
	Headings        Element = "headings" // the five that California prescribes
	DateOfNotice    Element = "date_of_notice"
	Dates           Element = "dates" // of the breach
	DiscoveredOn    Element = "discovered"
	DataKinds       Element = "data_kinds"
	Measures        Element = "measures"
	ContactPoint    Element = "contact"
	HeldByPolice    Element = "held" // whether law enforcement delayed the letter
	Acquired        Element = "acquired"
	BureauAddresses Element = "bureaus"
	FTC             Element = "ftc"
	AttorneyGeneral Element = "attorney_general"
	FraudAlert      Element = "fraud_alert"
	Freeze          Element = "freeze"
	Vigilance       Element = "vigilance"
	PoliceReport    Element = "police_report"
	ReportTheft     Element = "report_theft"
	CreditRights    Element = "credit_rights"
	Parent          Element = "parent" // the parent company
)

// Elements lists the elements.
func Elements() []Element {
	return []Element{
		Nature, ResidentsCount, Headings, DateOfNotice, Dates, DiscoveredOn, DataKinds, Measures,
		ContactPoint, HeldByPolice, Acquired, BureauAddresses, FTC, AttorneyGeneral, FraudAlert,
		Freeze, Vigilance, PoliceReport, ReportTheft, CreditRights, Parent,
	}
}

// Content is what letters to people of one place must and must not say.
type Content struct {
	Jurisdiction        string
	Required, Forbidden []Element
	MinimumPoints       int // size of type; 0 where none is prescribed
	Note                string
	Provenance
}

// Requires and Forbids look one element up.
func (c Content) Requires(e Element) bool { return slices.Contains(c.Required, e) }

// Forbids reports whether a letter must not have an element.
func (c Content) Forbids(e Element) bool { return slices.Contains(c.Forbidden, e) }

// Content says what letters to residents of a state must and must not say under
// the law of a day. A place without rules of its own has an empty one.
func (b *Book) Content(f Facts, state string, on calendar.Date) Content {
	q := question{facts: f, on: on}
	c := Content{Jurisdiction: state}
	for _, cell := range inForce(b.places[state].Letter, q.entity(state), on) {
		c.Required = append(c.Required, cell.Required...)
		c.Forbidden = append(c.Forbidden, cell.Forbidden...)
		c.MinimumPoints = max(c.MinimumPoints, cell.MinimumPoints)
		c.Note, c.Provenance = cell.Note, cell.Provenance
	}
	if f.Entity == LocalGovernment { // a town has none
		c.Required = slices.DeleteFunc(c.Required, func(e Element) bool { return e == Parent })
	}
	return c
}

// Ground is a reason for which letters may be replaced by public notice.
type Ground string

// The grounds.
const (
	TooDear     Ground = "cost"
	TooMany     Ground = "persons"
	NoAddresses Ground = "unaddressed" // for those without one
)

// Substitute says whether a place lets public notice stand for letters.
type Substitute struct {
	Jurisdiction string
	Grounds      []Ground // met; none: letters to all
	Note         string
	Provenance
}

// Substitutes lists, for each place where people live, the grounds that are met.
// Costs and numbers are those of the whole notice, as the laws count.
func (b *Book) Substitutes(f Facts, on calendar.Date) []Substitute {
	q := question{facts: f, on: on}
	var all []Substitute
	for _, code := range q.codes() {
		for _, cell := range inForce(b.places[code].Substitute, q.entity(code), on) {
			s := Substitute{Jurisdiction: code, Grounds: q.grounds(cell), Note: cell.Note, Provenance: cell.Provenance}
			all = append(all, s)
		}
	}
	return all
}

func (q question) grounds(s substitute) []Ground {
	var met []Ground
	if limit := money.Cents(int64(s.CostOver) * 100); s.CostOver > 0 && limit.Less(q.facts.CostCents) {
		met = append(met, TooDear)
	}
	if s.PersonsOver > 0 && q.everyone() > s.PersonsOver {
		met = append(met, TooMany)
	}
	if s.Unaddressed && q.facts.Unaddressed > 0 {
		met = append(met, NoAddresses)
	}
	return met
}
