package limit_test

import (
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/limit"
)

func TestARatioIsExceededByManyAndByMost(t *testing.T) {
	clk := clock.NewManual(time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC))
	rule := limit.Share{Least: 20, Hundredths: 50, Length: 10 * time.Minute}
	note := func(r *limit.Ratio, count int, wrong bool) (begun int) {
		for range count {
			if r.Note("sampletown", wrong) {
				begun++
			}
		}
		return begun
	}
	exceeded := func(r *limit.Ratio) bool { _, over := r.Exceeded("sampletown"); return over }

	few := limit.NewRatio(clk, rule)
	if note(few, 19, true); exceeded(few) {
		t.Error("a handful is enough")
	}
	busy := limit.NewRatio(clk, rule)
	note(busy, 200, false)
	if note(busy, 100, true); exceeded(busy) {
		t.Error("a third is enough, on a busy day")
	}
	many := limit.NewRatio(clk, rule)
	note(many, 10, false)
	if begun := note(many, 40, true); begun != 1 || !exceeded(many) {
		t.Errorf("forty of fifty: told %d times, exceeded %v", begun, exceeded(many))
	}
	if _, over := many.Exceeded("another"); over {
		t.Error("another town is meant too")
	}
	clk.Advance(9 * time.Minute)
	if !exceeded(many) {
		t.Error("forgotten too early")
	}
	clk.Advance(time.Minute)
	if exceeded(many) {
		t.Error("not forgotten when the window is over")
	}
	if begun := note(many, 20, true); begun != 1 {
		t.Errorf("told %d times of the next time", begun)
	}
	var none *limit.Ratio
	if note(none, 100, true); exceeded(none) {
		t.Error("none is exceeded")
	}
}
