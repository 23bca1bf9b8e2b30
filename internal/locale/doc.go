// Package locale says things in the resident's language.
//
// It owns the message catalogues (catalogue/<area>.<language>.yaml, embedded)
// and the way amounts, dates and times are written. A [Printer] speaks one
// language:
//
//	p := cat.Printer(locale.Match(r.Header.Get("Accept-Language")))
//	p.T("resident.due", "Amount", due, "Day", day) // "$42.10 is due on November 24, 2026."
//
// A message is words and blanks, {{.Amount}}, and nothing else: no conditions,
// no markup. What must be decided is decided in code, which picks the message.
// Amounts and dates are handed over as they are and written in the language of
// the printer. A message with forms for one and other takes its number from
// "Count".
//
// It promises that every message exists in every language with the same blanks,
// and that every identifier and refusal named in the code has one: the tests of
// this package read the whole repository. At run time a message that is missing,
// or lacks what a blank needs, prints as its identifier: ugly, seen at once, and
// never a sentence with a hole in it.
//
// It never escapes: whoever writes HTML does.
package locale
