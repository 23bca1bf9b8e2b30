// Package migration holds the schema's history: a numbered folder for each
// step, with a note that says why and one script for each database. Steps only
// go forward, and a step that has been released never changes.
package migration

import "embed"

// Files are the folders.
//
//go:embed */note.md */sqlite.sql */postgres.sql
var Files embed.FS
