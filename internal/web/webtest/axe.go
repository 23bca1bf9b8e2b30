package webtest

import (
	"os"
	"path/filepath"
)

// Axe lists what axe-core finds wrong with the page, by the rules of WCAG 2.2 at
// levels A and AA and its own best practices. The checker is fetched by npm with
// the build tools of the pages and is no part of the program (its licence is
// MPL-2.0); without it the test is skipped.
func (b *Tab) Axe() []string {
	b.t.Helper()
	checker, err := os.ReadFile(checkerPath())
	if err != nil {
		b.t.Skip("axe-core is not there: run `npm ci` in internal/web/ui/build")
	}
	b.Do(discard(string(checker) + "; undefined"))
	return Ask[[]string](b, `axe.run(document, {
		preload: false,
		iframes: false,
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	}).then((found) => found.violations.flatMap((v) => v.nodes.map((n) =>
		v.id + ": " + v.help + " — " + n.html.slice(0, 160) + " — " + (n.failureSummary || "").replace(/\s+/g, " "))))`)
}

// checkerPath goes up from the package under test to the module's folder, since a
// build may not tell where its sources are.
func checkerPath() string {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil || folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	return filepath.Join(folder, "internal", "web", "ui", "build", "node_modules", "axe-core", "axe.min.js")
}
