package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clearwell.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnEmptyConfigurationIsOne(t *testing.T) {
	path := configFile(t, "")
	cfg, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(path)
	if want := "sqlite:" + filepath.Join(folder, "data", "clearwell.db"); cfg.Database.Reveal() != want {
		t.Errorf("database = %s, want %s", cfg.Database.Reveal(), want)
	}
	if want := filepath.Join(folder, "keys"); cfg.Keys != want {
		t.Errorf("keys = %s, want %s", cfg.Keys, want)
	}
	if cfg.Listen != "127.0.0.1:8080" || cfg.Sandbox != nil || cfg.Plain {
		t.Errorf("listen %s, sandbox %v, plain %t", cfg.Listen, cfg.Sandbox, cfg.Plain)
	}
}

func TestPathsAreFromTheFolderOfTheFile(t *testing.T) {
	path := configFile(t, "database: sqlite:books/town.db\ncities: [a.yaml, /etc/b.yaml]\nsandbox: {}\n")
	cfg, err := readConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(path)
	if want := "sqlite:" + filepath.Join(folder, "books", "town.db"); cfg.Database.Reveal() != want {
		t.Errorf("database = %s, want %s", cfg.Database.Reveal(), want)
	}
	if cfg.Cities[0] != filepath.Join(folder, "a.yaml") || cfg.Cities[1] != "/etc/b.yaml" {
		t.Errorf("cities = %v", cfg.Cities)
	}
	if cfg.Sandbox.Origin != "http://127.0.0.1:8081" || cfg.Sandbox.notices != "http://127.0.0.1:8080/hooks/sandbox" {
		t.Errorf("sandbox = %+v", cfg.Sandbox)
	}
}

func TestMistakesInAConfiguration(t *testing.T) {
	const password = "hunter2"
	for _, c := range []struct{ name, text, want string }{
		{"an unknown setting", "data: d\nlisten_on: 1\n", "[2:1] unknown field"},
		{"a setting twice", "data: d\ndata: e\n", "[2:1]"},
		{"no list", "cities: {a: b}\n", "[1:"},
		{"no port", "listen: localhost\n", "listen: give host and port"},
		{"an origin with a path", "origin: https://a.example/pay\n", "is no origin"},
		{"a sandbox nowhere", "sandbox: {origin: here}\n", "sandbox.origin"},
		{"two ways of mail", "mail: {folder: m, smtp: {host: h}, from: a@b.example}\n", "not both"},
		{"mail from nobody", "mail: {folder: m}\n", "from is missing"},
		{"no network", "proxies: [10.0.0.0]\n", "no '/'"},
		{"a secret beside a mistake", "database: postgres://u:" + password + "@h/d\ndata: [1]\n", "[2:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readConfig(configFile(t, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want %q in it", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("the password stands in the error: %v", err)
			}
		})
	}
}

func TestNoConfigurationSaysWhatToDo(t *testing.T) {
	_, err := readConfig(filepath.Join(t.TempDir(), "clearwell.yaml"))
	if err == nil || !strings.Contains(err.Error(), "clearwell init") {
		t.Errorf("error = %v", err)
	}
}
