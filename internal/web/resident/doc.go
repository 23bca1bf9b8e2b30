// Package resident is the door through which residents come: a guest finds a
// bill, pays it by card and gets a receipt; who comes again signs in.
//
// It owns no table and decides nothing about money: each handler asks one
// service and shows what it says. routes.go has all its addresses on one page.
//
// It promises:
//
//   - Before a guest has proved to know a utility account, nothing about it is
//     said, not even whether it exists, and every failure has one answer.
//   - Every POST ends in a redirect, one with a mistake in it too, and every page
//     asks the payment how it stands: Back, refresh, a second tab and a double
//     click end at the one payment that the quote became.
//   - Everything works without scripts, over the processor's own page.
//   - Whether an address has a login is said to nobody but its reader.
//   - Doubt is a waiting page. Only the bank's no is shown as a no.
//
// It never sees a card: what a form brings is the processor's token.
package resident
