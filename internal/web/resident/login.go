package resident

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"clearwell/internal/access"
	"clearwell/internal/city"
	"clearwell/internal/fault"
	"clearwell/internal/secret"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

// What a visit remembers of a login. A visit forgets the names that sort first
// when it has too many: these sort last.
const (
	keptSession = "~login"   // the name of the session
	keptCode    = "~code"    // a code that was sent: sentCode
	keptReset   = "~reset"   // the name of a code by which a password may be chosen
	keptNext    = "~next"    // the path of a page that asked to sign in, or for a proof
	keptDone    = "~done"    // the message of what was done
	keptPasskey = "~passkey" // what was asked of the browser
)

// logins are the pages by which residents sign in and change how they do. A town
// from which no mail leaves has none.
func (d *Door) logins() web.Routes {
	routes := web.Routes{
		"GET /sign-in":       d.showSignIn,
		"POST /sign-in":      d.signIn,
		"GET /sign-up":       d.showSignUp,
		"POST /sign-up":      d.signUp,
		"GET /forgotten":     d.showRecover,
		"POST /forgotten":    d.askRecovery,
		"GET /code":          d.showCode,
		"POST /code":         d.useCode,
		"GET /new-password":  d.showNewPassword,
		"POST /new-password": d.reset,

		"GET /my":           d.signedIn(d.showHome),
		"POST /my/out":      d.signedIn(d.signOut),
		"GET /my/settings":  d.signedIn(d.showSettings),
		"POST /my/sessions": d.signedIn(d.endSessions),
		"GET /my/export":    d.signedIn(d.export),
		"GET /my/prove":     d.signedIn(d.showProve),
		"POST /my/prove":    d.signedIn(d.proveAgain),
		"GET /my/password":  d.fresh(d.showPassword),
		"POST /my/password": d.fresh(d.changePassword),
		"GET /my/email":     d.fresh(d.showNewEmail),
		"POST /my/email":    d.fresh(d.askNewEmail),
		"GET /my/delete":    d.fresh(d.showDelete),
		"POST /my/delete":   d.fresh(d.deleteLogin),
	}
	maps.Copy(routes, d.links())
	maps.Copy(routes, d.passkeys())
	for pattern, handler := range routes {
		routes[pattern] = func(r *web.Request) (web.Answer, error) {
			if d.Logins == nil {
				return web.Answer{}, city.ErrUnknown
			}
			return handler(r)
		}
	}
	return routes
}

func signInAddress(r *web.Request) string { return r.Address("/sign-in") }
func codeAddress(r *web.Request) string   { return r.Address("/code") }
func homeAddress(r *web.Request) string   { return r.Address(access.Home) }
func settingsAddress(r *web.Request) string {
	return r.Address("/my/settings")
}

func visitor(r *web.Request) access.Visitor {
	return access.Visitor{Agent: r.UserAgent(), Language: r.Words.Lang()}
}

// session is who is signed in. Returns [access.ErrNoSession].
func (d *Door) session(r *web.Request) (access.Session, error) {
	name, err := parse[access.SessionID](r.Session.Recall(keptSession))
	if err != nil || name.IsZero() || d.Logins == nil {
		return access.Session{}, access.ErrNoSession
	}
	return d.Logins.Find(r.Context(), r.Town.City(), name)
}

// signedIn answers those who are signed in, and asks all others to sign in first.
func (d *Door) signedIn(handler func(*web.Request, access.Session) (web.Answer, error)) web.Handler {
	return func(r *web.Request) (web.Answer, error) {
		s, err := d.session(r)
		var answer web.Answer
		if err == nil {
			answer, err = handler(r, s)
		}
		switch {
		case errors.Is(err, access.ErrNoSession):
			return askFirst(r, signInAddress(r)), nil
		case errors.Is(err, access.ErrProofNeeded):
			return askFirst(r, r.Address("/my/prove")), nil
		}
		return answer, err
	}
}

// fresh answers those who are signed in and showed lately who they are.
func (d *Door) fresh(handler func(*web.Request, access.Session) (web.Answer, error)) web.Handler {
	return d.signedIn(func(r *web.Request, s access.Session) (web.Answer, error) {
		if !s.Fresh(d.Clock.Now()) {
			return web.Answer{}, access.ErrProofNeeded
		}
		return handler(r, s)
	})
}

// askFirst sends somebody to a page that asks who they are, and remembers the one
// that they wanted. Each address that takes a form has a page too, but for those
// that are a button of another.
func askFirst(r *web.Request, first string) web.Answer {
	next := r.URL.Path
	switch next {
	case "/my/passkeys":
		next = "/my/settings"
	case "/my/out", "/my/sessions", "/my/prove", "/my/pay", "/my/offers":
		next = access.Home
	}
	next = strings.TrimSuffix(next, "/share")
	r.Session.Remember(keptNext, next)
	return web.GoTo(first)
}

// wanted is the page that somebody wanted before they were asked who they are.
func wanted(r *web.Request) web.Answer {
	if next := r.Session.Take(keptNext); next != "" {
		return web.GoTo(r.Address(next))
	}
	return web.GoTo(homeAddress(r))
}

// welcomeIn remembers who has signed in, under a new name of the visit.
func welcomeIn(r *web.Request, s access.Session) (web.Answer, error) {
	if err := r.Session.Renew(); err != nil {
		return web.Answer{}, err
	}
	r.Session.Remember(keptSession, s.ID.String())
	return wanted(r), nil
}

// enterPage is a page that asks, with what was typed before and what is wrong
// with it.
func enterPage(r *web.Request, asks view.Asking, address string, links ...view.Link) view.Enter {
	m := mistaken(r, address)
	v := view.Enter{
		Page: r.Page(), Form: view.Form{Action: address}, Asks: asks, Email: m.Typed[view.FieldEmail], Links: links,
		Done: r.Session.Take(keptDone),
	}
	v.Page.Errors = m.Errors
	return v
}

// shown answers with a page that asks, by whether something on it is wrong.
func shown(v view.Enter) (web.Answer, error) {
	return mistake{Errors: v.Page.Errors}.shown(v), nil
}

// wrong sends somebody back to a page that asks, with what is wrong beside its
// field. An error that is nobody's mistake stays one.
func wrong(r *web.Request, address string, typed map[string]string, err error) (web.Answer, error) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused, fault.Throttled:
		return again(r, address, mistake{Typed: typed, Errors: []ui.FieldError{{Field: fieldOf(err), Text: r.Words.Fault(err)}}}), nil
	}
	return web.Answer{}, err
}

// slowed shows the page again to somebody who must wait. It remembers nothing: a
// flood must not make us.
func slowed(r *web.Request, asks view.Asking, email string, err error) (web.Answer, error) {
	if !errors.Is(err, ErrLoginTooOften) {
		return web.Answer{}, err
	}
	v := view.Enter{Page: r.Page(), Form: view.Form{Action: r.Address(r.URL.Path)}, Asks: asks, Email: email}
	v.Page.Errors = []ui.FieldError{{Text: r.Words.Fault(err)}}
	return web.Show(v).With(web.Status(fault.KindOf(err))), nil
}

// fieldOf is the field that a refusal is about.
func fieldOf(err error) string {
	switch {
	case errors.Is(err, access.ErrEmail):
		return view.FieldEmail
	case errors.Is(err, access.ErrCodeWrong), errors.Is(err, access.ErrCodeOver):
		return view.FieldCode
	}
	return view.FieldPassword
}

func typedEmail(r *web.Request) (email string, typed map[string]string) {
	email = strings.TrimSpace(r.PostFormValue(view.FieldEmail))
	return email, map[string]string{view.FieldEmail: email}
}

func typedPassword(r *web.Request) secret.String {
	return secret.New(r.PostFormValue(view.FieldPassword))
}

func (d *Door) showSignIn(r *web.Request) (web.Answer, error) {
	return shown(enterPage(r, view.AskSignIn, signInAddress(r),
		view.Link{Address: r.Address("/sign-up"), Text: "resident.login.to_sign_up"}, view.Link{Address: r.Address("/passkey"), Text: "resident.login.to_passkey"}, view.Link{Address: r.Address("/forgotten"), Text: "resident.login.to_recover"}))
}

// signIn takes a password, or sends a code.
func (d *Door) signIn(r *web.Request) (web.Answer, error) {
	email, typed := typedEmail(r)
	if r.PostFormValue(view.FieldHow) == view.HowCode {
		return d.askCode(r, access.SignIn, view.AskSignIn, signInAddress(r))
	}
	back, err := d.stakeSignIn(r)
	if err != nil {
		return slowed(r, view.AskSignIn, email, err)
	}
	s, err := d.Logins.Enter(r.Context(), r.Town.City(), email, typedPassword(r), visitor(r))
	if err != nil {
		return wrong(r, signInAddress(r), typed, err)
	}
	back()
	return welcomeIn(r, s)
}

func (d *Door) showSignUp(r *web.Request) (web.Answer, error) {
	return shown(enterPage(r, view.AskSignUp, r.Address("/sign-up"), view.Link{Address: signInAddress(r), Text: "resident.login.to_sign_in"}))
}

func (d *Door) signUp(r *web.Request) (web.Answer, error) {
	email, typed := typedEmail(r)
	if err := d.mayAskCode(r); err != nil {
		return slowed(r, view.AskSignUp, email, err)
	}
	asked, err := d.Logins.Apply(r.Context(), r.Town.City(), access.Applicant{Email: email, Password: typedPassword(r), Language: r.Words.Lang()})
	if err != nil {
		return wrong(r, r.Address("/sign-up"), typed, err)
	}
	return sent(r, sentCode{access.SignUp, asked, email}), nil
}

func (d *Door) showRecover(r *web.Request) (web.Answer, error) {
	return shown(enterPage(r, view.AskRecover, r.Address("/forgotten"), view.Link{Address: signInAddress(r), Text: "resident.login.to_sign_in"}))
}

func (d *Door) askRecovery(r *web.Request) (web.Answer, error) {
	return d.askCode(r, access.Recover, view.AskRecover, r.Address("/forgotten"))
}

// askCode sends a code, if anybody is to have it, and goes on to where it is
// typed.
func (d *Door) askCode(r *web.Request, purpose access.Purpose, asks view.Asking, from string) (web.Answer, error) {
	email, typed := typedEmail(r)
	if err := d.mayAskCode(r); err != nil {
		return slowed(r, asks, email, err)
	}
	asked, err := d.Logins.AskCode(r.Context(), r.Town.City(), purpose, email, r.Words.Lang())
	if err != nil {
		return wrong(r, from, typed, err)
	}
	return sent(r, sentCode{purpose, asked, email}), nil
}

// sentCode is a code that this visit has asked for. It is good in no other.
type sentCode struct {
	Purpose access.Purpose
	ID      access.CodeID
	Email   string
}

func sent(r *web.Request, c sentCode) web.Answer {
	text, err := json.Marshal(c)
	if err == nil {
		r.Session.Remember(keptCode, string(text))
	}
	return web.GoTo(codeAddress(r))
}

// asked is the code that this visit waits for; ok is false where it waits for
// none.
func asked(r *web.Request) (c sentCode, ok bool) {
	text := r.Session.Recall(keptCode)
	return c, text != "" && json.Unmarshal([]byte(text), &c) == nil
}

// askedFrom is the page on which a code was asked for, to ask for another.
func (c sentCode) askedFrom(r *web.Request) string {
	switch c.Purpose {
	case access.SignUp:
		return r.Address("/sign-up")
	case access.Recover:
		return r.Address("/forgotten")
	case access.Prove:
		return r.Address("/my/prove")
	case access.NewEmail:
		return r.Address("/my/email")
	}
	return signInAddress(r)
}

func (d *Door) showCode(r *web.Request) (web.Answer, error) {
	c, ok := asked(r)
	if !ok {
		return web.GoTo(signInAddress(r)), nil
	}
	v := enterPage(r, view.AskCode, codeAddress(r), view.Link{Address: c.askedFrom(r), Text: "resident.login.to_again"})
	v.Email = c.Email
	return shown(v)
}

// useCode takes the code that was mailed, and does what it is for.
func (d *Door) useCode(r *web.Request) (web.Answer, error) {
	c, ok := asked(r)
	if !ok {
		return web.GoTo(signInAddress(r)), nil
	}
	back, err := d.stakeSignIn(r)
	if err != nil {
		return slowed(r, view.AskCode, c.Email, err)
	}
	answer, err := d.serve(r, c, access.Typed{ID: c.ID, Text: r.PostFormValue(view.FieldCode)})
	switch {
	case errors.Is(err, access.ErrNoSession), errors.Is(err, access.ErrProofNeeded):
		back()
		return askFirst(r, signInAddress(r)), nil
	case err != nil:
		return wrong(r, codeAddress(r), nil, err)
	}
	back()
	r.Session.Take(keptCode)
	return answer, nil
}

func (d *Door) serve(r *web.Request, c sentCode, typed access.Typed) (web.Answer, error) {
	switch c.Purpose {
	case access.SignUp:
		s, err := d.Logins.Join(r.Context(), r.Town.City(), typed, visitor(r))
		if err != nil {
			return web.Answer{}, err
		}
		r.Session.Remember(keptDone, "resident.done.signed_up")
		return welcomeIn(r, s)
	case access.SignIn:
		s, err := d.Logins.EnterByCode(r.Context(), r.Town.City(), typed, visitor(r))
		if err != nil {
			return web.Answer{}, err
		}
		return welcomeIn(r, s)
	case access.Recover:
		r.Session.Remember(keptReset, c.ID.String())
		return web.GoTo(r.Address("/new-password")), d.Logins.MayReset(r.Context(), r.Town.City(), typed)
	}
	s, err := d.session(r)
	if err != nil {
		return web.Answer{}, err
	}
	if c.Purpose == access.Prove {
		return wanted(r), d.Logins.ProveByCode(r.Context(), s, typed)
	}
	if err := d.Logins.ChangeEmail(r.Context(), s, typed); err != nil {
		return web.Answer{}, err
	}
	return changed(r, "resident.done.email"), nil
}

// changed goes back to the settings, and says what was done.
func changed(r *web.Request, message string) web.Answer {
	r.Session.Remember(keptDone, message)
	return web.GoTo(settingsAddress(r))
}

func (d *Door) showNewPassword(r *web.Request) (web.Answer, error) {
	if r.Session.Recall(keptReset) == "" {
		return web.GoTo(r.Address("/forgotten")), nil
	}
	return shown(enterPage(r, view.AskNewPassword, r.Address("/new-password")))
}

// reset takes the password that somebody chose who had forgotten the old one.
func (d *Door) reset(r *web.Request) (web.Answer, error) {
	by, err := parse[access.CodeID](r.Session.Recall(keptReset))
	if err != nil || by.IsZero() {
		return web.GoTo(r.Address("/forgotten")), nil
	}
	back, err := d.stakeSignIn(r)
	if err != nil {
		return slowed(r, view.AskNewPassword, "", err)
	}
	back()
	s, err := d.Logins.Reset(r.Context(), r.Town.City(), by, typedPassword(r), visitor(r))
	if errors.Is(err, access.ErrCodeOver) {
		r.Session.Take(keptReset)
		return wrong(r, r.Address("/forgotten"), nil, err)
	}
	if err != nil {
		return wrong(r, r.Address("/new-password"), nil, err)
	}
	r.Session.Take(keptReset)
	r.Session.Remember(keptDone, "resident.done.password")
	return welcomeIn(r, s)
}

func (d *Door) export(r *web.Request, s access.Session) (web.Answer, error) {
	all, err := d.Logins.Export(r.Context(), s)
	if err != nil {
		return web.Answer{}, err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return web.Answer{}, fmt.Errorf("writing what is kept of a login: %w", err)
	}
	return web.Text("application/json", text), nil
}
