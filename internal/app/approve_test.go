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

// runWith runs a command that reads.
func runWith(t *testing.T, input string, args ...string) ran {
	t.Helper()
	var out, problems bytes.Buffer
	nothing := func(string) (string, bool) { return "", false }
	status := Run(t.Context(), Process{Args: args, Lookup: nothing, In: strings.NewReader(input), Out: &out, Err: &problems})
	return ran{status, out.String(), problems.String()}
}
