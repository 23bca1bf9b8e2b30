package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/secret"
)

// initCommand writes the files of a new installation, by asking.
type initCommand struct {
	Folder string `arg:"" optional:"" default:"." help:"Where to write them (this folder)."`
}

// The key files of an installation.
const (
	keyOfSecrets = "secrets" // seals what is stored and must be read again
	keyOfDigests = "digests" // digests what is stored and must only be compared
	keyOfAudit   = "audit"   // signs the audit log
)

// Run asks, and writes nothing before everything has been answered.
func (c initCommand) Run(p Process) error {
	config := filepath.Join(c.Folder, "clearwell.yaml")
	if _, err := os.Stat(config); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("setting up: %s exists already", config)
	}
	asked := askAll(&asker{in: bufio.NewReader(p.In), out: p.Out})
	town := city.Draft(asked.town)
	if _, err := city.Parse(asked.town.City+".yaml", town); err != nil {
		return fmt.Errorf("setting up: the answers make no town:\n%w", err)
	}
	if err := c.write(config, asked, town); err != nil {
		return fmt.Errorf("setting up: %w", err)
	}
	fmt.Fprintf(p.Out, "\nWritten to %s: clearwell.yaml, %s.yaml and the folder keys.\n", c.Folder, asked.town.City)
	fmt.Fprintf(p.Out, "The town's services, fees and rules are those of the example: read %s.yaml and mend them.\n", asked.town.City)
	fmt.Fprintf(p.Out, "Then: clearwell serve --config %s\n", config)
	return nil
}

// answers is what was asked.
type answers struct {
	town     city.Basics
	database string
	listen   string
	sandbox  bool
}

func askAll(a *asker) answers {
	var got answers
	name := a.ask("Name of the town, in English", "City of Sampletown")
	got.town = city.Basics{
		English: name,
		Spanish: a.ask("Name of the town, in Spanish", strings.Replace(name, "City of", "Ciudad de", 1)),
		City:    a.ask("Short name, for addresses and files", slug(name)),
		State:   a.ask("State, two letters", "TX"),
		Zone:    a.ask("Time zone", "America/Chicago"),
	}
	got.town.Host = a.ask("Host name of the residents' pages", "pay."+got.town.City+".example")
	got.database = a.ask("Database (sqlite:FILE or a PostgreSQL URL)", "sqlite:data/clearwell.db")
	got.listen = a.ask("Address to listen on", "127.0.0.1:8080")
	got.sandbox = strings.HasPrefix(strings.ToLower(a.ask("Use the sandbox, which moves no money (yes or no)", "yes")), "y")
	return got
}

// slug makes "city-of-sampletown" into "sampletown", and any name short.
func slug(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(name), "city of "), "town of ")
	words := strings.FieldsFunc(name, func(r rune) bool { return r < 'a' || r > 'z' })
	return strings.Join(words, "-")
}

// asker asks one question a line. Nothing typed means the answer in brackets.
type asker struct {
	in  *bufio.Reader
	out io.Writer
}

func (a *asker) ask(question, otherwise string) string {
	fmt.Fprintf(a.out, "%s [%s]: ", question, otherwise)
	typed, _ := a.in.ReadString('\n') // the end of the input is an empty answer
	if typed = strings.TrimSpace(typed); typed == "" {
		return otherwise
	}
	return typed
}

// write makes the files, each readable by its owner alone, and overwrites none.
func (c initCommand) write(config string, asked answers, town []byte) error {
	if err := os.MkdirAll(filepath.Join(c.Folder, "keys"), 0o700); err != nil {
		return err
	}
	townFile := asked.town.City + ".yaml"
	if err := writeNew(filepath.Join(c.Folder, townFile), town); err != nil {
		return err
	}
	if err := createKeys(filepath.Join(c.Folder, "keys"), asked.town.Host); err != nil {
		return err
	}
	return writeNew(config, asked.config(townFile))
}

func writeNew(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := file.Write(text); err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), file.Close())
	}
	return file.Close()
}

// createKeys makes the key files of an installation.
func createKeys(folder, name string) error {
	if err := secret.CreateKeyset(filepath.Join(folder, keyOfSecrets)); err != nil {
		return err
	}
	if err := secret.CreateKey(filepath.Join(folder, keyOfDigests)); err != nil {
		return err
	}
	_, err := audit.CreateKey(filepath.Join(folder, keyOfAudit), name)
	return err
}

// config writes the configuration, with what each line is for.
func (a answers) config(townFile string) []byte {
	quote := strconv.Quote // a YAML double-quoted string reads what Go's says
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Clearwell. docs/operating.md explains each setting.")
	line("# Paths are meant from the folder of this file.\n")
	line("data: data")
	line("database: %s", quote(a.database))
	line("listen: %s", quote(a.listen))
	line("cities: [%s]", quote(townFile))
	line("keys: keys")
	if a.sandbox {
		line("\n# Play money. Remove these lines when a real processor is set in the city file.")
		line("sandbox:\n  listen: 127.0.0.1:8081")
	}
	if host, _, err := net.SplitHostPort(a.listen); a.sandbox && err == nil && ownAddress(host) {
		line("plain: true # without TLS: on one's own machine only")
		line("origin: %s", quote("http://"+a.listen))
	}
	line("\n# How receipts leave. Or smtp: {host: ..., user: ..., password: ...}")
	line("mail:\n  folder: mail\n  from: %s", quote("Utility billing <billing@"+a.town.Host+">"))
	return []byte(b.String())
}
