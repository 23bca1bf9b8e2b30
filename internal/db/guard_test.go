package db_test

import (
	"strings"
	"testing"

	"clearwell/internal/clock"
	"clearwell/internal/db/dbtest"
)

// Tables that hold nothing of any city's.
var ofNoCity = map[string]bool{"schema_versions": true}

func names(t *testing.T, rows interface {
	Next() bool
	Scan(...any) error
	Err() error
}) []string {
	t.Helper()
	var found []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		found = append(found, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEveryTableIsGuardedOnPostgres(t *testing.T) {
	d := dbtest.Postgres(t, clock.NewManual(dbtest.Began))
	rows, err := d.Handle().SQL.QueryContext(t.Context(), `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'public' and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid))`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for _, table := range names(t, rows) {
		if !ofNoCity[table] {
			t.Errorf("table %s is not under forced row-level security: its migration must select clearwell_guard('%s')", table, table)
		}
	}
}

// The two schemas are written apart; they must have the same tables and columns,
// and the city must lead each primary key.
func TestBothSchemasAreOne(t *testing.T) {
	lite := dbtest.SQLite(t, clock.NewManual(dbtest.Began))
	rows, err := lite.Handle().Reader.QueryContext(t.Context(), `select m.name || '.' || c.name || case when c.pk = 1 then ' leads' else '' end
		from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%' order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	columns := names(t, rows)
	rows.Close()
	leads := map[string]string{}
	for _, column := range columns {
		table, _, _ := strings.Cut(column, ".")
		if strings.HasSuffix(column, " leads") {
			leads[table] = column
		}
	}
	for table, column := range leads {
		if column != table+".city_id leads" && !ofNoCity[table] {
			t.Errorf("%s of %s: the city must lead the primary key", column, table)
		}
	}
	pg := dbtest.Postgres(t, clock.NewManual(dbtest.Began))
	rows, err = pg.Handle().SQL.QueryContext(t.Context(), `select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	there := map[string]bool{}
	for _, column := range names(t, rows) {
		there[column] = true
	}
	for _, column := range columns {
		name := strings.TrimSuffix(column, " leads")
		if !there[name] && !ofNoCity[strings.Split(name, ".")[0]] {
			t.Errorf("column %s is in SQLite's schema and not in PostgreSQL's", name)
		}
		delete(there, name)
	}
	for column := range there {
		if !ofNoCity[strings.Split(column, ".")[0]] {
			t.Errorf("column %s is in PostgreSQL's schema and not in SQLite's", column)
		}
	}
}
