package jail

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
)

// Cell is what the program keeps.
type Cell struct {
	// Folders are read and written, with all that is in them. They exist.
	Folders []string
	// Readable are folders whose files are read, as they are then: one that takes
	// another's place is read too. They exist.
	Readable []string
	// Ports are called over TCP, on any host.
	Ports []uint16
}

// Report says what was taken from the program.
type Report struct {
	Landlock int  // version of the kernel's interface; 0 where there is none
	Seccomp  bool // no program can be started
}

// The versions of Landlock that first know of files and of ports.
const (
	filesSince = 1
	portsSince = 4
)

// Files reports whether other files are out of reach.
func (r Report) Files() bool { return r.Landlock >= filesSince }

// Ports reports whether other ports are out of reach.
func (r Report) Ports() bool { return r.Landlock >= portsSince }

// ErrOpen: something that was to be taken could not be.
var ErrOpen = errors.New("this kernel cannot confine the program")

// Whole returns [ErrOpen] when programs can be started or other files reached.
func (r Report) Whole() error {
	if !r.Seccomp || !r.Files() {
		return fmt.Errorf("%w: programs refused: %t, other files refused: %t", ErrOpen, r.Seccomp, r.Files())
	}
	return nil
}

// LogValue tells what was taken, in words for whoever reads the log.
func (r Report) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Bool("programs_refused", r.Seccomp),
		slog.Bool("files_refused", r.Files()),
		slog.Bool("ports_refused", r.Ports()),
	)
}

// readable is what Go's standard library reads of a system while it runs: names
// and time zones. Each may be missing. A rule holds for the file that is there
// now: when resolv.conf is replaced by another, the program is restarted.
var readable = []string{
	"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/services", "/etc/protocols", "/etc/mime.types",
	"/etc/localtime", "/usr/share/zoneinfo",
}

// present gives the paths that are there, folders and files apart.
func present(paths []string) (folders, files []string) {
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil: // not on this system
		case info.IsDir():
			folders = append(folders, path)
		default:
			files = append(files, path)
		}
	}
	return folders, files
}
