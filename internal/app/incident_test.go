package app

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
)

// A list that leaves the house is for its owner alone, is not a spreadsheet's
// program, and says why each is on it.
func TestAFrozenListLeavesAsInertCSV(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		evil := exposure.Payer{Name: "=HYPERLINK(\"http://x\")", Address: " @SUM(A1)", Email: "+1@x.org"}
		o.must(o.db.Write(o.Context(), o.slug, func(_ context.Context, tx *db.Tx) error {
			occasion := exposure.ShownTx(tx, exposure.Occasion{
				On: calendar.MakeDate(2019, 9, 3), CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
				Service: "water", UtilityAccount: "9",
			})
			exposure.ResultTx(tx, exposure.Result{Occasion: occasion, Attempt: "att_1", Outcome: exposure.Declined, Entry: "typed", Payer: evil})
			return nil
		}))
		incident := func(command string, args ...string) string {
			o.Helper()
			got := run(o.T, append([]string{"incident", command, "--config", o.config, "--city", string(o.slug)}, args...)...)
			if got.status != statusDone {
				o.Fatalf("%s ends with %d: %s", command, got.status, got.err)
			}
			return got.out
		}
		said := incident("open", "portal-2019", "on", "2019-08-27..2019-10-14", "and", "capture", "web_frame")
		if !strings.Contains(said, "people                                  1") || !strings.Contains(said, "outcome declined") {
			o.Errorf("opening says %s", said)
		}
		if said := incident("people", "--all", "--find", "hyperlink", "portal-2019"); !strings.Contains(said, "In: on September 3, 2019; on the town's payment page.") || strings.Contains(said, "Out:") {
			o.Errorf("the one looked for is %s", said)
		}
		if said := incident("people", "--all", "--language", "es", "portal-2019"); !strings.Contains(said, "Fuera: el ") {
			o.Errorf("nobody is out: %s", said)
		}
		incident("freeze", "--yes", "--people", "1", "portal-2019")
		path := filepath.Join(o.TempDir(), "list.csv")
		incident("people", "--csv", path, "portal-2019")
		history, err := o.audit.History(o.Context(), o.slug, "incident/portal-2019")
		o.must(err)
		if last := history[len(history)-1]; last.Action != "incident.export" || !strings.Contains(last.Detail, "list.csv") || last.Actor != string(operator()) {
			o.Errorf("the export is logged as %+v", last)
		}
		info, err := os.Stat(path)
		o.must(err)
		text, err := os.ReadFile(path)
		o.must(err)
		rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		o.must(err)
		if info.Mode().Perm() != 0o600 || len(rows) != 2 || rows[1][3] != "'"+evil.Name || rows[1][4] != "'"+evil.Address || rows[1][10] != "'"+evil.Email {
			o.Errorf("%s: %q", info.Mode(), rows)
		}
		if said := incident("told", "--content", "letter-1", "--yes", "portal-2019"); !strings.HasPrefix(said, "1 people are noted") {
			o.Errorf("telling says %s", said)
		}
		if said := incident("diff", "portal-2019"); !strings.Contains(said, "told already  1") {
			o.Errorf("the difference is %s", said)
		}
		if said := incident("verify", "portal-2019"); !strings.Contains(said, "intact") {
			o.Errorf("verifying says %s", said)
		}
	})
}
