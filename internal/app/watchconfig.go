package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"clearwell/internal/locale"
	"clearwell/internal/secret"
	"clearwell/internal/watch"
	"clearwell/internal/watch/manifest"

	"github.com/goccy/go-yaml"
)

// WatchConfig is the small file of the prober. It stands on a machine of the
// town's own, with nothing else of Clearwell's. A path in it that is not absolute
// is meant from the folder of the file.
type WatchConfig struct {
	// Trust is the public key of the manifests.
	Trust string `yaml:"trust"`
	// Folder is for evidence, the record of runs, and what one run leaves to the
	// next: "watch" where not said.
	Folder string `yaml:"folder"`
	// Language is that of the alarms: "en" where not said.
	Language locale.Lang `yaml:"language"`
	// Samples are the utility accounts to type, by the address of the first page:
	// the names of fields, and what to type there.
	Samples map[string]map[string]string `yaml:"samples"`
	// IgnoreHeaders are headers that the town's own proxy adds.
	IgnoreHeaders []string      `yaml:"ignore_headers"`
	Heartbeat     WatchBeat     `yaml:"heartbeat"`
	Mail          *WatchMail    `yaml:"mail"`
	Text          *WatchText    `yaml:"text"`
	Webhook       secret.String `yaml:"webhook"` // gets alarms as JSON
	Browser       WatchBrowser  `yaml:"browser"`
}

// WatchBeat says where the sign of life is left.
type WatchBeat struct {
	Key  string        `yaml:"key"`  // the prober's key file, made by "clearwell watch key"
	File string        `yaml:"file"` // replaced after each run
	URL  secret.String `yaml:"url"`  // put there after each run
}

// WatchMail is a mail server that takes alarms.
type WatchMail struct {
	SMTP `yaml:",inline"`
	From string   `yaml:"from"`
	To   []string `yaml:"to"`
}

// WatchText is a provider that sends text messages to telephones.
type WatchText struct {
	URL      secret.String `yaml:"url"` // of the provider's messages, "https://api.twilio.com/2010-04-01/Accounts/AC…/Messages.json"
	User     string        `yaml:"user"`
	Password secret.String `yaml:"password"`
	From     string        `yaml:"from"` // "+14325550100"
	To       []string      `yaml:"to"`
}

// WatchBrowser says which browser walks.
type WatchBrowser struct {
	Path      string `yaml:"path"`       // found where not said
	NoSandbox bool   `yaml:"no_sandbox"` // for a container that runs as root
	Zone      string `yaml:"zone"`       // the clock of the town's residents
	// Dwell is the longest stay on a page once it is quiet: two seconds where not
	// said. A script that waits longer is still seen by its content.
	Dwell time.Duration `yaml:"dwell"`
}

// Everything that may be wrong with the prober's file beside its form.
var (
	errNoTrust = errors.New("trust is missing: the public key that \"clearwell manifest key\" printed")
	errNoMail  = errors.New("mail: host, from and to are needed")
	errNoText  = errors.New("text: url, from and to are needed")
	errNoOne   = errors.New("nobody would hear: give mail, text or webhook")
	errNoBeat  = errors.New("heartbeat: give key, and file or url, so that silence is noticed")
)

// readWatchConfig reads and checks the file. Mistakes are reported without what
// stands there, which may be a password.
func readWatchConfig(path string) (WatchConfig, error) {
	cfg, err := decodeWatchConfig(path)
	if err != nil {
		return cfg, err
	}
	if err := errors.Join(cfg.check(), cfg.checkTellers()); err != nil {
		return cfg, fmt.Errorf("reading %s: %w", path, err)
	}
	return cfg, nil
}

// readTellConfig reads a file for the other end: who is told is all it needs.
func readTellConfig(path string) (WatchConfig, error) {
	cfg, err := decodeWatchConfig(path)
	if err != nil {
		return cfg, err
	}
	if err := cfg.checkTellers(); err != nil {
		return cfg, fmt.Errorf("reading %s: %w", path, err)
	}
	return cfg, nil
}

func decodeWatchConfig(path string) (WatchConfig, error) {
	var cfg WatchConfig
	text, mode, err := readWithMode(path)
	if err != nil {
		return cfg, fmt.Errorf("reading the prober's configuration: %w", err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&cfg); err != nil && !errors.Is(err, io.EOF) {
		return cfg, fmt.Errorf("reading %s: %s", path, yaml.FormatError(err, false, false))
	}
	if mode&tooOpen != 0 && cfg.holdsSecret() {
		return cfg, fmt.Errorf("reading %s: it holds a secret and has mode %#o: chmod 600 %s", path, mode, path)
	}
	cfg.complete(filepath.Dir(path))
	return cfg, nil
}

func (c *WatchConfig) holdsSecret() bool {
	return !c.Webhook.IsEmpty() || !c.Heartbeat.URL.IsEmpty() || c.Mail != nil && !c.Mail.Password.IsEmpty() || c.Text != nil
}

func (c *WatchConfig) complete(folder string) {
	if c.Folder == "" {
		c.Folder = "watch"
	}
	for _, path := range []*string{&c.Folder, &c.Heartbeat.Key, &c.Heartbeat.File} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(folder, *path)
		}
	}
	if c.Language == "" {
		c.Language = locale.English
	}
	if c.Browser.Dwell <= 0 {
		c.Browser.Dwell = 2 * time.Second
	}
	if c.Mail != nil && c.Mail.Port == 0 {
		c.Mail.Port = 587
	}
}

func (c *WatchConfig) check() error {
	switch {
	case c.Trust == "":
		return errNoTrust
	case c.Heartbeat.Key == "" || c.Heartbeat.File == "" && c.Heartbeat.URL.IsEmpty():
		return errNoBeat
	}
	for start := range c.Samples {
		if at, err := url.Parse(start); err != nil || at.Host == "" {
			return fmt.Errorf("samples: %q is no address of a first page", start)
		}
	}
	return nil
}

// checkTellers refuses a file by which nobody would hear of an alarm.
func (c *WatchConfig) checkTellers() error {
	switch {
	case c.Mail == nil && c.Text == nil && c.Webhook.IsEmpty():
		return errNoOne
	case c.Mail != nil && (c.Mail.Host == "" || c.Mail.From == "" || len(c.Mail.To) == 0):
		return errNoMail
	case c.Text != nil && (c.Text.URL.IsEmpty() || c.Text.From == "" || len(c.Text.To) == 0):
		return errNoText
	case !slices.Contains(locale.Languages[:], c.Language):
		return fmt.Errorf("language: %q is none of ours", c.Language)
	}
	return nil
}

// tellers are who hears of an alarm.
func (c *WatchConfig) tellers() []watch.Teller {
	var all []watch.Teller
	if c.Mail != nil {
		all = append(all, watch.Mail{
			Host: c.Mail.Host, Port: c.Mail.Port, User: c.Mail.User, Password: c.Mail.Password,
			Plain: ownAddress(c.Mail.Host), From: c.Mail.From, To: c.Mail.To,
		})
	}
	if c.Text != nil {
		all = append(all, watch.Text{Address: c.Text.URL, User: c.Text.User, Password: c.Text.Password, From: c.Text.From, To: c.Text.To})
	}
	if !c.Webhook.IsEmpty() {
		all = append(all, watch.Hook{Address: c.Webhook})
	}
	return all
}

// posters are where the sign of life is left. One file is for one town.
func (c *WatchConfig) posters(city string, several bool) []watch.Poster {
	var all []watch.Poster
	if file := c.Heartbeat.File; file != "" {
		if several {
			file += "." + city
		}
		all = append(all, watch.BeatFile{Path: file})
	}
	if !c.Heartbeat.URL.IsEmpty() {
		all = append(all, watch.BeatAddress{Address: c.Heartbeat.URL})
	}
	return all
}

// open reads the manifest of a file.
func (c *WatchConfig) open(path string) (manifest.Manifest, error) {
	text, _, err := readWithMode(path)
	if err != nil {
		return manifest.Manifest{}, fmt.Errorf("reading a manifest: %w", err)
	}
	m, err := manifest.Open(string(text), c.Trust)
	if err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
