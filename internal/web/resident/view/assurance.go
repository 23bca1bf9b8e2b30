package view

import (
	"strings"
	"time"

	"clearwell/internal/web/ui"
)

// Assurance says what runs here, and how anybody can check it without asking.
type Assurance struct {
	Page           ui.Page
	Report         string // where weaknesses are reported: a URI
	ReportText     string // the same as it is read
	SecurityText   string // address of security.txt
	Release        string // SHA-256 of the program, in hex
	Components     string // address of the bill of materials
	AuditKey       string // by which the checkpoint is checked
	Checkpoint     string // the newest, a signed note; empty before the first event
	CheckpointText string // its address
	TownSettings   string // SHA-256 of the town's file in force, in hex
	Installation   string // SHA-256 of what protects the installation; empty before it was first taken
	Watched        Watched
}

// Watched is what the town's own prober has last said of the pages.
type Watched struct {
	State WatchState
	At    time.Time // of its last look, where it has said one
}

// WatchState is how the prober is.
type WatchState string

// The states. The zero value promises nothing.
const (
	WatchNone    WatchState = ""        // nobody has told us of a prober
	WatchGood    WatchState = "good"    // it saw what the release serves
	WatchChanged WatchState = "changed" // it saw something else
	WatchUnseen  WatchState = "unseen"  // it could not see all pages
	WatchSilent  WatchState = "silent"  // its last look was too long ago, or we cannot read it
)

// message is the state in words.
func (w Watched) message() string {
	if w.State == WatchNone {
		return "resident.assurance.watch.none"
	}
	if w.At.IsZero() {
		return "resident.assurance.watch.unheard"
	}
	return "resident.assurance.watch." + string(w.State)
}

// pieces cuts a long word where a line may break. Whoever copies it copies it
// whole.
func pieces(word string) []string {
	const most = 8
	var all []string
	for len(word) > most {
		all, word = append(all, word[:most]), word[most:]
	}
	return append(all, word)
}

// lines are the lines of a signed note.
func lines(note string) []string { return strings.Split(strings.TrimRight(note, "\n"), "\n") }

func addAssurance(add adder) {
	add("assurance", func(p ui.Page) View { return sampleAssurance(p, Watched{WatchGood, sampleInstant()}) })
	add("assurance-new", func(p ui.Page) View {
		v := sampleAssurance(p, Watched{})
		v.Checkpoint, v.Installation = "", ""
		return v
	})
	for name, watched := range map[string]Watched{
		"changed": {WatchChanged, sampleInstant()}, "unseen": {WatchUnseen, sampleInstant()},
		"silent": {WatchSilent, sampleInstant()}, "unheard": {State: WatchSilent},
	} {
		add("assurance-"+name, func(p ui.Page) View { return sampleAssurance(p, watched) })
	}
}

func sampleAssurance(p ui.Page, watched Watched) Assurance {
	p.Town.Assurance = "/"
	return Assurance{
		Page: p, Report: "mailto:security@sampletown.example", ReportText: "security@sampletown.example", SecurityText: "/", Components: "/",
		Release: strings.Repeat("8b3e41a0", 8), AuditKey: "sampletown.example+1a2b3c4d+AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefghi=",
		Checkpoint: "clearwell audit of sampletown\n1204\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n2026-11-24T21:03:59Z\n\n" +
			"\u2014 sampletown.example Gis8TQ0aFjQ5V2w0bGo2YjI4c3BqYWZkc2xrZmpsc2Rma2phc2xkZmo=\n",
		CheckpointText: "/", TownSettings: strings.Repeat("51fe90c2", 8), Installation: strings.Repeat("d07a6b34", 8), Watched: watched,
	}
}
