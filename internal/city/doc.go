// Package city knows the tenants: towns, each described by one file.
//
// A city file says everything Clearwell must know of a town: its names, hosts,
// zone, brand, services, what a guest must know, how its utility account numbers
// are written, where its payments go, and its dated rules (package policy).
// [Parse] reads it strictly and reports every mistake at once, with its line
// and what to do. [Diff] says in words what a new file changes.
//
// It owns the tables cities and city_versions: each file that was applied is
// kept verbatim, for ever, with who applied it and when. A version is never
// changed; a mistake is mended by applying a better file.
//
// It promises that a file with mistakes is never applied, that two towns never
// share a host or a path, and that the hot path asks the [Directory], which
// answers from memory. A secret never stands in a city file: only where to find
// it.
//
// It never opens a file itself and never reads a secret; package app does both.
package city
