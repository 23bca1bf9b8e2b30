package view

import (
	"strings"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
	"clearwell/internal/web/ui"
)

// Names of the fields of logins.
const (
	FieldPassword    = "password"
	FieldCode        = "code"
	FieldSession     = "session" // to be ended: a name, or Others
	FieldNickname    = "nickname"
	FieldPasskey     = "passkey"    // what the browser answers
	FieldPasskeyName = "passkey_id" // one that is to be removed
	FieldLink        = "link"
	FieldOffer       = "offer"
	FieldShare       = "share" // to be taken back
	FieldRole        = "role"
	FieldUntil       = "until"
	HowCode          = "code" // of the field "how": a code by e-mail instead
	HowAccept        = "accept"
	HowDecline       = "decline"
	HowUnlink        = "unlink"
	HowTakeBack      = "take_back"
	Others           = "others"
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
	AskNickname    Asking = "nickname"
)

// Enter asks who somebody is, or how they wish to show it from now on.
type Enter struct {
	Page   ui.Page
	Form   Form
	Asks   Asking
	Email  string // as typed, or where a code was sent
	Done   string // message id of what was just done; empty for nothing
	Number string // of the utility account that is added
	Links  []Link
}

// Link leads from a page to another.
type Link struct{ Address, Text string } // Text is a message id

// Home is the page of a login: its utility accounts, and what is owed on each.
type Home struct {
	Page            ui.Page
	Email           string
	Done            string // message id; empty for nothing
	UtilityAccounts []Linked
	Offers          []Offer
	Add             string // address where a utility account is added
	Settings        string // address
	SignOut         Form
	Pay             Form
	Answer          Form // to an offer
}

// Linked is a utility account that a login sees.
type Linked struct {
	Name     string // of the link
	Nickname string // empty for none
	Number   string
	Service  string
	Owed     *money.Amount // nil where it is not billed any more
	Due      calendar.Date // zero where nothing is due
	Role     Role
	Until    calendar.Date // the last day; zero without an end
	Given    bool          // by somebody else
	Address  string        // of its own page
}

// Role is what a login may do with a utility account.
type Role string

// The roles.
const (
	RoleFull Role = "full"
	RolePay  Role = "pay"
	RoleSee  Role = "see"
)

// Offer is a utility account that somebody else shares.
type Offer struct {
	Name   string
	Number string
	Role   Role
	Until  calendar.Date
}

// Sharing is the page of one linked utility account: what it is called, and who
// else sees it.
type Sharing struct {
	Page   ui.Page
	Linked Linked
	Done   string // message id; empty for nothing
	Shares []Share
	Change Form
	Share  Form
	Typed  map[string]string
	Home   string
}

// Share is somebody else who sees a utility account, or was offered it.
type Share struct {
	Name    string
	Email   string
	Role    Role
	Until   calendar.Date
	Offered bool // and not answered yet
}

// Settings is how a login signs in, and where it is signed in.
type Settings struct {
	Page          ui.Page
	Email         string
	Done          string // message id; empty for nothing
	Sessions      []SignedIn
	Passkeys      []KeptPasskey
	NewPasskey    string // address
	RemovePasskey Form
	End           Form // ends one session, or all others
	Password      string
	NewEmail      string
	Export        string
	Delete        string
	Home          string
}

// KeptPasskey is a passkey of the login.
type KeptPasskey struct {
	ID     string
	Name   string // empty for none
	MadeAt time.Time
}

// Passkey asks the browser for a passkey, or to make one.
type Passkey struct {
	Page    ui.Page
	Form    Form
	Options string // for the browser, as JSON
	Making  bool
	Links   []Link
}

// kind tells the words of making from those of using, and says so to the script.
func (v Passkey) kind() string {
	if v.Making {
		return "make"
	}
	return "use"
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
	return v.Page.Words.T("resident.login."+string(v.Asks)+"."+what, "Email", v.Email, "Number", v.Number)
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
	case AskNickname:
		return []ui.Field{nicknameField(v.Page, "")}
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

func nicknameField(p ui.Page, value string) ui.Field {
	return ui.Field{
		Words: p.Words, Name: FieldNickname, Value: value, MaxLength: 40, Optional: true,
		Label: p.Words.T("resident.login.nickname_label"), Hint: p.Words.T("resident.login.nickname_hint"), Error: p.ErrorOf(FieldNickname),
	}
}

// title is what its owner calls it.
func (l Linked) title() string {
	if l.Nickname != "" {
		return l.Nickname
	}
	return l.Number
}

// owed says what is owed, or that nothing is.
func (v Home) owed(l Linked) string {
	words := v.Page.Words
	switch {
	case l.Owed == nil:
		return words.T("resident.home.unbilled")
	case l.Owed.IsNegative():
		return words.T("resident.home.credit", "Amount", l.Owed.Abs())
	case l.Owed.IsZero():
		return words.T("resident.home.nothing")
	case l.Due.IsZero():
		return words.T("resident.home.owed", "Amount", *l.Owed)
	}
	return words.T("resident.home.owed_by", "Amount", *l.Owed, "Due", l.Due)
}

// role says what somebody may do, and until when.
func role(p ui.Page, r Role, until calendar.Date) string {
	text := p.Words.T("resident.role." + string(r))
	if until.IsZero() {
		return text
	}
	return text + " " + p.Words.T("resident.role.until", "Day", until)
}

func (v Sharing) emailField() ui.Field {
	return ui.Field{
		Words: v.Page.Words, Name: FieldEmail, Type: "email", Value: v.Typed[FieldEmail], MaxLength: 254,
		Label: v.Page.Words.T("resident.sharing.email"), Error: v.Page.ErrorOf(FieldEmail),
	}
}

func (v Sharing) untilField() ui.Field {
	return ui.Field{
		Words: v.Page.Words, Name: FieldUntil, Type: "date", Value: v.Typed[FieldUntil], Optional: true,
		Label: v.Page.Words.T("resident.sharing.until"), Hint: v.Page.Words.T("resident.sharing.until_hint"), Error: v.Page.ErrorOf(FieldUntil),
	}
}

// nickname is what was typed, or what it is called.
func (v Sharing) nickname() string {
	if typed, sent := v.Typed[FieldNickname]; sent {
		return typed
	}
	return v.Linked.Nickname
}

// roles are what can be shared.
func (v Sharing) roles() []Role { return []Role{RolePay, RoleSee, RoleFull} }

func (v Sharing) chosen() Role {
	if typed := Role(v.Typed[FieldRole]); typed != "" {
		return typed
	}
	return RolePay
}
