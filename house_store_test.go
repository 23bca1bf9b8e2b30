package clearwell

// Where the database is spoken to.

import (
	"fmt"
	"go/ast"
	"go/token"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// statement recognises SQL by how it begins, and by enough of how it goes on to
// tell it from English.
var statement = regexp.MustCompile(`(?is)^\s*(with\s.+\sas\s*\(.*|insert\s+(or\s+\w+\s+)?into\s.*|update\s+\S+\s+(as\s+\w+\s+)?set\s.*|delete\s+from\s.*|select\s.+\sfrom\s.*|(create|alter|drop)\s+(table|index|view)\s.*)$`)

// written finds the table that a statement writes.
var written = regexp.MustCompile(`(?is)\b(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from)\s+([a-z_]+)`)

// statements finds the SQL in a file: literals, also those put together with +,
// in which anything that is not a literal reads as "?".
func (s *source) statements() iter.Seq2[token.Pos, string] {
	return func(yield func(token.Pos, string) bool) {
		inside := map[ast.Node]bool{} // parts of a sum already read
		for e := range nodes[ast.Expr](s) {
			if inside[e] {
				continue
			}
			text, ok := spell(e, inside)
			if ok && statement.MatchString(text) && !yield(e.Pos(), text) {
				return
			}
		}
	}
}

// spell reads a literal or a sum with one.
func spell(e ast.Expr, inside map[ast.Node]bool) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return unquote(e), e.Kind == token.STRING
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		inside[e.X], inside[e.Y] = true, true
		left, inLeft := spell(e.X, inside)
		right, inRight := spell(e.Y, inside)
		return left + right, inLeft || inRight
	}
	return "?", false
}

func speaksSQL(s *source) bool {
	name := path.Base(s.path)
	return s.isTest() || name == "store.go" || strings.HasPrefix(name, "store_") ||
		s.within("internal/db", "internal/bench", "internal/report")
}

// Where a table is written is where its rules are kept: the store of its owner.
func TestSQLIsInStores(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for _, s := range r.code {
			if speaksSQL(s) {
				continue
			}
			for at, text := range s.statements() {
				all = append(all, s.complain(at, "SQL outside a store: %.40q", text))
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/service.go --\npackage till\nvar q = `\n\tSelect a, b\n\tfrom drawers where city_id = $1`\n",
			"-- internal/till/service.go --\npackage till\nvar q = \"select \" + columns + \" from drawers\"\n",
			"-- internal/till/service.go --\npackage till\nvar q = \"insert into drawers (id) values ($1)\"\n",
			"-- internal/till/service.go --\npackage till\nvar q = \"update drawers set a = 1\"\n",
			"-- internal/till/service.go --\npackage till\nvar q = \"delete from drawers where a = 1\"\n",
			"-- internal/till/service.go --\npackage till\nvar q = \"with a as (select 1) insert into b select * from a\"\n",
		},
		good: []string{
			"-- internal/till/store.go --\npackage till\nvar q = \"delete from drawers where a = 1\"\n",
			"-- internal/till/store_count.go --\npackage till\nvar q = \"delete from drawers where a = 1\"\n",
			"-- internal/till/words.go --\npackage till\nvar help = \"a city may select any tender from the list\"\nvar more = \"update the drawer\"\n",
		},
	})
}

// One table, one owner: two writers are two sets of rules.
func TestOneTableHasOneOwner(t *testing.T) {
	enforce(t, func(r repository) []string {
		owners := map[string][]string{}
		for s := range r.product() {
			if s.within("internal/bench") {
				continue
			}
			for _, text := range s.statements() {
				for _, match := range written.FindAllStringSubmatch(text, -1) {
					table := strings.ToLower(match[1])
					if !slices.Contains(owners[table], s.folder()) && table != "set" {
						owners[table] = append(owners[table], s.folder())
					}
				}
			}
		}
		var all []string
		for table, folders := range owners {
			if len(folders) > 1 {
				all = append(all, fmt.Sprintf("%s is written by %s", table, strings.Join(folders, " and ")))
			}
		}
		return all
	}, examples{
		bad: []string{`
-- internal/till/store.go --
package till
var q = "insert into drawers (id) values ($1) on conflict do update set a = 1"
-- internal/retain/store.go --
package retain
var q = "delete from drawers"
`},
		good: []string{`
-- internal/till/store.go --
package till
var q = "insert into drawers (id) values ($1) on conflict (id) do update set a = 1"
-- internal/retain/store.go --
package retain
var q = "insert into holds (id) values ($1) on conflict (id) do update set a = 1"
-- internal/report/report.go --
package report
var q = "select id from drawers"
`},
	})
}

// working lists the tables of which rows are deleted that are no records, with
// the reason. Deleting from any other asks package retain.
func working() map[string]string {
	return map[string]string{
		"audit_unsealed":   "moved into audit_events in the same transaction",
		"city_addresses":   "made anew from the city file, of which every version is kept",
		"incident_people":  "of a list that is not frozen yet; it is written anew",
		"incident_members": "of a list that is not frozen yet; it is written anew",
		"job_leases":       "who leads at this moment",
		"staged_rows":      "copies of a file, until it is whole",
		"imports":          "one that was cut off, of which nothing was taken",
	}
}

var deleted = regexp.MustCompile(`(?is)\bdelete\s+from\s+([a-z_]+)`)

// unheld reports whether a file asks for the condition of a table.
func unheld(s *source, table string) bool {
	for call := range nodes[*ast.CallExpr](s) {
		called, ok := call.Fun.(*ast.SelectorExpr)
		if ok && called.Sel.Name == "Unheld" && len(call.Args) == 1 && unquote(call.Args[0].(*ast.BasicLit)) == table {
			return true
		}
	}
	return false
}

// A legal hold stops all destruction: no statement that deletes records is
// without its condition.
func TestDestructionAsksRetain(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		for s := range r.product() {
			if s.within("internal/db", "internal/bench") {
				continue
			}
			for at, text := range s.statements() {
				for _, match := range deleted.FindAllStringSubmatch(text, -1) {
					asks := strings.HasSuffix(text, "?") && unheld(s, match[1])
					if working()[match[1]] == "" && !asks {
						all = append(all, s.complain(at, "deletes from %s without retain.Unheld", match[1]))
					}
				}
			}
		}
		return all
	}, examples{
		bad: []string{
			"-- internal/till/store.go --\npackage till\nvar q = \"delete from drawers where a = 1\"\n",
			"-- internal/till/store.go --\npackage till\nvar q = \"delete from drawers where a = 1\" + other(\"drawers\")\n",
		},
		good: []string{
			"-- internal/till/store.go --\npackage till\nvar q = \"delete from drawers where a = 1\" + retain.Unheld(\"drawers\")\n",
			"-- internal/till/store.go --\npackage till\nvar q = \"delete from job_leases where a = 1\"\n",
		},
	})
}

var migrationFolder = regexp.MustCompile(`^internal/db/migration/(\d{4})_[a-z0-9_]+$`)

// A migration says why, and does the same to both databases; two with one number
// would be applied in either order.
func TestMigrationsAreWhole(t *testing.T) {
	enforce(t, func(r repository) []string {
		var all []string
		numbers := map[string]string{}
		for name := range r.paths {
			match := migrationFolder.FindStringSubmatch(name)
			if match == nil {
				continue
			}
			if other := numbers[match[1]]; other != "" {
				all = append(all, name+": has the number of "+other)
			}
			numbers[match[1]] = name
			for _, part := range []string{"note.md", "sqlite.sql", "postgres.sql"} {
				if strings.TrimSpace(r.texts[name+"/"+part]) == "" {
					all = append(all, name+": says nothing in "+part)
				}
			}
		}
		return all
	}, examples{
		bad: []string{`
-- internal/db/migration/0001_begin/note.md --
Begin.
-- internal/db/migration/0001_begin/sqlite.sql --
create table a (b text) strict;
`, `
-- internal/db/migration/0001_begin/note.md --
-- internal/db/migration/0001_begin/sqlite.sql --
create table a (b text) strict;
-- internal/db/migration/0001_begin/postgres.sql --
create table a (b text);
`, `
-- internal/db/migration/0001_begin/note.md --
Begin.
-- internal/db/migration/0001_begin/sqlite.sql --
-- a
-- internal/db/migration/0001_begin/postgres.sql --
-- b
-- internal/db/migration/0001_again/note.md --
Again.
-- internal/db/migration/0001_again/sqlite.sql --
-- a
-- internal/db/migration/0001_again/postgres.sql --
-- b
`},
		good: []string{`
-- internal/db/migration/0001_begin/note.md --
Begin.
-- internal/db/migration/0001_begin/sqlite.sql --
create table a (b text) strict;
-- internal/db/migration/0001_begin/postgres.sql --
create table a (b text);
`},
	})
}
