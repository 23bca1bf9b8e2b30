// Package app is the program: its commands, its configuration, and the wiring of
// everything below it.
//
// It alone reads files of settings and the environment, prints, and knows every
// package; what it reads it passes down as values. It owns no table.
//
// It promises that a setting it does not know is refused with its line, that a
// command which cannot do what it was asked ends with a status other than 0 and
// says why on standard error, and that a served program told to stop finishes the
// payments under way before it does.
//
// It never decides anything about money, and never prints a secret.
package app
