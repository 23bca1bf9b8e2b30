package ui

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"clearwell/internal/locale"
)

// Page is what surrounds the content of every page.
type Page struct {
	Words     *locale.Printer
	Title     string // in the reader's language; the town's name is added after it
	Town      Town
	Languages []Language // the other languages in which this page can be read
	Sandbox   bool       // paints the page: no real money moves
	Notices   []Notice   // what the town has to say today
	Step      int        // of the journey of a payment, from 1 to 4; 0 for a page outside it
	Errors    []FieldError
	Script    Script
	Refresh   time.Duration // how soon to look again at an answer that is not there yet, whole seconds; 0 never
	Public    bool          // may be found by search engines
	Release   string        // the build, as it stands in the footer
	WaysShown bool          // how to pay without a fee stands in the page, so that the footer need not say it again
}

// Town is how a city presents itself. Texts are in the reader's language.
type Town struct {
	Name     string // "City of Sampletown"
	Home     string // address of the first page
	Logo     string // address of the logo; empty shows the emblem
	Palette  Palette
	Zone     *time.Location // whose clocks the pages show
	Phone    string
	Hours    string
	Email    string
	Street   string
	FreeWays []string // how to pay without a fee
	Privacy  string   // address of the town's own privacy notice; may be empty
	// Login is the address of the page of a resident's login; empty where there are
	// none.
	Login string
	// Assurance is the address of the page that says what runs here; empty where
	// there is none.
	Assurance string
}

// Language leads to the same page in another language.
type Language struct {
	Code    string // "es"
	Name    string // in that language: "Español"
	Address string
}

// Notice is a sentence of the town's above the page.
type Notice struct {
	Warning bool
	Text    string
	Address string // of a page that says more; empty for none
	Link    string // what the way there is called
}

// FieldError is what is wrong with one field.
type FieldError struct {
	Field string // the field's name, which is also its id
	Text  string
}

// Script says which of our scripts a page carries.
type Script int

// The scripts. The zero value is what every page has.
const (
	Enhance Script = iota // small comforts
	Pay                   // those, and the card fields
	Passkey               // those, and asking the browser for a passkey
	Wait                  // those, and looking again without disturbing the reader
)

func (s Script) address() (path, integrity string) {
	switch s {
	case Pay:
		return PayScript, PayScriptIntegrity
	case Passkey:
		return PasskeyScript, PasskeyScriptIntegrity
	case Wait:
		return WaitScript, WaitScriptIntegrity
	}
	return EnhanceScript, EnhanceScriptIntegrity
}

// ErrorOf is what is wrong with the named field, or nothing.
func (p Page) ErrorOf(field string) string {
	for _, e := range p.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// heading is the text of the browser's title bar. Errors come first, because a
// screen reader reads it first.
func (p Page) heading() string {
	title := p.Title
	if len(p.Errors) > 0 {
		title = p.Words.T("page.error_title", "Title", title)
	}
	if p.Town.Name == "" || p.Town.Name == p.Title {
		return title
	}
	return title + " – " + p.Town.Name
}

// reachable reports whether there is anybody to ask. Before a town is chosen there
// is not.
func (t Town) reachable() bool {
	return t.Phone != "" || t.Hours != "" || t.Email != "" || t.Street != ""
}

func (p Page) robots() string {
	if p.Public {
		return "index, nofollow"
	}
	return "noindex, nofollow"
}

func (p Page) refresh() string { return strconv.Itoa(int(p.Refresh / time.Second)) }

func lookAgain(p Page) templ.Attributes {
	if p.Refresh == 0 {
		return nil
	}
	return templ.Attributes{"data-look-again": p.refresh()}
}

func (t Town) logo() string {
	if t.Logo == "" {
		return Emblem
	}
	return t.Logo
}

// journey is the message ids of the steps of a payment.
func journey() []string {
	return []string{"page.step_amount", "page.step_card", "page.step_review", "page.step_done"}
}

func stepClass(number, current int) string {
	switch {
	case number < current:
		return "usa-step-indicator__segment usa-step-indicator__segment--complete"
	case number == current:
		return "usa-step-indicator__segment usa-step-indicator__segment--current"
	}
	return "usa-step-indicator__segment"
}
