package audit

import "golang.org/x/mod/sumdb/tlog"

// damage names each place where the row is not the one that was sealed. What
// is missing from the end is left to tail.
func (e *evidence) damage(t trial) []Finding {
	d := newDispute(e)
	var all []Finding
	next, tail := int64(0), e.lastRow()+1
	for _, index := range e.indexes() {
		if next < index && next < tail {
			all = append(all, Finding{Kind: Deleted, From: next, To: min(index, tail) - 1})
		}
		next = index + 1
		p := e.places[index]
		switch {
		case p.settled() || p.recorded == nil && index >= t.newest(): // behind the end, for trial to name
		case t.rowsAreRight(index) && p.written != nil:
			all = append(all, Finding{Kind: HashChanged, From: index, To: index, Event: p.written.event})
		default:
			all = append(all, d.name(index, p, tail)...)
		}
	}
	return joined(all)
}

// lastRow is the last place that has a row, -1 without one.
func (e *evidence) lastRow() int64 {
	last := int64(-1)
	for index, p := range e.places {
		if p.settled() || p.written != nil {
			last = max(last, index)
		}
	}
	return last
}

// dispute holds the places where row and recorded hash differ, by both, so that
// a row that moved is told from one that was edited.
type dispute struct {
	home  map[tlog.Hash]int64 // where a hash was recorded
	stand map[tlog.Hash]int64 // where the row with it stands
}

func newDispute(e *evidence) dispute {
	d := dispute{map[tlog.Hash]int64{}, map[tlog.Hash]int64{}}
	for index, p := range e.places {
		if p.recorded != nil {
			d.home[p.recorded.hash] = index
		}
		if p.written != nil {
			d.stand[p.written.hash] = index
		}
	}
	return d
}

// moved reports whether the row that belongs to a place stands at another.
func (d dispute) moved(p *place) bool {
	if p.recorded == nil {
		return false
	}
	_, moved := d.stand[p.recorded.hash]
	return moved
}

// name tells what happened at a place: to the row that stands there, and to the
// one that should.
func (d dispute) name(index int64, p *place, tail int64) []Finding {
	var all []Finding
	f := Finding{From: index, To: index}
	if p.recorded == nil {
		f.Kind, f.Event = HashChanged, p.written.event
		return []Finding{f}
	}
	if p.written != nil {
		home, reordered := d.home[p.written.hash]
		f.Event = p.written.event
		switch {
		case reordered:
			f.Kind, f.Home = Reordered, home
		case p.written.event == p.recorded.event:
			f.Kind = Edited
			return []Finding{f}
		default:
			f.Kind = Foreign
		}
		all = append(all, f)
	}
	if index < tail && !d.moved(p) {
		all = append(all, Finding{Kind: Deleted, From: index, To: index, Event: p.recorded.event})
	}
	return all
}

// tail names what is missing from the end, as far as the newest checkpoint and
// the recorded hashes reach.
func (e *evidence) tail(t trial) []Finding {
	d := newDispute(e)
	first, end := e.lastRow()+1, max(t.newest(), t.end)
	for first < end && e.places[first] != nil && d.moved(e.places[first]) {
		first++
	}
	if first >= end {
		return nil
	}
	f := Finding{Kind: Truncated, From: first, To: end - 1, Size: t.newest()}
	if p := e.places[first]; p != nil && p.recorded != nil {
		f.Event = p.recorded.event
	}
	return []Finding{f}
}

// joined makes one finding of neighbours that moved together, as all rows
// behind a deleted one do when somebody closes the gap.
func joined(all []Finding) []Finding {
	var short []Finding
	for _, f := range all {
		last := len(short) - 1
		if last >= 0 && f.Kind == Reordered && short[last].Kind == Reordered &&
			f.From == short[last].To+1 && f.Home-f.From == short[last].Home-short[last].From {
			short[last].To = f.To
			continue
		}
		short = append(short, f)
	}
	return short
}
