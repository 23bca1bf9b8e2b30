//go:build unix

package app

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFolder keeps a folder for this process until what it gives is closed, or the
// process ends in whatever way: the kernel holds the lock, and nothing is left
// behind. Returns [errDemoRuns].
func lockFolder(path string) (*os.File, error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(folder.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return folder, nil
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errDemoRuns
	}
	return nil, errors.Join(err, folder.Close())
}
