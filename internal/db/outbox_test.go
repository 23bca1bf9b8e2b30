package db_test

import (
	"os"
	"path/filepath"
	"testing"

	"clearwell/internal/clock"
	"clearwell/internal/db/dbtest"
)

// The mail that waits when a release begins to send alarms is there afterwards,
// and goes on waiting; a kind that nobody knows is still refused.
func TestMailThatWaitsOutlivesTheKindsOfMail(t *testing.T) {
	d := dbtest.Open(t, "sqlite:"+filepath.Join(t.TempDir(), "town.db"), clock.System())
	run := func(sql string) error {
		_, err := d.Handle().SQL.ExecContext(t.Context(), sql)
		return err
	}
	step := func(name string) {
		text, err := os.ReadFile(filepath.Join("migration", name, "sqlite.sql"))
		if err == nil {
			err = run(string(text))
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	message := func(key, kind string) error {
		return run(`insert into outbox_messages (city_id, id, key, kind, recipient, language, content, state, attempts, next_at, queued_at, settled_at)
			values ('waco', '` + key + `', '` + key + `', '` + kind + `', 'ana@example.com', 'es', '{"a":1}', 'sending', 3, 40, 50, 0)`)
	}
	step("0070_notify")
	if err := message("before", "receipt"); err != nil {
		t.Fatal(err)
	}
	if err := message("too soon", "page_alarm"); err == nil {
		t.Fatal("an alarm is taken before the step: this proves nothing")
	}
	step("0116_outbox_alarms")
	var line string
	err := d.Handle().SQL.QueryRowContext(t.Context(), `select city_id || id || key || kind || recipient || language || content || state || attempts || next_at || queued_at || settled_at
		from outbox_messages`).Scan(&line)
	if want := `wacobeforebeforereceiptana@example.comes{"a":1}sending340500`; err != nil || line != want {
		t.Errorf("%s, %v", line, err)
	}
	if err := message("after", "page_alarm"); err != nil {
		t.Error(err)
	}
	if err := message("before", "receipt"); err == nil {
		t.Error("a key is taken twice")
	}
	if err := message("other", "letter"); err == nil {
		t.Error("a kind that nobody knows is taken")
	}
}
