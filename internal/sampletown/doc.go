// Package sampletown is a town that does not exist: Sampletown, Texas, with 2,000
// utility accounts, their bills and readings of 36 months, and what residents
// paid through the portal.
//
// A [Town] is drawn from a seed and a day: the same two give the same town, to
// the cent. Everybody in it is invented. Its story is told month by month: the
// billing system writes a file in the portal's own layout ([Town.Next]), residents
// read their bills and pay, on the portal or elsewhere, and the next file shows
// what the billing system has heard ([Town.Paid]). [Stage.Play] plays the story
// through the real services, in the order in which it happened.
//
// It owns no table. It promises that nothing of it reaches a database except by
// the services that residents and billing systems use, so that whatever stands in
// the demo was made the way it would be in a real town. It never runs in a town
// that is live.
package sampletown
