// Package watch looks at a portal from outside, as its residents do, and raises
// an alarm when what they receive is not what the release serves.
//
// A [Prober] walks the payment path in each language, with a real browser and by
// mere HTTP, compares every page with a signed manifest, and keeps evidence of
// what differs. Each run ends with a signed [Beat], so that silence is noticed at
// the other end. Subpackages: manifest (what is compared with), markup (reading a
// page), visit (walking), browser (Chromium).
//
// It owns the folder it is given, and no table: the town runs it on a machine of
// its own, in another network, with its own keys, and needs nobody's leave. It
// promises never to pay, and never to call a page unchanged that it has not seen.
package watch
