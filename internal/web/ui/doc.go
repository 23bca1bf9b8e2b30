// Package ui is the one design of every page: layout, parts, style sheet,
// scripts, font and icons, all inside the binary.
//
// It owns no table and knows no service. A page is a function of plain values
// and of a [clearwell/internal/locale.Printer]; what a resident reads comes from
// the catalogues, never from here.
//
// It promises that a page works without scripts, in English and in Spanish, on
// a screen 320 pixels wide and on paper; that it carries no inline style or
// script, so that the [Policy] can forbid both; and that whatever it names is
// among the embedded assets, each with the hash by which a browser checks it.
// An asset's address changes with its content, so that browsers may keep it for
// ever and the outside prober can tell any change.
//
// It never has a field for a card number. The card is typed into a frame that
// the processor serves; see build/src/pay.js for how the page and the frame
// speak.
package ui
