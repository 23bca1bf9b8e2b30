package app

import (
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
)

// The operator knows, tells, and is answered; who waits longest stands first, and
// a town that was not told in a day is an alarm: in the log, and for a timer that
// asks.
func TestEachTownIsToldByItsOperator(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		tell := func(step string, args ...string) ran {
			return run(o.T, append([]string{"incident", "tell", step, "--config", o.config}, args...)...)
		}
		must := func(step string, args ...string) string {
			o.Helper()
			got := tell(step, args...)
			if got.status != statusDone {
				o.Fatalf("%s ends with %d: %s", step, got.status, got.err)
			}
			return got.out
		}
		east, west := string(o.slug), string(o.west.slug)
		known := []string{"--everywhere", "--evidence", "ticket 7", "portal-2026"}
		if must("known", known...); must("list") != "" {
			o.Error("a dry run writes")
		}
		must("known", append([]string{"--yes"}, known...)...)
		if got := tell("sent", "--yes", "--city", east, "--to", "Ana Diaz", "--way", "call", "--evidence", "call", "other"); got.status == statusDone {
			o.Error("a town is told of what nobody knows")
		}
		must("mail", "--yes", "--city", west, "portal-2026", "A script on the card page was changed.")
		must("mail", "--yes", "--city", west, "portal-2026", "A script on the card page was changed.")
		queued := 0
		for _, r := range o.rows() {
			if r.table == "outbox_messages" && r.cells["kind"] == "town_warning" && r.city() == west {
				queued++
			}
		}
		if queued != 1 {
			o.Errorf("%d mails are queued", queued)
		}
		must("acknowledged", "--yes", "--city", west, "--by", "Bo Example, city manager", "--evidence", "his answer", "portal-2026")
		said := must("list")
		if strings.Index(said, east+"  portal-2026: not sent for 0 hours") != 0 || !strings.Contains(said, west+"  portal-2026: acknowledged") || !strings.Contains(said, "by law: immediately; Tex. Bus.") {
			o.Errorf("the list:\n%s", said)
		}
		if own := must("list", "--city", east); strings.Contains(own, west) {
			o.Errorf("a town's own list names another:\n%s", own)
		}
		o.clk.Set(clock.System().Now().Add(25 * time.Hour))
		o.must(o.warnTowns(o.Context()))
		o.must(o.warnTowns(o.Context()))
		if n := strings.Count(o.said.String(), "alarm=town_not_told"); n != 1 {
			o.Errorf("%d alarms", n)
		}
	})
}
