// Package sighting keeps what residents' browsers report of our pages: that they
// refused a script, a connection, a text that became markup, because the page's
// policy forbids it. It owns sightings.
//
// A browser that refuses something has met a page with something in it that we
// did not put there. Mostly that is an extension of the resident's own; a skimmer
// looks the same, but for two things: it does not say that it is an extension,
// and many residents meet it.
//
// It promises: a report of a new shape is kept once, and all others of its shape
// are counted; nothing that may be somebody's is kept, be it a card number in an
// address, a query, a name of a visit, or who reported; people are told at once of
// a file that is not ours, and of all else that does not come from an extension
// as soon as a second network reports it; whoever makes up reports cannot fill the
// disk.
//
// It never believes a report: anybody can send one. It is a reason to look.
package sighting
