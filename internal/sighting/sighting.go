package sighting

import (
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/id"
)

// Kind is which protection of the page refused something.
type Kind string

// The kinds.
const (
	Policy       Kind = "policy"        // Content-Security-Policy
	TrustedTypes Kind = "trusted_types" // text that would have become markup or code
	Integrity    Kind = "integrity"     // a file without the digest that the page demands
)

// Origin is where what was refused seems to come from.
type Origin string

// The origins. What does not say that it is an extension counts as the page's.
const (
	Page      Origin = "page"
	Extension Origin = "extension"
)

// Report is what one browser says, without what may be somebody's.
type Report struct {
	Kind      Kind
	Origin    Origin
	Directive string // that was broken: "script-src-elem"
	Blocked   string // address without its query, or "inline", "eval"
	Source    string // address of the script that did it; often empty
	Page      string // path, with names of visits and payments in braces
	Sample    string // the whole report as JSON, redacted
	Card      bool   // there was something like a card number in it
}

// Heard is what came in one request.
type Heard struct {
	Network      string // it came from; only a keyed digest is kept
	Reports      []Report
	Release      string // that served the page
	PageManifest string
}

type sightingKind struct{}

// Prefix names the kind.
func (sightingKind) Prefix() string { return "see" }

// ID identifies a sighting.
type ID = id.ID[sightingKind]

// Sighting is one shape of report, and how often it came.
type Sighting struct {
	ID           ID
	Report       Report
	Release      string
	PageManifest string
	Networks     int // different ones, counted up to [Enough]
	Reports      int64
	FirstAt      time.Time
	LastAt       time.Time
	AlarmedAt    time.Time // zero where nobody was told
}

var (
	// ErrMalformed refuses what is not a browser's report.
	ErrMalformed = fault.New(fault.Invalid, "browser_report_malformed")
	// ErrUnknown: there is no such sighting.
	ErrUnknown = fault.New(fault.NotFound, "browser_report_unknown")
)
