package clearwell

// What may import what.

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// staircase lists every package, each on a step above all that it may import.
// The floors are those of docs/ARCHITECTURE.md; a package that is not here does
// not belong to the house yet.
//
// A folder and its subfolders go by what imports what: a parser of layouts stands
// below the exchange that uses it, a test kit above what it tests.
var staircase = slices.Concat(ground, engineRoom, records, trade, doors, roof)

var (
	// ground is pure: the standard library, a library or two, and each other.
	ground = []string{
		"internal/fault",
		"internal/money",
		"internal/id",
		"internal/clock",
		"internal/secret",
		"internal/cardscan",
		"internal/logbook",
		"internal/calendar",
		"internal/locale",
		"internal/sbom",
	}
	// engineRoom keeps things and does not know what they mean.
	engineRoom = []string{
		"internal/db/migration",
		"internal/db",
		"internal/db/dbtest/cluster",
		"internal/db/dbtest/cluster/with",
		"internal/db/dbtest",
		"internal/db/dbtest/mortal",
		"internal/audit",
		"internal/retain", // below whoever destroys anything
		"internal/inbox",
		"internal/jobs",
		"internal/control",
		"internal/approval",
		"internal/settings",
		"internal/limit",
		"internal/jail",
	}
	// records are the books: what a town, its residents and its money are.
	records = []string{
		"internal/law",
		"internal/policy",
		"internal/city/colour",
		"internal/city",
		"internal/ledger",
		"internal/billing",
		"internal/routing",
		"internal/instrument",
		"internal/exposure",
		"internal/sighting",
		"internal/notify",
		"internal/access", // logins are told what happens to them
	}
	// trade moves money and explains it.
	trade = []string{
		"internal/processor",
		"internal/processor/processortest",
		"internal/processor/sandbox",
		"internal/processor/stripe/standin",
		"internal/processor/stripe",
		"internal/payment",
		"internal/autopay",
		"internal/till",
		"internal/clearing",
		"internal/reconcile",
		"internal/cis/layout",
		"internal/cis/layouts",
		"internal/cis",
		"internal/letter/imb",
		"internal/letter",
		"internal/incident",
		"internal/mailing",
		"internal/notice",
		"internal/report",
		"internal/sampletown",
	}
	// doors are where people and machines come in. The look stands below the kit
	// that renders with it.
	doors = []string{
		"internal/watch/manifest", // what the kit states of itself, and the prober compares
		"internal/web/ui",
		"internal/web/ui/gallery",
		"internal/web/weight",
		"internal/web/webtest",
		"internal/web",
		"internal/web/resident/view",
		"internal/web/resident",
		"internal/web/counter",
		"internal/web/phone",
		"internal/web/api",
		"internal/web/hook",
		"internal/web/staff",
	}
	// roof is the program. app knows everyone; the commands it offers stand below
	// it, and the outside prober knows only the ground.
	roof = []string{
		"internal/watch/markup",
		"internal/watch/visit",
		"internal/watch/browser",
		"internal/watch",
		"internal/depot", // runs where the town wants it, too
		"internal/doctor",
		"internal/sim",
		"internal/bench",
		"internal/app",
		"cmd/clearwell",
		"cmd/tally",
		".", // these rules
	}
)

const module = "clearwell/"

// imports lists the packages of this house that a file imports, by folder.
func (s *source) ours() []string {
	var all []string
	for _, spec := range s.syntax.Imports {
		if folder, ok := strings.CutPrefix(unquote(spec.Path), module); ok {
			all = append(all, folder)
		}
	}
	return all
}

// importing makes a rule: forbidden says why a file may not import a folder, or
// nothing.
func importing(forbidden func(s *source, folder string) string) rule {
	return func(r repository) []string {
		var all []string
		for _, s := range r.code {
			for _, folder := range s.ours() {
				if why := forbidden(s, folder); why != "" {
					all = append(all, fmt.Sprintf("%s: imports %s: %s", s.path, folder, why))
				}
			}
		}
		return all
	}
}

// downstairs: a package imports only lower steps. The tests of a package may
// also use the test kits in its own folders, which stand above it.
func downstairs(s *source, folder string) string {
	switch {
	case s.isTest() && isWithin(folder, s.folder()):
		return ""
	case slices.Index(staircase, folder) < 0:
		return "it is not on the staircase"
	case slices.Index(staircase, folder) >= slices.Index(staircase, s.folder()):
		return "it is not on a lower step"
	}
	return ""
}

// Any part can be read, tested and replaced without what stands on it.
func TestImportsGoDownstairs(t *testing.T) {
	enforce(t, importing(downstairs), examples{
		bad: []string{`
-- internal/money/money.go --
package money
import "clearwell/internal/ledger"
`, `
-- internal/ledger/ledger_test.go --
package ledger
import "clearwell/internal/payment"
`, `
-- internal/payment/payment.go --
package payment
import "clearwell/internal/payment"
`, `
-- internal/web/resident/pay.go --
package resident
import counter "clearwell/internal/web/counter"
`, `
-- internal/payment/payment.go --
package payment
import "clearwell/internal/tea"
`},
		good: []string{`
-- internal/payment/service.go --
package payment
import "clearwell/internal/ledger"
`, `
-- internal/db/db_test.go --
package db_test
import "clearwell/internal/db/dbtest"
import "clearwell/internal/db"
`},
	})
}

// A package gets its step when it is born, not when it is in the way.
func TestEveryPackageIsOnTheStaircase(t *testing.T) {
	listed := func(r repository) []string {
		var all []string
		for _, s := range r.code {
			if !slices.Contains(staircase, s.folder()) {
				all = append(all, s.path+": its package is not on the staircase of house_staircase_test.go")
			}
		}
		return all
	}
	enforce(t, listed, examples{
		bad:  []string{"-- internal/tea/tea.go --\npackage tea\n", "-- internal/payment/deep/deep.go --\npackage deep\n"},
		good: []string{"-- internal/payment/payment.go --\npackage payment\n"},
	})
}

// The staircase has one step for each package, or the rule above means nothing.
func TestStaircaseNamesNothingTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, step := range staircase {
		if seen[step] || path.Clean(step) != step {
			t.Errorf("the staircase has %s twice, or crooked", step)
		}
		seen[step] = true
	}
}

// The prober must run where nothing else of ours does, and share no fault with
// what it watches.
func TestWatchKnowsOnlyTheGround(t *testing.T) {
	enforce(t, importing(func(s *source, folder string) string {
		if s.within("internal/watch") && !slices.Contains(ground, folder) && !isWithin(folder, "internal/watch") {
			return "the prober knows only the ground and its own parts"
		}
		return ""
	}), examples{
		bad: []string{"-- internal/watch/watch.go --\npackage watch\nimport \"clearwell/internal/city\"\n"},
		good: []string{
			"-- internal/watch/watch.go --\npackage watch\nimport \"clearwell/internal/clock\"\n",
			"-- internal/watch/watch.go --\npackage watch\nimport \"clearwell/internal/watch/manifest\"\n",
		},
	})
}

// A door that sees the database re-decides what services have decided; an
// adapter that does keeps state nobody else knows of.
func TestDoorsAndAdaptersNeverSeeTheDatabase(t *testing.T) {
	enforce(t, importing(func(s *source, folder string) string {
		if s.within("internal/web", "internal/processor") && !s.isTest() && isWithin(folder, "internal/db") {
			return "doors and adapters never see the database"
		}
		return ""
	}), examples{
		bad: []string{
			"-- internal/web/staff/holds.go --\npackage staff\nimport \"clearwell/internal/db\"\n",
			"-- internal/web/session.go --\npackage web\nimport \"clearwell/internal/db\"\n",
			"-- internal/processor/sandbox/charge.go --\npackage sandbox\nimport \"clearwell/internal/db\"\n",
		},
		good: []string{"-- internal/web/staff/holds_test.go --\npackage staff\nimport \"clearwell/internal/db/dbtest\"\n"},
	})
}

// Tests need comparison and behaviour, which we have; a framework of assertions
// or mocks is a second language, and tests the mock.
func TestNoFrameworksForTests(t *testing.T) {
	frameworks := []string{"stretchr/testify", "gomock", "onsi/gomega", "onsi/ginkgo", "go-sqlmock", "vektra/mockery"}
	enforce(t, func(r repository) []string {
		var all []string
		for _, s := range r.code {
			for _, imported := range s.imports {
				named := func(name string) bool { return strings.Contains(imported, name) }
				if slices.ContainsFunc(frameworks, named) {
					all = append(all, s.path+": imports "+imported+": the standard library, go-cmp and rapid will do")
				}
			}
		}
		return all
	}, examples{
		bad:  []string{"-- internal/till/till_test.go --\npackage till\nimport \"github.com/stretchr/testify/require\"\n"},
		good: []string{"-- internal/till/till_test.go --\npackage till\nimport \"github.com/google/go-cmp/cmp\"\n"},
	})
}

// pure reports whether a file is one of the rooms of a package that decide and
// never store: in the books and the trade, the noun file too.
func pure(s *source) bool {
	if slices.Contains([]string{"rules.go", "state.go", "doc.go"}, path.Base(s.path)) {
		return true
	}
	asks := []string{"internal/report", "internal/sampletown"} // they do nothing but
	noun := s.folder() + "/" + path.Base(s.folder()) + ".go"
	return s.path == noun && slices.Contains(slices.Concat(records, trade), s.folder()) && !slices.Contains(asks, s.folder())
}

// Decisions that need no database can be tested without one, all of them.
func TestPureFilesNeverSeeTheDatabase(t *testing.T) {
	enforce(t, importing(func(s *source, folder string) string {
		if pure(s) && isWithin(folder, "internal/db") {
			return "nouns and decisions never see the database"
		}
		return ""
	}), examples{
		bad: []string{
			"-- internal/payment/rules.go --\npackage payment\nimport \"clearwell/internal/db\"\n",
			"-- internal/payment/state.go --\npackage payment\nimport \"clearwell/internal/db\"\n",
			"-- internal/payment/payment.go --\npackage payment\nimport \"clearwell/internal/db\"\n",
			"-- internal/audit/doc.go --\npackage audit\nimport \"clearwell/internal/db\"\n",
		},
		good: []string{
			"-- internal/payment/service.go --\npackage payment\nimport \"clearwell/internal/db\"\n",
			"-- internal/inbox/inbox.go --\npackage inbox\nimport \"clearwell/internal/db\"\n",
			"-- internal/report/report.go --\npackage report\nimport \"clearwell/internal/db\"\n",
		},
	})
}

// Four packages post to the book. Were there a fifth, the auditor of one would
// not know where to look.
func TestFourPackagesPost(t *testing.T) {
	allowed := []string{"internal/ledger", "internal/payment", "internal/till", "internal/clearing", "internal/reconcile"}
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			if s.within(allowed...) || !slices.Contains(s.ours(), "internal/ledger") {
				continue
			}
			for name, at := range s.calls() {
				if !strings.HasPrefix(name, "http.") && strings.HasPrefix(path.Ext(name), ".Post") {
					all = append(all, s.complain(at, "%s: only payment, till, clearing and reconcile post to the ledger", name))
				}
			}
		}
		return all
	}, examples{
		bad: []string{`
-- internal/report/report.go --
package report
import "clearwell/internal/ledger"
func f(s service) { s.ledger.PostTx(ctx, tx, ledger.Entry{}) }
`},
		good: []string{`
-- internal/payment/service.go --
package payment
import "clearwell/internal/ledger"
func f(s service) { s.ledger.PostTx(ctx, tx, ledger.Entry{}) }
`, `
-- internal/report/report.go --
package report
import "clearwell/internal/ledger"
func f(s service) { s.ledger.Balance(ctx, tx); http.Post("", "", nil) }
`},
	})
}
