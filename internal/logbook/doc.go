// Package logbook is the program's log, and the closed set of what may stand in
// it.
//
// [Forms] lists every word under which something may be logged, with the form
// that it must have. What has another name, another form or another type, a
// struct, a body, an error under the wrong word, is withheld: the line says that
// something was, and not what. Nothing widens the set: there is one level, no
// setting, no variable (threats.md, step 4).
//
// It owns no table. It promises that text of errors, which others write, passes
// the redactor for card numbers and loses long runs of digits; and that a line is
// one line.
package logbook
