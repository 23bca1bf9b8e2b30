// Package visit walks the payment path of a portal as a resident does, up to the
// card page and no further, and brings home what each page has.
//
// It owns nothing. [Plain] asks by mere HTTP; a browser does the same in
// [clearwell/internal/watch/browser]. Both promise never to pay: the path ends at
// the page on which a card would be typed, and nothing is typed there. What is
// typed before is a sample utility account that the town names for this.
package visit
