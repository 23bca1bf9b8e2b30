package audit

import "testing"

// told is the witness that counts the rows it hears of.
type told struct {
	*evidence
	rows int
}

func (w *told) row(int64, Row) error {
	w.rows++
	return nil
}

// ahead is a log whose newest checkpoint counts 3, and which holds 5 events.
func ahead(newestNow int64) *reading {
	events := []placedRow{{index: 0}, {index: 1}, {index: 2}, {index: 3}, {index: 4}}
	return &reading{
		hashes: cursor[storedHash]{ended: true},
		events: cursor[placedRow]{buffer: events, ended: true},
		newest: func() (int64, error) { return newestNow, nil },
	}
}

// What another node sealed while this one reads is no damage; what stands
// behind the end without a checkpoint is.
func TestEventsBehindTheNewestCheckpoint(t *testing.T) {
	for newestNow, want := range map[int64]int{5: 3, 3: 5} {
		w := &told{}
		if err := ahead(newestNow).places(3, w); err != nil {
			t.Fatal(err)
		}
		if w.rows != want {
			t.Errorf("with a checkpoint of %d by now, %d events are told, want %d", newestNow, w.rows, want)
		}
	}
}
