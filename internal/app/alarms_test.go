package app

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/web"
)

// Whoever sends forged notices could fill the log, and hide one alarm among
// thousands of another.
func TestAlarmsAreNotRepeatedForEver(t *testing.T) {
	var log bytes.Buffer
	clk := clock.NewManual(time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC))
	a := newAlarms(logger(&log), clk)
	for range 1000 {
		a.Raise(t.Context(), "", web.BadNotice, "/hooks/sandbox")
	}
	a.Raise(t.Context(), "eastwell", web.CardSent, "POST /{$}")
	if notices := strings.Count(log.String(), string(web.BadNotice)); notices != 20 || !strings.Contains(log.String(), string(web.CardSent)) {
		t.Errorf("%d lines of 1000, and the other:\n%s", notices, &log)
	}
	clk.Advance(time.Minute)
	log.Reset()
	if a.Raise(t.Context(), "", web.BadNotice, "/hooks/sandbox"); log.Len() == 0 {
		t.Error("it is never told again")
	}
}
