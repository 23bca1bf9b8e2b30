package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// lazyFile holds what is written to it until it is much, or until it is told to
// keep it. So a list of rejects that turns out empty needs no folder that can be
// written to. The file is readable by its owner alone: rows of a bill file name
// residents.
//
// It is written under a name of its own that nobody has, and takes its place
// when it is whole. Who may write to the folder may have laid a link at that
// place: the link is replaced, and what it leads to is left alone.
type lazyFile struct {
	path string
	held bytes.Buffer
	file *os.File // nil before there is one
}

// holdsBytes is how many bytes wait in memory before there is a file.
const holdsBytes = 64 << 10

// Write holds or writes.
func (l *lazyFile) Write(p []byte) (int, error) {
	if l.file == nil && l.held.Len()+len(p) <= holdsBytes {
		return l.held.Write(p)
	}
	if err := l.create(); err != nil {
		return 0, err
	}
	return l.file.Write(p)
}

// create makes the file and writes what was held. [os.CreateTemp] opens only
// what did not exist, for its owner alone.
func (l *lazyFile) create() error {
	if l.file != nil {
		return nil
	}
	file, err := os.CreateTemp(filepath.Dir(l.path), "."+filepath.Base(l.path)+".*")
	if err != nil {
		return fmt.Errorf("creating a file: %w", err)
	}
	l.file = file
	_, err = l.held.WriteTo(file)
	return err
}

// keep writes what is held, and puts the file in its place.
func (l *lazyFile) keep() error {
	if err := l.create(); err != nil {
		return errors.Join(err, l.close())
	}
	written := l.file.Name()
	if err := errors.Join(l.file.Sync(), l.file.Close(), os.Rename(written, l.path)); err != nil {
		return fmt.Errorf("keeping %s: %w", l.path, errors.Join(err, l.close()))
	}
	l.file = nil
	return syncFolder(filepath.Dir(l.path))
}

// syncFolder makes the names in a folder as lasting as the files they name.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// close leaves nothing behind of a file that was not kept.
func (l *lazyFile) close() error {
	l.held.Reset()
	if l.file == nil {
		return nil
	}
	closed := l.file.Close()
	if errors.Is(closed, os.ErrClosed) {
		closed = nil
	}
	err := errors.Join(closed, os.Remove(l.file.Name()))
	l.file = nil
	if err != nil {
		return fmt.Errorf("leaving %s as it was: %w", l.path, err)
	}
	return nil
}
