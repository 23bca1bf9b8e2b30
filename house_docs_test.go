package clearwell

// What documents say about the code.

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"testing"
)

// named finds the names of tests in prose. They are written as code.
var named = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`")

// A promise that names its test must not outlive it.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	enforce(t, func(r repository) []string {
		tests := map[string]bool{}
		for _, s := range r.code {
			for f := range nodes[*ast.FuncDecl](s) {
				tests[f.Name.Name] = tests[f.Name.Name] || s.isTest()
			}
		}
		var all []string
		for name, text := range r.texts {
			if path.Ext(name) != ".md" {
				continue
			}
			for _, at := range named.FindAllStringSubmatchIndex(text, -1) {
				if test := text[at[2]:at[3]]; !tests[test] {
					all = append(all, fmt.Sprintf("%s:%d: there is no %s", name, lineOf(text, at[0]), test))
				}
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- docs/threats.md --\nProved by `TestNoCardEnters`.\n",
			"-- docs/threats.md --\nProved by `TestCards`.\n-- internal/till/till.go --\npackage till\nfunc TestCards() {}\n",
		},
		good: []string{"-- docs/threats.md --\nProved by `TestCards`.\n-- internal/till/till_test.go --\npackage till\nfunc TestCards() {}\n"},
	})
}
