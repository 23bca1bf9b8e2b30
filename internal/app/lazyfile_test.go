package app

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A link in the drop folder let the importer overwrite any file of the service's
// user.
func TestAFileIsNotWrittenThroughALink(t *testing.T) {
	for what, size := range map[string]int{"held": 10, "much": 3 * holdsBytes} {
		folder := t.TempDir()
		precious, dropped := filepath.Join(folder, "precious"), filepath.Join(folder, "drop", "bills.csv.rejects.csv")
		for _, err := range []error{
			os.WriteFile(precious, []byte("keys"), 0o600),
			os.Mkdir(filepath.Dir(dropped), 0o700),
			os.Symlink(precious, dropped),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		l := &lazyFile{path: dropped}
		if _, err := l.Write(bytes.Repeat([]byte("x"), size)); err != nil {
			t.Fatal(err)
		}
		if err := l.keep(); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadFile(precious); err != nil || string(left) != "keys" {
			t.Errorf("%s: what the link leads to is now %d bytes (%v)", what, len(left), err)
		}
		info, err := os.Lstat(dropped)
		if err != nil || !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 || info.Size() != int64(size) {
			t.Errorf("%s: the file is %v (%v)", what, info, err)
		}
	}
}

// A file that is not kept leaves its place, and its folder, as they were.
func TestAFileThatIsNotKeptLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rejects.csv")
	if err := os.WriteFile(path, []byte("of yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &lazyFile{path: path}
	if _, err := l.Write(make([]byte, 2*holdsBytes)); err != nil {
		t.Fatal(err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	text, readErr := os.ReadFile(path)
	if err != nil || readErr != nil || len(left) != 1 || string(text) != "of yesterday" {
		t.Errorf("left behind: %v, %q (%v, %v)", left, text, err, readErr)
	}
}
