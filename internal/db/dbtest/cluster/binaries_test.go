package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestNewestVersionWins(t *testing.T) {
	root := filepath.Join(t.TempDir(), "9", "bin") // digits above must not count
	for _, version := range []string{"9.6", "14", "100", "15"} {
		folder := filepath.Join(root, version, "bin")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "initdb"), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	got, err := newest([]string{filepath.Join(root, "*", "bin")})
	if want := filepath.Join(root, "100", "bin"); err != nil || got != want {
		t.Errorf("newest = %q, %v; want %q", got, err, want)
	}
}

func TestNoBinariesSaysWhatToInstall(t *testing.T) {
	if _, err := newest([]string{filepath.Join(t.TempDir(), "*", "bin")}); !errors.Is(err, ErrNoBinaries) {
		t.Errorf("newest of nothing: %v, want ErrNoBinaries", err)
	}
}

func TestReadyMarkInTwoPieces(t *testing.T) {
	log := newServerLog()
	for _, piece := range []string{"LOG: database system is rea", "dy to accept connections\n", "more"} {
		if _, err := log.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-log.ready:
	default:
		t.Error("the mark was not seen")
	}
}
