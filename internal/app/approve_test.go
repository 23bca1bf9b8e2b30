package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/approval"
	"clearwell/internal/clock"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
)

// Two people with keys of their own, made and used by command: one asks, the
// other approves the text that is printed.
func TestPeopleApproveByCommand(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	lines := []string{"people:"}
	for _, name := range []string{"ada", "bo"} {
		made := run(t, "person", "new", "--out", in(name+".key"), name)
		at := strings.Index(made.out, "  - ")
		if made.status != statusDone || at < 0 {
			t.Fatalf("making a key: %+v", made)
		}
		lines = append(lines, strings.TrimSpace(made.out[at:]))
		if again := run(t, "person", "new", "--out", in(name+".key"), name); again.status == statusDone {
			t.Error("a key was overwritten")
		}
	}
	config := in("clearwell.yaml")
	if err := writeNew(config, []byte("database: sqlite:"+dbtest.SQLiteFile(t)+"\n"+strings.Join(lines, "\n")+"\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := demoKeys(in("keys")); err != nil {
		t.Fatal(err)
	}
	cfg, err := readConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	request, err := approval.New(dbtest.SQLite(t, clock.System()), cfg.people).
		Write(approval.Draft{City: id.Everyone, Action: "test.do", Content: "something", By: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	whole := func(input string, args ...string) ran {
		t.Helper()
		return runWith(t, input, append(args, "--config", config, "--installation")...)
	}
	asked := runWith(t, request.Text(), "approve", "--key", in("ada.key"))
	if !strings.Contains(asked.err, "You sign as ada") || !strings.Contains(asked.err, "something") {
		t.Errorf("who signs is not shown what: %s", asked.err)
	}
	if got := whole(asked.out, "approval", "take"); !strings.Contains(got.out, "Somebody else signs it next") {
		t.Errorf("asking: %+v", got)
	}
	if got := whole(asked.out, "approval", "take"); got.status == statusDone || !strings.Contains(got.err, "somebody else must approve it") {
		t.Errorf("approving alone: %+v", got)
	}
	shown := whole("", "approval", "show", request.ID.String())
	approved := runWith(t, shown.out, "approve", "--key", in("bo.key"))
	if got := whole(approved.out, "approval", "take"); !strings.Contains(got.out, "is approved by bo") {
		t.Errorf("approving: %+v", got)
	}
	if got := whole("", "approval", "list"); !strings.Contains(got.out, "approved") || !strings.Contains(got.out, "asked by ada") {
		t.Errorf("the list: %+v", got)
	}
	if err := os.Chmod(in("bo.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := runWith(t, shown.out, "approve", "--key", in("bo.key")); got.status == statusDone {
		t.Error("a key that others may read signs")
	}
}

// A key with a passphrase signs for whoever knows it.
func TestALockedKeySignsForItsOwner(t *testing.T) {
	folder := t.TempDir()
	in := func(name, text string) string {
		path := filepath.Join(folder, name)
		if text != "" {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	words, wrong := in("words", "water tower under snow\n"), in("wrong", "water tower under rain\n")
	if made := run(t, "person", "new", "--passphrase", words, "--out", in("ada.key", ""), "ada"); made.status != statusDone || strings.Contains(made.err, "no passphrase") {
		t.Fatalf("making a key: %+v", made)
	}
	if made := run(t, "person", "new", "--passphrase", in("short", "short"), "--out", in("bo.key", ""), "bo"); made.status == statusDone {
		t.Error("a passphrase of five signs is taken")
	}
	if made := run(t, "person", "new", "--out", in("cy.key", ""), "cy"); !strings.Contains(made.err, "It has no passphrase") {
		t.Errorf("nobody is told that a key is open: %+v", made)
	}
	request, err := approval.New(dbtest.SQLite(t, clock.System()), approval.People{}).
		Write(approval.Draft{City: id.Everyone, Action: "test.do", Content: "something", By: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(more ...string) ran {
		return runWith(t, request.Text(), append([]string{"approve", "--key", in("ada.key", "")}, more...)...)
	}
	if got := sign("--passphrase", words); got.status != statusDone || !strings.Contains(got.out, "\u2014 ada ") {
		t.Errorf("with the passphrase: %+v", got)
	}
	if got := sign("--passphrase", wrong); got.status == statusDone || got.out != "" {
		t.Errorf("with another: %+v", got)
	}
	if got := sign(); got.status == statusDone || !strings.Contains(got.err, "--passphrase FILE") {
		t.Errorf("with none: %+v", got)
	}
	if err := os.Chmod(words, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := sign("--passphrase", words); got.status == statusDone {
		t.Error("a passphrase that others may read is taken")
	}
}

// runWith runs a command that reads.
func runWith(t *testing.T, input string, args ...string) ran {
	t.Helper()
	var out, problems bytes.Buffer
	nothing := func(string) (string, bool) { return "", false }
	status := Run(t.Context(), Process{Args: args, Lookup: nothing, In: strings.NewReader(input), Out: &out, Err: &problems})
	return ran{status, out.String(), problems.String()}
}
