package app

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/clock"
)

// setUp makes an installation by init, and gives its configuration.
func setUp(t *testing.T, answers string) (config string) {
	t.Helper()
	folder := t.TempDir()
	var said bytes.Buffer
	if status := Run(t.Context(), Process{Args: []string{"init", folder}, In: strings.NewReader(answers), Out: &said, Err: &said}); status != statusDone {
		t.Fatalf("init ended with %d: %s", status, &said)
	}
	return filepath.Join(folder, "clearwell.yaml")
}

func opened(t *testing.T, config string) *works {
	t.Helper()
	cfg, err := readConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	k, err := readKeys(cfg.Keys)
	if err != nil {
		t.Fatal(err)
	}
	w, err := open(t.Context(), cfg, k, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// The database, its write-ahead log and the sandbox's journal could be read by
// everybody on the machine.
func TestWhatIsKeptIsForItsOwnerAlone(t *testing.T) {
	for what, began := range map[string]bool{"fresh": false, "of an earlier release": true} {
		config := setUp(t, "City of Frijole Flats\n")
		database := filepath.Join(filepath.Dir(config), "data", "clearwell.db")
		if began {
			openToAll(t, database)
		}
		opened(t, config)
		looked := 0
		err := filepath.WalkDir(filepath.Dir(config), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			looked++
			info, err := entry.Info()
			if err == nil && info.Mode().Perm()&others != 0 {
				t.Errorf("%s: %s has mode %#o", what, path, info.Mode().Perm())
			}
			return err
		})
		if err != nil || looked < 7 {
			t.Errorf("%s: looked at %d files, %v", what, looked, err)
		}
	}
}

// openToAll lays a file that everybody may read.
func openToAll(t *testing.T, path string) {
	t.Helper()
	for _, err := range []error{
		os.Mkdir(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o644), os.Chmod(path, 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A keyset that everybody could read was taken, because nothing opened it.
func TestEveryKeyFileIsLookedAt(t *testing.T) {
	for _, name := range []string{keyOfSecrets, keyOfDigests, keyOfAudit} {
		keys := filepath.Join(filepath.Dir(setUp(t, "City of Frijole Flats\n")), "keys")
		if _, err := readKeys(keys); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(keys, name), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readKeys(keys); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%s at 0644 is taken: %v", name, err)
		}
		if err := os.Remove(filepath.Join(keys, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := readKeys(keys); err == nil {
			t.Errorf("%s is missing, and nobody says so", name)
		}
	}
}

func TestAConfigurationWithAPasswordIsNotForAll(t *testing.T) {
	for text, secret := range map[string]bool{
		"database: postgres://u:hunter2@h/d\n":                                     true,
		"database: postgres://u@h/d?password=hunter2\n":                            true,
		"mail: {smtp: {host: h, user: u, password: hunter2}, from: a@b.example}\n": true,
		"database: postgres://u@h/d\n":                                             false,
		"data: d\n":                                                                false,
	} {
		for mode, refused := range map[fs.FileMode]bool{0o600: false, 0o640: false, 0o644: true, 0o660: true, 0o604: true} {
			path := configFile(t, text)
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			_, err := readConfig(path)
			if (err != nil) != (secret && refused) || err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q with mode %#o: %v", text, mode, err)
			}
		}
	}
}

// Without TLS, residents' visits can be taken over by whoever is on the way.
func TestPlainIsForOnesOwnMachine(t *testing.T) {
	for listen, taken := range map[string]bool{
		"127.0.0.1:8080": true, "localhost:8080": true, "'[::1]:8080'": true, "127.8.8.8:80": true,
		"0.0.0.0:8080": false, "':8080'": false, "'[::]:8080'": false, "10.0.0.1:8080": false, "pay.example.com:80": false,
	} {
		_, err := readConfig(configFile(t, "plain: true\nlisten: "+listen+"\n"))
		if (err == nil) != taken {
			t.Errorf("plain on %s: %v", listen, err)
		}
		if _, err := readConfig(configFile(t, "listen: "+listen+"\n")); err != nil {
			t.Errorf("behind a proxy, on %s: %v", listen, err)
		}
	}
	for listen, plain := range map[string]bool{"127.0.0.1:8080": true, "0.0.0.0:8080": false} {
		cfg, err := readConfig(setUp(t, "City of Frijole Flats\n\n\n\n\n\n\n"+listen+"\n\n"))
		if err != nil || cfg.Plain != plain {
			t.Errorf("init for %s: plain is %v, %v", listen, cfg.Plain, err)
		}
	}
}

// An export was as readable as the shell made it, and half of one stayed behind.
func TestAnExportIsForItsOwnerAlone(t *testing.T) {
	config := setUp(t, "City of Frijole Flats\n")
	out := filepath.Join(t.TempDir(), "log.jsonl")
	var said bytes.Buffer
	status := Run(t.Context(), Process{Args: []string{"audit", "export", "--config", config, "--out", out, "sampletown"}, Out: &said, Err: &said})
	info, err := os.Stat(out)
	if status != statusDone || err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 || said.Len() > 0 && strings.Contains(said.String(), "format") {
		t.Errorf("status %d, %v, %v: %s", status, info, err, &said)
	}
}
