package bench

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"clearwell/internal/payment"
)

// template is the rows that one payment has left, to be written again under
// other keys: so a baseline writes the same rows and the same bytes.
type template struct {
	rows []row
	keys []string // the parts of the texts that differ from payment to payment
}

// row is a stored row: int64 and string, nothing else.
type row struct {
	table   string
	columns []string
	values  []any
}

// compared is the city that baselines write for; it is as long as sampletown.
const compared = "comparison"

// learn reads the rows of a payment.
func learn(ctx context.Context, from *sql.DB, made payment.Payment) (template, error) {
	attempt := made.Attempt.String()
	var t template
	for _, source := range []struct{ table, key, value string }{
		{"payments", "id", made.ID.String()},
		{"payment_attempts", "id", attempt},
		{"ledger_entries", "source_id", attempt},
		{"exposures", "id", made.Exposure.String()},
		{"exposure_outcomes", "attempt_id", attempt},
		{"audit_unsealed", "thing", made.ID.String()},
	} {
		rows, err := read(ctx, from, source.table, source.key, source.value)
		if err != nil {
			return t, fmt.Errorf("reading %s of a payment: %w", source.table, err)
		}
		t.rows = append(t.rows, rows...)
	}
	t.keys = []string{body(made.ID.String()), body(attempt), body(made.Exposure.String()), made.Confirmation, string(made.UtilityAccount)}
	for _, r := range t.rows {
		if r.table == "audit_unsealed" {
			t.keys = append(t.keys, body(r.values[slices.Index(r.columns, "id")].(string)))
		}
	}
	return t, nil
}

// body is an identifier without its prefix.
func body(identifier string) string {
	_, rest, _ := strings.Cut(identifier, "_")
	return rest
}

func read(ctx context.Context, from *sql.DB, table, key, value string) ([]row, error) {
	rows, err := from.QueryContext(ctx, "select * from "+table+" where city_id = $1 and "+key+" = $2", string(sampletown), value)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all []row
	for rows.Next() {
		r := row{table, columns, make([]any, len(columns))}
		into := make([]any, len(columns))
		for i := range r.values {
			into[i] = &r.values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// bytes is how much text and how many numbers of eight bytes the rows hold.
func (t template) bytes() int {
	sum := 0
	for _, r := range t.rows {
		for _, value := range r.values {
			if text, isText := value.(string); isText {
				sum += len(text)
			} else {
				sum += 8
			}
		}
	}
	return sum
}

// varying is how many digits at the end of a key number the payment.
func varying(key string) int { return min(len(key), 12) }

// fresh are the keys of the n-th writing, each behind the key it stands for.
// They keep their length, and grow with n, as time-ordered ones do. No two get
// one number: identifiers made within a millisecond differ in these digits only.
func (t template) fresh(n int) *strings.Replacer {
	pairs := []string{string(sampletown), compared}
	for i, key := range t.keys {
		pairs = append(pairs, key, key[:len(key)-varying(key)]+fmt.Sprintf("%0*d", varying(key), n*len(t.keys)+i))
	}
	return strings.NewReplacer(pairs...)
}

// insert is a statement with its arguments.
type insert struct {
	sql  string
	args []any
}

// inserts are the statements of a template, made once, with the places of the
// values that differ.
type inserts struct {
	template

	fixed  []insert
	varies [][]int
}

func (t template) prepare() inserts {
	all := inserts{template: t}
	none := t.fresh(0)
	for _, r := range t.rows {
		var places []int
		for i, value := range r.values {
			if text, isText := value.(string); isText && none.Replace(text) != text {
				places = append(places, i)
			}
		}
		all.fixed, all.varies = append(all.fixed, insert{r.insert(), r.values}), append(all.varies, places)
	}
	return all
}

// of are the statements of the n-th writing.
func (all inserts) of(n int) []insert {
	fresh := all.fresh(n)
	made := slices.Clone(all.fixed)
	for i, places := range all.varies {
		made[i].args = slices.Clone(made[i].args)
		for _, place := range places {
			made[i].args[place] = fresh.Replace(made[i].args[place].(string))
		}
	}
	return made
}

func (r row) insert() string {
	marks := make([]string, len(r.columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return "insert into " + r.table + " (" + strings.Join(r.columns, ", ") + ") values (" + strings.Join(marks, ", ") + ")"
}

// statement is all rows in one statement of PostgreSQL, numbered by the SQL
// expression n.
func (t template) statement(n string) string {
	var parts []string
	for i, r := range t.rows {
		values := make([]string, len(r.values))
		for j, value := range r.values {
			values[j] = t.expression(value)
		}
		parts = append(parts, fmt.Sprintf("row%d as (insert into %s (%s) select %s from k)",
			i, r.table, strings.Join(r.columns, ", "), strings.Join(values, ", ")))
	}
	return "with k as (select " + t.keyColumns(n) + "), " + strings.Join(parts, ", ") + " select 1"
}

// keyColumns makes each fresh key once.
func (t template) keyColumns(n string) string {
	columns := make([]string, len(t.keys))
	for i, key := range t.keys {
		width := varying(key)
		columns[i] = fmt.Sprintf("%s || lpad(cast((%s) * %d + %d as text), %d, '0') as key%d", quoted(key[:len(key)-width]), n, len(t.keys), i, width, i)
	}
	return strings.Join(columns, ", ")
}

// expression writes a value as SQL, with the keys in it taken from k.
func (t template) expression(value any) string {
	text, isText := value.(string)
	if !isText {
		return fmt.Sprint(value)
	}
	if text == string(sampletown) {
		text = compared
	}
	written := quoted(text)
	for i, key := range t.keys {
		written = strings.ReplaceAll(written, key, fmt.Sprintf("' || k.key%d || E'", i))
	}
	return strings.TrimSuffix(strings.TrimPrefix(written, "E'' || "), " || E''")
}

// quoted is a literal. A colon is escaped, because pgbench takes ":web" for a
// variable even inside a text.
func quoted(text string) string {
	return "E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`, `:`, `\x3a`).Replace(text) + "'"
}
