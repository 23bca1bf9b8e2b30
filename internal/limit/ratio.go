package limit

import (
	"sync"
	"time"

	"clearwell/internal/clock"
)

// Share is a rule of a [Ratio]: it is exceeded when, in the last Length, at least
// Least outcomes were wrong, and at least Hundredths of a hundred of all.
type Share struct {
	Least      int
	Hundredths int
	Length     time.Duration
}

// Ratio compares how often something went wrong with how often it was tried, for
// each key apart, in this node's memory. Someone who tests stolen cards from many
// networks, on many utility accounts, is seen by it alone. It is safe for
// concurrent use. Keys are few and known, such as a town's: they are not
// forgotten. A nil Ratio is never exceeded.
type Ratio struct {
	clock clock.Clock
	rule  Share

	mu   sync.Mutex
	kept map[string]*record
}

// pieces is how many pieces a window is cut into; the oldest goes as a new one
// begins.
const pieces = 10

// record is what came of one key, by pieces of time.
type record struct {
	at       [pieces]int64 // which piece of time stands here
	all      [pieces]int
	wrong    [pieces]int
	exceeded bool
}

// NewRatio makes it.
func NewRatio(clk clock.Clock, rule Share) *Ratio {
	return &Ratio{clock: clk, rule: rule, kept: map[string]*record{}}
}

// Note counts an outcome. It tells whether the rule is exceeded from now on, and
// was not before.
func (r *Ratio) Note(key string, wrong bool) (begins bool) {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	of, piece := r.of(key), r.piece()
	slot := piece % pieces
	if of.at[slot] != piece {
		of.at[slot], of.all[slot], of.wrong[slot] = piece, 0, 0
	}
	of.all[slot]++
	if wrong {
		of.wrong[slot]++
	}
	before := of.exceeded
	of.exceeded = of.over(r.rule, piece)
	return of.exceeded && !before
}

// Exceeded reports whether the rule is exceeded, and how long that will hold if
// nothing more comes, at the most.
func (r *Ratio) Exceeded(key string) (wait time.Duration, exceeded bool) {
	if r == nil {
		return 0, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	of := r.of(key)
	of.exceeded = of.over(r.rule, r.piece())
	return r.rule.Length, of.exceeded
}

func (r *Ratio) of(key string) *record {
	if r.kept[key] == nil {
		r.kept[key] = &record{}
	}
	return r.kept[key]
}

func (r *Ratio) piece() int64 {
	return r.clock.Now().UnixNano() / int64(r.rule.Length/pieces)
}

func (of *record) over(rule Share, now int64) bool {
	all, wrong := 0, 0
	for slot, at := range of.at {
		if now-at < pieces {
			all += of.all[slot]
			wrong += of.wrong[slot]
		}
	}
	return wrong >= rule.Least && wrong*100 >= all*rule.Hundredths
}
