package clearing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Deliverer hands a file to the bank. The same file again is not an error; another
// one of the same name is, [ErrOtherFile].
type Deliverer interface {
	Deliver(ctx context.Context, name string, text []byte) error
}

// Folder puts files where the bank's own program, or a person, takes them from.
type Folder string

const (
	ownerOnly = 0o600
	unnamed   = ".part" // what nobody takes yet
)

// Deliver writes beside the place and then moves the file there, so that whoever
// looks into the folder never takes half a file. It is on the disk when this
// returns, and readable by its owner alone.
func (f Folder) Deliver(_ context.Context, name string, text []byte) error {
	place := filepath.Join(string(f), name)
	there, err := os.ReadFile(place)
	switch {
	case err == nil && bytes.Equal(there, text):
		return nil
	case err == nil:
		return ErrOtherFile
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("looking for the file: %w", err)
	}
	if err := os.Remove(place + unnamed); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing a part of the file: %w", err)
	}
	if err := writeSynced(place+unnamed, text); err != nil {
		return err
	}
	if err := os.Rename(place+unnamed, place); err != nil {
		return fmt.Errorf("moving the file to its place: %w", err)
	}
	return syncFolder(string(f))
}

func writeSynced(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownerOnly)
	if err != nil {
		return fmt.Errorf("writing the file: %w", err)
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
