package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/report"
)

// An incident is closed when all is done and not before: each thing that is open
// is named, and gone from the list once it is done. A closed one takes nothing
// until it is opened again, and its report stays the same to the letter.
func TestAnIncidentIsClosedWhenNothingIsOpen(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		run := func(command string, args ...string) ran {
			return run(o.T, append([]string{"incident", command, "--config", o.config, "--city", string(o.slug)}, args...)...)
		}
		must := func(command string, args ...string) string {
			o.Helper()
			got := run(command, args...)
			if got.status != statusDone {
				o.Fatalf("%s ends with %d: %s", command, got.status, got.err)
			}
			return got.out
		}
		open := func() []report.Item {
			o.Helper()
			var c report.Closing
			o.must(json.Unmarshal([]byte(must("report", "--json", "portal")), &c))
			return c.Open
		}
		closing := []string{"--yes", "--reason", "all is told", "portal"}
		today := calendar.Of(clock.System().Now(), o.town.Zone).String()
		notice := filepath.Join(o.TempDir(), "notice.yaml")
		o.must(os.WriteFile(notice, []byte(strings.Replace(noticeOf(o.place), "monitoring: monitoring.example\n", "", 1)), 0o600))

		must("open", "portal", "capture", "web_frame")
		if got := run("close", closing...); got.status == statusDone || !strings.Contains(got.out, "Revision 1 is not frozen") {
			o.Fatalf("it is closed: %s", got.out)
		}
		must("freeze", "--yes", "portal")
		for _, fact := range []string{"discovered", "determined", "recovered"} {
			must("fact", "--on", today, "--evidence", "the report", "portal", fact)
		}
		must("mail", "--yes", "--notice", notice, "portal")
		if got := run("close", closing...); got.status == statusDone || !strings.Contains(got.out, "Mailing 1 is not posted") {
			o.Fatalf("with a mailing in the drawer: %s", got.out)
		}
		must("posted", "--yes", "--on", today, "--evidence", "receipt 1", "portal", "1")
		must("told", "--yes", "--content", "web-1", "--way", "substitute", "portal")
		for _, item := range open() {
			if item.What != "duty" {
				o.Errorf("open: %+v", item)
				continue
			}
			must("done", "--yes", "--on", today, "--by", "Ana Diaz", "--evidence", "form 1", "portal", item.Name)
		}
		if must("close", closing[1:]...); strings.Contains(must("report", "portal"), "incident.close") {
			o.Error("a dry run closes it")
		}
		sum := must("close", closing...)
		said := must("report", "portal")
		for _, want := range []string{
			"Incident portal of " + string(o.slug) + ": closed", "Nothing.", "First letters posted", "People exposed", "incident.duty_done", "Texas, The people affected (tx-individuals): done",
			sum[strings.LastIndex(sum, " ")+1 : len(sum)-2],
		} {
			if !strings.Contains(said, want) {
				o.Errorf("the report does not say %q:\n%s", want, said)
			}
		}
		if es := must("report", "--language", "es", "portal"); !strings.Contains(es, "concluido") || !strings.Contains(es, "Nada.") || strings.Contains(es, "individuals (") {
			o.Errorf("in Spanish:\n%s", es)
		}
		for _, late := range [][]string{{"scope", "portal", "capture", "web_frame"}, {"fact", "--on", today, "--evidence", "x", "portal", "told"}, append([]string{"close"}, closing...)} {
			if got := run(late[0], late[1:]...); got.status == statusDone {
				o.Errorf("%s of a closed incident: %s", late[0], got.out)
			}
		}
		must("reopen", "--yes", "--reason", "a letter of the bank", "portal")
		if again := must("close", closing...); again != sum {
			o.Errorf("the same report has another digest: %s%s", sum, again)
		}
	})
}
