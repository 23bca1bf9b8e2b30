package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/locale"
)

// Closing is what an incident came to, so far or in the end.
type Closing struct {
	City     string      `json:"city"`
	Incident string      `json:"incident"`
	Title    string      `json:"title,omitempty"`
	Scope    string      `json:"scope"`
	Revision int         `json:"revision"`
	Digest   string      `json:"list_sha256,omitempty"`
	Times    []Milestone `json:"times"`
	Counts   Counts      `json:"counts"`
	Duties   []Line      `json:"duties"`
	Open     []Item      `json:"open"` // what is still to be done; nothing may be when it is closed
	Closed   bool        `json:"closed"`
	Acts     []Act       `json:"acts"` // who did what, from the audit log
}

// Milestone is when something happened.
type Milestone struct {
	Name  string        `json:"name"` // message report.time_<name>
	On    calendar.Date `json:"on"`
	At    *time.Time    `json:"at,omitempty"`          // where the instant is known
	Hours *int          `json:"hours_since,omitempty"` // since the first of all; whole days where only days are known
}

// Counts are how many.
type Counts struct {
	Exposed     int `json:"exposed"`
	Households  int `json:"households"`
	Occasions   int `json:"occasions"`
	Told        int `json:"told"`
	Untold      int `json:"untold"`
	Letters     int `json:"letters"`
	Returned    int `json:"returned"`
	Unreachable int `json:"unreachable"`
	Substitute  int `json:"substitute"` // told by public notice
	Emailed     int `json:"emailed"`
	Codes       int `json:"codes_handed_out"`
}

// Line is a duty as a report has it.
type Line struct {
	Duty     string        `json:"duty"`
	Place    string        `json:"place"`         // whose law it is
	Who      string        `json:"who,omitempty"` // an office; empty for people, bureaus and the vendor
	Kind     law.Kind      `json:"kind"`
	Due      calendar.Date `json:"due"`
	DoneOn   calendar.Date `json:"done_on"`
	DoneBy   string        `json:"done_by,omitempty"`
	Evidence string        `json:"evidence,omitempty"`
	Late     bool          `json:"late"`
	Asked    bool          `json:"asked"` // by the law, of these people
}

// Item is something that is open.
type Item struct {
	What  string `json:"what"` // message report.open_<what>
	Name  string `json:"name,omitempty"`
	Count int    `json:"count,omitempty"`
}

// Say writes an item as a sentence.
func (i Item) Say(words *locale.Printer) string {
	return words.T("report.open_"+i.What, "Name", i.Name, "Count", i.Count)
}

// Act is a line of the audit log.
type Act struct {
	At     time.Time         `json:"at"`
	Actor  string            `json:"actor"`
	Action string            `json:"action"`
	Detail map[string]string `json:"detail"`
}

// Sum is the digest of what a report says of the matter: not of who read it, or
// closed it, so that the report of a closed incident has the digest that the
// closing keeps for as long as nothing changes.
func (c Closing) Sum() (string, error) {
	c.Closed, c.Times, c.Acts = false, nil, nil
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("writing a report: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// timeline puts milestones in the order in which they should happen, with how
// long after the first of them each did.
type timeline struct {
	zone *time.Location
	all  []Milestone
}

func (t *timeline) on(name string, day calendar.Date) {
	if !day.IsZero() {
		t.all = append(t.all, Milestone{Name: name, On: day})
	}
}

func (t *timeline) at(name string, at time.Time) {
	if !at.IsZero() {
		t.all = append(t.all, Milestone{Name: name, On: calendar.Of(at, t.zone), At: &at})
	}
}

// done counts from the earliest.
func (t *timeline) done() []Milestone {
	var first *Milestone
	for i := range t.all {
		if first == nil || t.all[i].On.Before(first.On) || t.all[i].On == first.On && t.all[i].before(*first) {
			first = &t.all[i]
		}
	}
	for i := range t.all {
		hours := t.all[i].hours(*first)
		t.all[i].Hours = &hours
	}
	return t.all
}

func (m Milestone) before(other Milestone) bool {
	return m.At != nil && other.At != nil && m.At.Before(*other.At)
}

// hours since another: to the hour where both have one, else in whole days.
func (m Milestone) hours(since Milestone) int {
	if m.At != nil && since.At != nil {
		return int(m.At.Sub(*since.At) / time.Hour)
	}
	return 24 * m.On.Sub(since.On)
}

// count counts a frozen list.
func (n *Counts) count(r incident.Revision) {
	n.Exposed, n.Households, n.Occasions = r.People, r.Households, r.Occasions
}

func (n *Counts) tell(p incident.Person) {
	if len(p.Told) == 0 {
		n.Untold++
		return
	}
	n.Told++
	ways := map[string]bool{}
	for _, t := range p.Told {
		ways[t.Way] = true
	}
	if ways["substitute"] {
		n.Substitute++
	}
	if ways["email"] {
		n.Emailed++
	}
}
