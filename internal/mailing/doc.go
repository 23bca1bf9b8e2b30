// Package mailing keeps what was posted to people after a breach.
//
// It owns the tables mailings, mailing_letters, mailing_postings and
// mailing_codes.
//
// A [Mailing] is one printing for a frozen list of an incident: who gets a
// letter, with which text. A letter is one person's, a posting one envelope of
// it: the second where the first came back. A text is known by its content, the
// digest of the facts of its notice without their day.
//
// It promises that each person gets one letter of each content, however often a
// mailing is asked for, by how many at once, and wherever it was killed; that a
// mailing can be printed again as it was; that a code for credit monitoring goes
// to one person, who has the same one in every letter; and that nothing is
// written down, let alone printed, before every letter is known to be lawful and
// every code is there.
//
// It never decides who was exposed: that is incident; nor what a letter says:
// that is letter; nor does it hand anything to a mailing house.
package mailing
