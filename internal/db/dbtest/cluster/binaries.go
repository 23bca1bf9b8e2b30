package cluster

import (
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// ErrNoBinaries is returned where no PostgreSQL server is installed.
var ErrNoBinaries = errors.New("no PostgreSQL server binaries (initdb, postgres) on this machine; " +
	"on Debian or Ubuntu: apt-get install postgresql")

// packaged lists the folders where distributions keep server binaries outside
// PATH: Debian and Ubuntu, Fedora and Red Hat, Homebrew on either processor.
var packaged = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
}

// Binaries is the folder of the PostgreSQL server binaries: the one in PATH,
// being somebody's choice, or else the newest that a distribution installed.
func Binaries() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		return realFolder(initdb)
	}
	return newest(packaged)
}

// realFolder follows links, because postgres looks for its shared files beside
// the place it was really started from.
func realFolder(program string) (string, error) {
	resolved, err := filepath.EvalSymlinks(program)
	if err != nil {
		return "", err
	}
	return filepath.Dir(resolved), nil
}

func newest(patterns []string) (string, error) {
	var found []string
	for _, pattern := range patterns {
		programs, err := filepath.Glob(filepath.Join(pattern, "initdb"))
		if err != nil {
			return "", err
		}
		found = append(found, programs...)
	}
	if len(found) == 0 {
		return "", ErrNoBinaries
	}
	program := slices.MaxFunc(found, func(a, b string) int { return majorVersion(a) - majorVersion(b) })
	return filepath.Dir(program), nil
}

var versionInPath = regexp.MustCompile(`([0-9]+)(?:\.[0-9]+)?/bin/initdb$`)

// majorVersion reads 16 from /usr/lib/postgresql/16/bin/initdb; 0 if it cannot.
// The last digits count: a folder above may hold some of its own.
func majorVersion(program string) int {
	match := versionInPath.FindStringSubmatch(program)
	if match == nil {
		return 0
	}
	major, err := strconv.Atoi(match[1])
	if err != nil {
		return 0
	}
	return major
}
