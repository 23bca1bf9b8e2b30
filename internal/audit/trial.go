package audit

import "golang.org/x/mod/sumdb/tlog"

// trial is how checkpoints fare against the tree that the evidence gives.
type trial struct {
	checkpoints []Checkpoint // all, by size
	hole        int64        // the first place that nothing speaks for
	end         int64        // behind the last place that something speaks for
	vouched     Checkpoint   // the largest that fits
	unfit       []Checkpoint // those that fit neither side
	rowsRight   []span       // where the rows are as signed and the recorded hashes are not
}

// span is the places from first up to but without end.
type span struct{ first, end int64 }

func (s span) holds(index int64) bool { return s.first <= index && index < s.end }

// walk grows the tree twice, once believing the rows and once the recorded
// hashes, and asks each checkpoint on its way which of the two was signed. That
// one is believed from there on, so that damage before a checkpoint does not
// hide damage behind it.
func (e *evidence) walk(checkpoints []Checkpoint) trial {
	t := trial{checkpoints: checkpoints}
	for index := range e.places {
		t.end = max(t.end, index+1)
	}
	for e.places[t.hole] != nil {
		t.hole++
	}
	var rows, record frontier
	for _, c := range checkpoints {
		if c.Size > t.hole {
			break
		}
		e.grow(&rows, c.Size, (*place).byRow)
		e.grow(&record, c.Size, (*place).byRecord)
		t.ask(c, &rows, &record)
	}
	return t
}

func (e *evidence) grow(f *frontier, size int64, believed func(*place) tlog.Hash) {
	for f.size < size {
		f.add(believed(e.places[f.size]))
	}
}

func (t *trial) ask(c Checkpoint, rows, record *frontier) {
	switch c.Root {
	case record.root():
		*rows = record.clone()
		t.vouched = c
	case rows.root():
		t.rowsRight = append(t.rowsRight, span{t.vouched.Size, c.Size})
		*record = rows.clone()
		t.vouched = c
	default:
		t.unfit = append(t.unfit, c)
	}
}

// findings tells of the checkpoints that do not fit. One that a larger one, or
// another of its size, contradicts was signed over another history.
func (t *trial) findings() []Finding {
	var all []Finding
	rewritten := false
	for i, c := range t.unfit {
		twin := i > 0 && t.unfit[i-1].Size == c.Size
		switch {
		case c.Size <= t.vouched.Size:
			all = append(all, Finding{Kind: Fork, From: c.Size, To: c.Size, Size: c.Size, Against: t.vouched.Size})
		case twin:
			all = append(all, Finding{Kind: Fork, From: c.Size, To: c.Size, Size: c.Size, Against: c.Size})
		case !rewritten:
			rewritten = true
			all = append(all, Finding{Kind: Rewritten, From: t.vouched.Size, To: c.Size - 1, Size: c.Size})
		}
	}
	if n := t.unproven(); n > 0 && t.hole < t.end {
		all = append(all, Finding{Kind: Unproven, From: t.hole, To: t.end - 1, Size: int64(n)})
	}
	return append(all, t.unsigned()...)
}

// unproven counts the checkpoints that could not be asked.
func (t *trial) unproven() int {
	n := 0
	for _, c := range t.checkpoints {
		if c.Size > t.hole {
			n++
		}
	}
	return n
}

// newest is the size of the largest checkpoint, 0 without one.
func (t *trial) newest() int64 {
	if len(t.checkpoints) == 0 {
		return 0
	}
	return t.checkpoints[len(t.checkpoints)-1].Size
}

// unsigned tells of events that stand behind the newest checkpoint. The sealer
// signs in the transaction that seals, so it left none.
func (t *trial) unsigned() []Finding {
	if t.end <= t.newest() {
		return nil
	}
	return []Finding{{Kind: Unsigned, From: t.newest(), To: t.end - 1}}
}

// rowsAreRight reports whether a checkpoint vouches for the row at a place
// against its recorded hash.
func (t *trial) rowsAreRight(index int64) bool {
	for _, s := range t.rowsRight {
		if s.holds(index) {
			return true
		}
	}
	return false
}
