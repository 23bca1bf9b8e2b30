package app

import (
	"strings"
	"testing"
)

// A duty that is done leaves the top of the list and says by what; one that is
// taken back stands there again. Nothing is written without --yes, and what the
// law does not have is refused.
func TestDutiesAreMarkedDone(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		incident := func(command string, args ...string) ran {
			return run(o.T, append([]string{"incident", command, "--config", o.config, "--city", string(o.slug)}, args...)...)
		}
		must := func(command string, args ...string) string {
			o.Helper()
			got := incident(command, args...)
			if got.status != statusDone {
				o.Fatalf("%s ends with %d: %s", command, got.status, got.err)
			}
			return got.out
		}
		must("open", "portal", "capture", "web_frame")
		must("fact", "--on", "2026-01-05", "--at", "09:00", "--evidence", "a call", "portal", "discovered")
		must("fact", "--on", "2026-01-05", "--evidence", "the report", "portal", "determined")
		did := []string{"--on", "2026-03-07", "--by", "Ana Diaz", "--evidence", "mailing 1", "portal", "tx-individuals"}
		before := must("clocks", "portal")
		if at := strings.Index(before, "Texas: The people affected"); at < 0 || at > strings.Index(before, "not required") {
			o.Errorf("it is not open at first:\n%s", before)
		}
		if must("done", did...); strings.Contains(must("clocks", "portal"), "mailing 1") {
			o.Error("a dry run writes")
		}
		must("done", append([]string{"--yes"}, did...)...)
		after := must("clocks", "portal")
		for _, want := range []string{
			"done March 7, 2026 by Ana Diaz: mailing 1  Texas: The people affected", "after its last day, March 6, 2026", "tx-individuals; ",
			"Number of residents already told by mail or in person: 0",
		} {
			if !strings.Contains(after, want) {
				o.Errorf("it does not say %q:\n%s", want, after)
			}
		}
		if strings.Index(after, "done March 7") < strings.Index(after, "Card networks: Visa, the cards") {
			o.Errorf("what is done stands before what is open:\n%s", after)
		}
		if es := must("clocks", "--language", "es", "portal"); !strings.Contains(es, "cumplido el 7 de marzo de 2026 por Ana Diaz") {
			o.Errorf("in Spanish:\n%s", es)
		}
		if got := incident("done", append([]string{"--yes"}, did...)...); got.status == statusDone {
			o.Error("it is done twice")
		}
		if got := incident("done", "--yes", "--on", "2026-03-07", "--evidence", "x", "portal", "tx-nobody"); got.status == statusDone || !strings.Contains(got.err, "tx-nobody") {
			o.Errorf("a duty that is none: %s", got.err)
		}
		must("undone", "--yes", "--reason", "the mailing was lost", "portal", "tx-individuals")
		if now := must("clocks", "portal"); strings.Contains(now, "mailing 1") {
			o.Errorf("it is still done:\n%s", now)
		}
	})
}
