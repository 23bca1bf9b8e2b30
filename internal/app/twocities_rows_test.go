package app

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// row is a row of any table, as stored.
type row struct {
	table string
	cells map[string]any
}

func (r row) city() string { return fmt.Sprint(r.cells["city_id"]) }

func (r row) String() string {
	var b strings.Builder
	b.WriteString(r.table)
	for _, name := range sortedKeys(r.cells) {
		fmt.Fprintf(&b, " %s=%v", name, r.cells[name])
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// tables lists all tables and their columns, by asking the database: what a
// migration adds is among them.
func (c *cities) tables(ctx context.Context, tx *db.Tx) map[string][]string {
	c.Helper()
	question := `select m.name, p.name from sqlite_master m join pragma_table_info(m.name) p
		where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, p.cid`
	if c.db.Dialect() == db.Postgres {
		question = `select cast(table_name as text), cast(column_name as text) from information_schema.columns
			where table_schema = current_schema() order by table_name, ordinal_position`
	}
	rows, err := tx.Query(ctx, question)
	c.must(err)
	columns := map[string][]string{}
	c.must(rows.Each(func(scan func(...any) error) error {
		var table, column string
		err := scan(&table, &column)
		columns[table] = append(columns[table], column)
		return err
	}))
	delete(columns, "schema_versions") // of the migrations; it has no city
	return columns
}

// rows reads every row of every table.
func (c *cities) rows() []row {
	c.Helper()
	var all []row
	c.must(c.db.Read(c.Context(), id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		for table, columns := range c.tables(ctx, tx) {
			if !slices.Contains(columns, "city_id") {
				c.Fatalf("%s does not say whose its rows are", table)
			}
			rows, err := tx.Query(ctx, "select "+strings.Join(columns, ", ")+" from "+table)
			if err != nil {
				return err
			}
			err = rows.Each(func(scan func(...any) error) error {
				cells := make([]any, len(columns))
				into := make([]any, len(columns))
				for i := range cells {
					into[i] = &cells[i]
				}
				err := scan(into...)
				r := row{table, map[string]any{}}
				for i, column := range columns {
					r.cells[column] = cells[i]
				}
				all = append(all, r)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return all
}

// state is all that is stored of a city, but for the tables left out.
func (c *cities) state(p *place, but ...string) []string {
	c.Helper()
	var lines []string
	for _, r := range c.rows() {
		if r.city() == string(p.slug) && !slices.Contains(but, r.table) {
			lines = append(lines, r.String())
		}
	}
	slices.Sort(lines)
	return lines
}

// untouched fails when doing something changes a city.
func (c *cities) untouched(what string, p *place, do func()) {
	c.Helper()
	before := c.state(p)
	do()
	for _, line := range difference(before, c.state(p)) {
		c.Errorf("%s: changes %s: %s", what, p.slug, line)
	}
}

func difference(before, after []string) []string {
	var lines []string
	for _, line := range before {
		if _, kept := slices.BinarySearch(after, line); !kept {
			lines = append(lines, "- "+line)
		}
	}
	for _, line := range after {
		if _, old := slices.BinarySearch(before, line); !old {
			lines = append(lines, "+ "+line)
		}
	}
	return lines
}

// canaries are the texts of one city: every text in every row of every table
// that no row of the other city holds, every amount as it is printed, and what
// only its visitor knows.
func (c *cities) canaries(of, other *place) []string {
	c.Helper()
	var theirs strings.Builder
	var mine []string
	for _, r := range c.rows() {
		for column, cell := range r.cells {
			text := printed(column, cell)
			switch r.city() {
			case string(of.slug):
				mine = append(mine, text)
			case string(other.slug):
				theirs.WriteString(text + "\n")
			}
		}
	}
	mine = append(mine, of.named["visit"]...)
	for _, secret := range of.visitor.cookies {
		mine = append(mine, secret)
	}
	known := theirs.String()
	mine = slices.DeleteFunc(mine, func(text string) bool { return len(text) < 5 || strings.Contains(known, text) || isDate(text) })
	slices.SortFunc(mine, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	mine = slices.Compact(mine)
	if len(mine) < 100 {
		c.Fatalf("only %d texts tell %s from %s", len(mine), of.slug, other.slug)
	}
	return mine
}

// isDate: a day is everybody's, also where only one city has met it yet.
func isDate(text string) bool {
	_, err := calendar.Parse(text)
	return err == nil
}

func printed(column string, cell any) string {
	switch cell := cell.(type) {
	case string:
		return cell
	case int64:
		if strings.HasSuffix(column, "_cents") {
			return dollars(cell)
		}
	}
	return ""
}

// silent fails when a text holds a canary. What was sent may come back.
func (c *cities) silent(what, text string, canaries []string, sent ...string) {
	c.Helper()
	for _, s := range sent {
		text = strings.ReplaceAll(text, s, "")
	}
	for _, canary := range canaries {
		if strings.Contains(text, canary) {
			c.Errorf("%s: tells %q:\n%.2000s", what, canary, text)
			return
		}
	}
}

// tells fails when a text holds nothing of a city: it then proves nothing that
// it holds nothing of the other.
func (c *cities) tells(what, text string, canaries []string) {
	c.Helper()
	if !slices.ContainsFunc(canaries, func(canary string) bool { return strings.Contains(text, canary) }) {
		c.Errorf("%s: tells nothing of its own city:\n%.2000s", what, text)
	}
}

var (
	posting  = regexp.MustCompile(`<form[^>]*method="post"[^>]*action="([^"]*)"`)
	hiddenIn = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// firstForm reads where a page's first form goes, and what it carries.
func firstForm(page string) (action string, hidden url.Values) {
	hidden = url.Values{}
	for _, field := range hiddenIn.FindAllStringSubmatch(page, -1) {
		hidden.Set(field[1], field[2])
	}
	if found := posting.FindStringSubmatch(page); found != nil {
		action = found[1]
	}
	return action, hidden
}

// The two cities are as like as can be, and each is told apart by what it holds:
// otherwise nothing here proves anything.
func TestTwoCitiesAreToldApart(t *testing.T) {
	each(t, func(c *cities) {
		c.both(func(here, other *place) {
			mine, theirs := c.canaries(here, other), c.canaries(other, here)
			for step, path := range map[string]string{
				"bill": "/bill/" + here.named["visit"][2], "review": "/review/" + here.steps["reviewed"].String(),
				"receipt": "/pay/done/" + here.named["payment"][0],
			} {
				page := c.ask("GET", here.host, path, here.visitor.cookies, nil)
				c.tells(step+" of "+string(here.slug), page.text(), mine)
				c.silent(step+" of "+string(here.slug), page.text(), theirs)
			}
		})
		filled := map[string]map[string]bool{"eastwell": {}, "westwell": {}}
		for _, r := range c.rows() {
			if filled[r.city()] != nil {
				filled[r.city()][r.table] = true
			}
		}
		if len(filled["eastwell"]) < 18 || len(filled["eastwell"]) != len(filled["westwell"]) {
			c.Errorf("the story fills these tables only: %v", filled)
		}
	})
}
