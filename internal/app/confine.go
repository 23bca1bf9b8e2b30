package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"clearwell/internal/jail"
)

// Confinement says what serve does where the kernel cannot confine it. The zero
// value goes on, and says so.
type Confinement string

// What a configuration may ask for.
const (
	jailRequired Confinement = "required"
	jailOff      Confinement = "off"
)

func (c Confinement) known() bool { return c == "" || c == jailRequired || c == jailOff }

// confine takes from the process what serving does not need. It is called when
// everything is open. The keys stay readable: one that is rotated in comes as
// another file while this serves, and what else lies there is in memory already.
func (w *works) confine(p Process, at listeners) error {
	if p.Confine == nil || w.Jail == jailOff {
		w.log.Warn("not confined")
		return nil
	}
	ports, err := w.ports(at)
	if err != nil {
		return fmt.Errorf("confining the program: %w", err)
	}
	report, err := p.Confine(jail.Cell{Folders: w.folders(p), Readable: []string{w.Keys}, Ports: ports})
	if err != nil {
		return fmt.Errorf("confining the program: %w", err)
	}
	w.confined = report
	if err := report.Whole(); err != nil {
		if w.Jail == jailRequired {
			return err
		}
		w.log.Warn("confining less than wanted", slog.Any("confined", report))
		return nil
	}
	w.log.Info("confined", slog.Any("confined", report))
	return nil
}

// folders are what serving writes to: data, the SQLite database, mail, posting
// files, and what SQLite does not keep in memory.
func (w *works) folders(p Process) []string {
	all := []string{w.Data}
	if file, ok := strings.CutPrefix(w.Database.Reveal(), "sqlite:"); ok {
		all = append(all, filepath.Dir(file))
	}
	for _, prober := range w.Watch {
		if !prober.remote() {
			all = append(all, filepath.Dir(prober.Beat))
		}
	}
	if w.Mail.Folder != "" {
		all = append(all, w.Mail.Folder)
	}
	for _, town := range w.towns.All() {
		if town.Posting.Folder != "" {
			all = append(all, town.Posting.Folder)
		}
	}
	all = append(all, bankFolders(w.towns.All())...)
	return append(all, scratch(p)...)
}

// portAsked is the port that an address is asked at.
func portAsked(at *url.URL) uint16 {
	named, err := strconv.ParseUint(at.Port(), 10, 16)
	if err != nil {
		return 443
	}
	return uint16(named)
}

// scratch is the folder that SQLite takes for temporary files: the first that is
// there (https://www.sqlite.org/tempfiles.html, section 5).
func scratch(p Process) []string {
	var likely []string
	for _, name := range []string{"SQLITE_TMPDIR", "TMPDIR"} {
		if path, set := p.Lookup(name); set {
			likely = append(likely, path)
		}
	}
	for _, path := range append(likely, "/var/tmp", "/usr/tmp", "/tmp") {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return []string{path}
		}
	}
	return nil
}

// ports are those that serving calls: names, the database, mail, and where there
// is a sandbox, its notices to us. A real processor's will be among them.
func (w *works) ports(at listeners) ([]uint16, error) {
	all := []uint16{53}
	if !strings.HasPrefix(w.Database.Reveal(), "sqlite:") {
		known, err := pgconn.ParseConfig(w.Database.Reveal())
		if err != nil {
			return nil, errors.New("the URL of the database is malformed") // the reason may repeat its password
		}
		all = append(all, known.Port)
		for _, other := range known.Fallbacks {
			all = append(all, other.Port)
		}
	}
	if w.Mail.SMTP != nil {
		all = append(all, uint16(w.Mail.SMTP.Port))
	}
	if w.Copy != nil {
		_, named, err := net.SplitHostPort(w.Copy.To)
		if err != nil {
			return nil, errCopy
		}
		there, err := strconv.ParseUint(named, 10, 16)
		if err != nil {
			return nil, errCopy
		}
		all = append(all, uint16(there))
	}
	for _, prober := range w.Watch {
		if at, err := url.Parse(prober.Beat); err == nil && prober.remote() {
			all = append(all, portAsked(at))
		}
	}
	all = append(all, bankPorts(w.towns.All())...)
	for _, ours := range []net.Listener{at.portal, at.sandbox} {
		if ours != nil {
			all = append(all, uint16(port(ours)))
		}
	}
	return all, nil
}
