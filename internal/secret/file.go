package secret

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const (
	ownerOnly   = 0o600
	others      = 0o077   // what nobody but the owner may have
	largestFile = 1 << 20 // bytes; a keyset of a hundred keys has 20,000
)

// read gives a key file's content. It refuses a file that others may read, and
// looks at the file it opened rather than at the name.
func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if mode := info.Mode().Perm(); mode&others != 0 {
		return nil, fmt.Errorf("%s has mode %#o and may be read by others: chmod 600 %s", path, mode, path)
	}
	return io.ReadAll(io.LimitReader(file, largestFile))
}

// create writes a new file, on the disk when it returns, and leaves nothing
// behind if it cannot.
func create(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownerOnly)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return syncFolder(path)
}

// replace puts content in place of a file: a crash leaves the old or the new.
// Of two at once, one is refused.
func replace(path string, content []byte) error {
	fresh := path + ".new"
	if err := create(fresh, content); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	return syncFolder(path)
}

// syncFolder makes a name durable.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
