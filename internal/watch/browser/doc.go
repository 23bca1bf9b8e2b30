// Package browser walks the payment path in a real Chromium, and says what the
// page is once its scripts have run.
//
// It owns the browser it starts, with a profile that is thrown away. It promises
// to look from outside: markup is written by the browser itself, and whatever is
// asked in the page is asked in a world of its own, which no script of the page
// can reach or deceive. It tells the portal nothing that other browsers do not:
// see [Face]. It never types into the card page.
package browser
