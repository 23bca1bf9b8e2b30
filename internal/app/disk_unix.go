//go:build unix

package app

import "golang.org/x/sys/unix"

// disk is what is left of the file system that has a folder, in bytes.
func disk(folder string) (free, all uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, 0, err
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}
