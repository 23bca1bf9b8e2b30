package audit

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"clearwell/internal/id"
)

// evidence is what a log shows of itself, before it is judged.
type evidence struct {
	city     id.City
	notes    []storedNote
	places   map[int64]*place
	rows     int64
	oldest   time.Time // of the rows
	unsealed int64
	odd      []Finding // met while reading
}

// place is a leaf of the tree. Two things speak for it: the row written there,
// and the hash recorded when it was sealed. Where they agree only the hash is
// kept, because logs are long.
type place struct {
	agreed            tlog.Hash
	written, recorded *claim
}

// claim is what one side says about a place.
type claim struct {
	hash  tlog.Hash
	event string
}

func newEvidence(city id.City) *evidence {
	return &evidence{city: city, places: map[int64]*place{}}
}

func (e *evidence) checkpoint(n storedNote) error {
	e.notes = append(e.notes, n)
	return nil
}

func (e *evidence) row(index int64, r Row) error {
	e.rows++
	if at := time.UnixMicro(r.RecordedAt).UTC(); e.oldest.IsZero() || at.Before(e.oldest) {
		e.oldest = at
	}
	e.claim(index, claim{r.leaf(e.city), r.ID}, func(p *place) **claim { return &p.written })
	return nil
}

func (e *evidence) leaf(index int64, hash tlog.Hash, event string) error {
	e.claim(index, claim{hash, event}, func(p *place) **claim { return &p.recorded })
	return nil
}

func (e *evidence) waiting(unsealed int64) error {
	e.unsealed = unsealed
	return nil
}

// claim notes what one side says, and forgets both when they agree.
func (e *evidence) claim(index int64, c claim, side func(*place) **claim) {
	p := e.places[index]
	if p == nil {
		p = &place{}
		e.places[index] = p
	} else if *side(p) != nil || p.settled() {
		e.odd = append(e.odd, Finding{Kind: Unreadable, From: index, To: index, Event: c.event, Reason: "the place is taken twice"})
		return
	}
	*side(p) = &c
	if p.written != nil && p.recorded != nil && p.written.hash == p.recorded.hash {
		*p = place{agreed: c.hash}
	}
}

// settled reports whether both sides agree.
func (p *place) settled() bool { return p.written == nil && p.recorded == nil }

// byRow is the leaf if the rows are believed, byRecord if the recorded hashes
// are. Where one side is silent the other speaks.
func (p *place) byRow() tlog.Hash    { return p.believe(p.written, p.recorded) }
func (p *place) byRecord() tlog.Hash { return p.believe(p.recorded, p.written) }

func (p *place) believe(sides ...*claim) tlog.Hash {
	for _, side := range sides {
		if side != nil {
			return side.hash
		}
	}
	return p.agreed
}

// judge names everything that is wrong.
func (e *evidence) judge(keys note.Verifiers) Report {
	checkpoints, findings := e.open(keys)
	trial := e.walk(checkpoints)
	findings = slices.Concat(e.odd, e.damage(trial), e.tail(trial), trial.findings(), findings)
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.From, b.From) })
	return Report{
		City: e.city, Events: e.rows, Unsealed: e.unsealed, Checkpoints: len(checkpoints),
		Oldest: e.oldest, Vouched: trial.vouched.Size, Newest: trial.vouched, Findings: findings,
	}
}

// open proves the checkpoints and sorts them by size.
func (e *evidence) open(keys note.Verifiers) (good []Checkpoint, bad []Finding) {
	known := map[string]bool{}
	for _, n := range e.notes {
		if known[n.note] {
			continue
		}
		known[n.note] = true
		c, err := n.open(e.city, keys)
		if err != nil {
			bad = append(bad, Finding{Kind: BadCheckpoint, From: n.size, To: n.size, Size: n.size, Reason: err.Error()})
			continue
		}
		good = append(good, c)
	}
	slices.SortStableFunc(good, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	return good, bad
}

// indexes are the places that anything speaks for, in order.
func (e *evidence) indexes() []int64 { return slices.Sorted(maps.Keys(e.places)) }
