package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"clearwell/internal/approval"
	"clearwell/internal/id"
	"clearwell/internal/secret"
	"clearwell/internal/web/hook"

	"github.com/goccy/go-yaml"
	"golang.org/x/mod/sumdb/note"
)

// Config is the one small file that `clearwell serve` needs. Everything that is
// about a town stands in the town's own file. A path in it that is not absolute
// is meant from the folder of the file.
type Config struct {
	// Data is the folder for what the program keeps: "data" where not said.
	Data string `yaml:"data"`
	// Database is "sqlite:PATH" or a PostgreSQL URL. Where it is not said, the
	// database is the file clearwell.db in Data.
	Database secret.String `yaml:"database"`
	// Listen is the address residents' requests come to, "127.0.0.1:8080" where
	// not said. A proxy that speaks TLS stands in front of any other than this
	// machine's own.
	Listen string `yaml:"listen"`
	// Origin is what residents type where towns share a host and are told apart by
	// path, "https://pay.example.com". It may be left out when every town has a
	// host of its own.
	Origin string `yaml:"origin"`
	// Proxies are the networks of our own proxies, whose X-Forwarded-For is
	// believed: ["10.0.0.0/8"]. Nobody else's is.
	Proxies []netip.Prefix `yaml:"proxies"`
	// Plain lets browsers speak to us without TLS. It is for trying things on one's
	// own machine, and not for residents: their visits could be taken over. So it is
	// refused where Listen is any other than the machine's own address.
	Plain bool `yaml:"plain"`
	// Cities are the city files, applied at each start if they have changed.
	Cities []string `yaml:"cities"`
	// Keys is the folder of the key files, "keys" where not said. They belong into
	// no backup that holds the data as well.
	Keys string `yaml:"keys"`
	// Sandbox is the processor that moves no money. Without it, it does not exist.
	Sandbox *Sandbox `yaml:"sandbox"`
	// Mail says how mail leaves. Without it, none does.
	Mail Mail `yaml:"mail"`
	// Jail says what serve does where the kernel cannot confine it: go on where
	// nothing is said, end where it is "required". "off" confines nothing.
	Jail Confinement `yaml:"jail"`
	// People are the public keys of those who ask and approve what one may not
	// decide alone, as "clearwell person new" prints them.
	People []string `yaml:"people"`
	// Security is where weaknesses of the host that towns share are reported, an
	// e-mail address or one that begins with https://. Without it, each town's
	// address stands there.
	Security string `yaml:"security"`
	// Watch says, for each town that has a prober, where its sign of life can be
	// read. It is shown on the town's page of assurance.
	Watch map[id.City]Prober `yaml:"watch"`
	// Copy is where the log and the audit log are handed over to within seconds.
	// Without it, they are on this machine alone.
	Copy *Copy `yaml:"copy"`

	people approval.People
	file   string // where it was read
	apart  bool   // the sandbox runs in another process
}

// Prober is a prober of a town's, as it is seen from here.
type Prober struct {
	Key  string `yaml:"key"`  // its public key
	Beat string `yaml:"beat"` // a file, or an address that begins with https://
}

// Sandbox is where the processor that moves no money listens.
type Sandbox struct {
	Listen string `yaml:"listen"` // "127.0.0.1:8081" where not said
	Origin string `yaml:"origin"` // what browsers reach it by; made from Listen where not said

	notices string // where it sends notices; nowhere if empty
}

// Mail is one of two ways that mail leaves.
type Mail struct {
	Folder string `yaml:"folder"` // each message becomes a file there
	SMTP   *SMTP  `yaml:"smtp"`
	From   string `yaml:"from"` // "Utility Billing <billing@town.example>"
}

// SMTP is a mail server that takes mail for others. TLS is demanded.
type SMTP struct {
	Host     string        `yaml:"host"`
	Port     int           `yaml:"port"` // 587 where not said
	User     string        `yaml:"user"`
	Password secret.String `yaml:"password"`
}

// Everything that may be wrong with a configuration beside its form.
var (
	errNoConfig = errors.New(`there is no configuration; "clearwell init" writes one, and "clearwell demo" needs none`)
	errTwoMails = errors.New("mail: say folder or smtp, not both")
	errJail     = errors.New("jail: say required or off, or nothing")
	errPlain    = errors.New("plain: only on this machine's own address (127.0.0.1, ::1 or localhost): residents' visits could be taken over on the way")
	errSecurity = errors.New("security: give an e-mail address, or an address that begins with https://")
	errProber   = errors.New("watch: give for each town the prober's public key and where its beat is")
	errCopy     = errors.New("copy: give host and port of the receiver, and its public key")
	errNoFrom   = errors.New("mail: from is missing; residents must see who writes to them")
)

// readConfig reads and checks a configuration. Mistakes are reported with their
// lines and without what stands there, which may be a password.
func readConfig(path string) (Config, error) {
	text, mode, err := readWithMode(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("reading %s: %w", path, errNoConfig)
	}
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	var cfg Config
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&cfg)
	if err != nil && !errors.Is(err, io.EOF) {
		return Config{}, fmt.Errorf("reading %s: %s", path, yaml.FormatError(err, false, false))
	}
	if loose := mode & tooOpen; loose != 0 && cfg.holdsPassword() {
		return Config{}, fmt.Errorf("reading %s: it holds a password and has mode %#o: chmod 600 %s", path, mode, path)
	}
	cfg.file = path
	cfg.complete(filepath.Dir(path))
	if cfg.people, err = approval.MakePeople(cfg.People); err != nil {
		return Config{}, fmt.Errorf("reading %s: people: %w", path, err)
	}
	if err := cfg.check(); err != nil {
		return Config{}, fmt.Errorf("reading %s: %w", path, err)
	}
	return cfg, nil
}

// tooOpen is what a configuration with a password may not have. Its group may
// read it: it is then the administrator's, and the service only reads it.
const tooOpen fs.FileMode = 0o027

// readWithMode reads a file, and who may read and write what was read.
func readWithMode(path string) ([]byte, fs.FileMode, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	text, err := io.ReadAll(file)
	return text, info.Mode().Perm(), err
}

// holdsPassword reports whether the file itself holds one. The password of a
// database may stand in its URL.
func (c *Config) holdsPassword() bool {
	if c.Mail.SMTP != nil && !c.Mail.SMTP.Password.IsEmpty() {
		return true
	}
	at, err := url.Parse(c.Database.Reveal())
	if err != nil {
		return true // it cannot be read: better to take it for one
	}
	_, inside := at.User.Password()
	return inside || at.Query().Has("password")
}

// complete fills in what was not said, and makes paths absolute.
func (c *Config) complete(folder string) {
	from := func(path, otherwise string) string {
		if path == "" {
			path = otherwise
		}
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(folder, path)
	}
	c.Data, c.Keys, c.Mail.Folder = from(c.Data, "data"), from(c.Keys, "keys"), from(c.Mail.Folder, "")
	if c.Database.IsEmpty() {
		c.Database = secret.New("sqlite:" + filepath.Join(c.Data, "clearwell.db"))
	} else if file, ok := strings.CutPrefix(c.Database.Reveal(), "sqlite:"); ok {
		c.Database = secret.New("sqlite:" + from(file, ""))
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:8080"
	}
	for i, file := range c.Cities {
		c.Cities[i] = from(file, "")
	}
	for city, prober := range c.Watch {
		if !prober.remote() {
			prober.Beat = from(prober.Beat, "")
			c.Watch[city] = prober
		}
	}
	if c.Sandbox != nil {
		c.Sandbox.complete(c.Listen)
	}
	if c.Mail.SMTP != nil && c.Mail.SMTP.Port == 0 {
		c.Mail.SMTP.Port = 587
	}
}

func (s *Sandbox) complete(portal string) {
	s.notices = "http://" + portal + hook.Prefix + "sandbox"
	if s.Listen == "" {
		s.Listen = "127.0.0.1:8081"
	}
	if s.Origin == "" {
		s.Origin = "http://" + s.Listen
	}
}

// port is the port that browsers say behind the host of a town that has its own,
// and nothing where it goes without saying. It is that of the origin; without
// one, browsers that do not speak TLS speak to us.
func (c *Config) port() string {
	var port string
	if origin, err := url.Parse(c.Origin); err == nil && c.Origin != "" {
		port = origin.Port()
	} else if c.Plain {
		_, port, _ = net.SplitHostPort(c.Listen)
	}
	if port == "80" && c.Plain || port == "443" && !c.Plain {
		return ""
	}
	return port
}

// remote reports whether the beat is fetched.
func (p Prober) remote() bool { return strings.HasPrefix(p.Beat, "https://") }

// reported is where weaknesses are reported, as a URI; empty where nobody said.
func (c *Config) reported() string {
	if c.Security == "" || strings.HasPrefix(c.Security, "https://") {
		return c.Security
	}
	return "mailto:" + c.Security
}

// checkOpenness checks what is told to everybody.
func (c *Config) checkOpenness() error {
	if c.Security != "" && !strings.HasPrefix(c.Security, "https://") && !strings.Contains(c.Security, "@") || strings.ContainsAny(c.Security, " \r\n") {
		return errSecurity
	}
	for _, prober := range c.Watch {
		if _, err := note.NewVerifier(prober.Key); err != nil || prober.Beat == "" {
			return errProber
		}
	}
	return c.Copy.check()
}

// check checks where the logs go.
func (c *Copy) check() error {
	if c == nil {
		return nil
	}
	_, _, notThere := net.SplitHostPort(c.To)
	if _, err := note.NewVerifier(c.Key); err != nil || notThere != nil {
		return errCopy
	}
	return nil
}

func (c *Config) check() error {
	mails := c.Mail.Folder != "" || c.Mail.SMTP != nil
	switch {
	case !c.Jail.known():
		return errJail
	case c.Mail.Folder != "" && c.Mail.SMTP != nil:
		return errTwoMails
	case mails && c.Mail.From == "":
		return errNoFrom
	}
	if err := c.checkOpenness(); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("listen: give host and port, such as 127.0.0.1:8080: %w", err)
	}
	if c.Plain && !ownAddress(host) {
		return errPlain
	}
	if c.Sandbox != nil {
		if err := checkOrigin("sandbox.origin", c.Sandbox.Origin); err != nil {
			return err
		}
	}
	if c.Origin == "" {
		return nil
	}
	return checkOrigin("origin", c.Origin)
}

// ownAddress reports whether nobody but this machine reaches a host.
func ownAddress(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.IsLoopback()
}

func checkOrigin(setting, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" {
		return fmt.Errorf("%s: %q is no origin; give scheme and host, such as https://pay.example.com", setting, text)
	}
	return nil
}
