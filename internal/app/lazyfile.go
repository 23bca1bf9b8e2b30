package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

// lazyFile holds what is written to it until it is much, or until it is told to
// keep it. So a list of rejects that turns out empty needs no folder that can be
// written to. The file is readable by its owner alone: rows of a bill file name
// residents. What stood at its place is replaced.
type lazyFile struct {
	path string
	held bytes.Buffer
	file *os.File
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

// create makes the file and writes what was held.
func (l *lazyFile) create() error {
	if l.file != nil {
		return nil
	}
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("creating a file: %w", err)
	}
	l.file = file
	_, err = l.held.WriteTo(file)
	return err
}

// keep writes what is held and closes.
func (l *lazyFile) keep() error {
	if err := l.create(); err != nil {
		return err
	}
	return l.close()
}

// close closes the file, if there is one. What is held is forgotten.
func (l *lazyFile) close() error {
	if l.file == nil {
		return nil
	}
	if err := l.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("closing %s: %w", l.path, err)
	}
	return nil
}
