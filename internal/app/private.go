package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// others is what nobody but the owner of a file may have.
const others = 0o077

// keepPrivate takes an SQLite database, and what lies beside it, from everybody
// but its owner. Earlier releases let all read it. An empty name is none.
func keepPrivate(database string) error {
	if database == "" {
		return nil
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(database + suffix)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().Perm()&others == 0 {
			continue
		}
		if err == nil {
			err = os.Chmod(database+suffix, info.Mode().Perm()&^others)
		}
		if err != nil {
			return fmt.Errorf("keeping the database to its owner: %w", err)
		}
	}
	return nil
}

// databaseFile is the file of an SQLite database, empty for another.
func (c *Config) databaseFile() string {
	file, _ := strings.CutPrefix(c.Database.Reveal(), "sqlite:")
	if file == c.Database.Reveal() {
		return ""
	}
	file, _, _ = strings.Cut(file, "?")
	return file
}
