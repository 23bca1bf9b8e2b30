//go:build unix

package app

import "syscall"

// private makes every file that this process will create one for its owner
// alone: the database and what SQLite lays beside it, mail, the sandbox's
// journal.
func private() { syscall.Umask(0o077) }
