//go:build !unix

package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// lockFolder keeps a folder for this process by a file that only one can have
// made. After a crash it stays, and is removed by hand. Returns [errDemoRuns].
func lockFolder(path string) (*lockFile, error) {
	name := filepath.Join(path, "running")
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, errDemoRuns
	}
	if err != nil {
		return nil, err
	}
	return &lockFile{file}, nil
}

type lockFile struct{ *os.File }

// Close lets the next one in.
func (l *lockFile) Close() error { return errors.Join(l.File.Close(), os.Remove(l.Name())) }
