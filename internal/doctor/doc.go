// Package doctor looks at an installation that runs, and says of each control
// whether it is there.
//
// A [Check] is named for the control, and for the attacker's steps in
// docs/threats.md that it stands against. Those of [Outside] ask over the network
// what an attacker would; those from inside are made by the program, which knows
// its configuration. [Run] makes a [Report] of them, for people and as JSON.
// [Pack] lays out the evidence that PCI DSS asks for.
//
// It owns no table, changes nothing, and holds no card: the number that it sends
// to see it refused is one that all the world tests with. It promises never to
// call good what it could not see.
package doctor
