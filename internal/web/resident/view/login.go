package view

import (
	"strings"
	"time"

	"clearwell/internal/web/ui"
)

// Names of the fields of logins.
const (
	FieldPassword = "password"
	FieldCode     = "code"
	FieldSession  = "session" // to be ended: a name, or Others
	HowCode       = "code"    // of the field "how": a code by e-mail instead
	Others        = "others"
)

// Asking is which page of a login asks for something.
type Asking string

// The pages that ask.
const (
	AskSignIn      Asking = "sign_in"
	AskSignUp      Asking = "sign_up"
	AskRecover     Asking = "recover"
	AskCode        Asking = "code"
	AskNewPassword Asking = "new_password"
	AskProof       Asking = "prove"
	AskNewEmail    Asking = "new_email"
	AskDelete      Asking = "delete"
)

// Enter asks who somebody is, or how they wish to show it from now on.
type Enter struct {
	Page  ui.Page
	Form  Form
	Asks  Asking
	Email string // as typed, or where a code was sent
	Done  string // message id of what was just done; empty for nothing
	Links []Link
}

// Link leads from a page to another.
type Link struct{ Address, Text string } // Text is a message id

// Home is the page of a login.
type Home struct {
	Page     ui.Page
	Email    string
	Done     string // message id; empty for nothing
	Pay      string // address where a bill is found
	Settings string // address
	SignOut  Form
}

// Settings is how a login signs in, and where it is signed in.
type Settings struct {
	Page     ui.Page
	Email    string
	Done     string // message id; empty for nothing
	Sessions []SignedIn
	End      Form // ends one session, or all others
	Password string
	NewEmail string
	Export   string
	Delete   string
	Home     string
}

// SignedIn is a browser that is signed in.
type SignedIn struct {
	Name    string // of the session
	Agent   string // what the browser calls itself
	BeganAt time.Time
	SeenAt  time.Time
	Here    bool // it is this one
}

func (v Enter) say(what string) string {
	return v.Page.Words.T("resident.login."+string(v.Asks)+"."+what, "Email", v.Email)
}

func (v Enter) page() ui.Page { return under(v.Page, v.say("title"), 0) }

// fields are what the page asks for.
func (v Enter) fields() []ui.Field {
	switch v.Asks {
	case AskSignIn:
		return []ui.Field{v.emailField("username"), v.passwordField("current-password")}
	case AskSignUp:
		return []ui.Field{v.emailField("username"), v.passwordField("new-password")}
	case AskRecover, AskNewEmail:
		return []ui.Field{v.emailField("email")}
	case AskNewPassword:
		return []ui.Field{v.passwordField("new-password")}
	case AskProof:
		return []ui.Field{v.passwordField("current-password")}
	case AskCode:
		return []ui.Field{v.codeField()}
	}
	return nil
}

func (v Enter) emailField(autocomplete string) ui.Field {
	return ui.Field{
		Words: v.Page.Words, Name: FieldEmail, Type: "email", Value: v.Email, MaxLength: 254, Autocomplete: autocomplete,
		Label: v.Page.Words.T("resident.login.email"), Error: v.Page.ErrorOf(FieldEmail),
	}
}

// passwordField asks for a password, and never shows one again.
func (v Enter) passwordField(autocomplete string) ui.Field {
	f := ui.Field{
		Words: v.Page.Words, Name: FieldPassword, Type: "password", MaxLength: 256, Autocomplete: autocomplete,
		Label: v.Page.Words.T("resident.login.password"), Error: v.Page.ErrorOf(FieldPassword),
	}
	if autocomplete == "new-password" {
		f.Label, f.Hint = v.Page.Words.T("resident.login.new_password_label"), v.Page.Words.T("resident.login.password_hint")
	}
	return f
}

func (v Enter) codeField() ui.Field {
	return ui.Field{
		Words: v.Page.Words, Name: FieldCode, InputMode: "numeric", MaxLength: 20, Autocomplete: "one-time-code",
		Label: v.Page.Words.T("resident.login.code_label"), Hint: v.Page.Words.T("resident.login.code_hint"), Error: v.Page.ErrorOf(FieldCode),
	}
}

// byCode reports whether the page offers a code by e-mail instead.
func (v Enter) byCode() bool { return v.Asks == AskSignIn || v.Asks == AskProof }

// browser is what people call a browser, by what it calls itself; empty where
// nobody can tell. Many call themselves like others too: the first that fits is
// the one that is meant.
func (s SignedIn) browser() string {
	for _, known := range [][2]string{
		{"Edg", "Microsoft Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"FxiOS", "Firefox"}, {"Firefox/", "Firefox"},
		{"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	} {
		if strings.Contains(s.Agent, known[0]) {
			return known[1]
		}
	}
	return ""
}

// system is what the browser runs on, in the same way.
func (s SignedIn) system() string {
	for _, known := range [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "Chromebook"}, {"Mac OS X", "Mac"}, {"Linux", "Linux"},
	} {
		if strings.Contains(s.Agent, known[0]) {
			return known[1]
		}
	}
	return ""
}

// title names a browser that is signed in.
func (v Settings) title(s SignedIn) string {
	words := v.Page.Words
	if s.browser() == "" || s.system() == "" {
		return words.T("resident.settings.other_browser")
	}
	return words.T("resident.settings.browser", "Browser", s.browser(), "System", s.system())
}

// elsewhere reports whether the login is signed in in another browser too.
func (v Settings) elsewhere() bool { return len(v.Sessions) > 1 }
