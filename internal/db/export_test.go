package db

import "runtime"

// AwaitQueued waits until so many transactions wait for SQLite's writer.
func AwaitQueued(d *DB, many int) {
	for len(d.engine.(*sqliteEngine).queue) < many {
		runtime.Gosched()
	}
}
