package resident

import (
	"errors"

	"clearwell/internal/access"
	"clearwell/internal/fault"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

// passkeys are the pages that ask a browser for a passkey. They alone need
// scripts; whoever has none signs in otherwise.
func (d *Door) passkeys() web.Routes {
	return web.Routes{
		"GET /passkey":      d.showPasskey,
		"POST /passkey":     d.usePasskey,
		"GET /my/passkey":   d.fresh(d.showNewPasskey),
		"POST /my/passkey":  d.fresh(d.addPasskey),
		"POST /my/passkeys": d.fresh(d.removePasskey),
	}
}

func passkeyAddress(r *web.Request) string { return r.Address("/passkey") }

func newPasskeyAddress(r *web.Request) string { return r.Address("/my/passkey") }

// passkeyPage shows what the browser is to be asked, and remembers the rest.
func passkeyPage(r *web.Request, address string, making bool, c access.Ceremony, links ...view.Link) web.Answer {
	m := mistaken(r, address)
	r.Session.Remember(keptPasskey, c.State)
	v := view.Passkey{Page: r.Page(), Form: view.Form{Action: address}, Options: c.Options, Making: making, Links: links}
	v.Page.Errors = m.Errors
	return m.shown(v)
}

func (d *Door) showPasskey(r *web.Request) (web.Answer, error) {
	if wait := d.enter(r, codes()); wait > 0 { // each asking is remembered
		return web.Answer{}, waitFor(ErrLoginTooOften, wait)
	}
	c, err := d.Logins.AskPasskey(r.Origin())
	if err != nil {
		return web.Answer{}, err
	}
	return passkeyPage(r, passkeyAddress(r), false, c, view.Link{Address: signInAddress(r), Text: "resident.login.to_others"}), nil
}

// usePasskey signs in with a passkey, or proves again who is signed in.
func (d *Door) usePasskey(r *web.Request) (web.Answer, error) {
	back, err := d.stakeSignIn(r)
	if err != nil {
		return web.Answer{}, err
	}
	state, answer := r.Session.Take(keptPasskey), r.PostFormValue(web.PasskeyField)
	s, err := d.session(r)
	switch {
	case err == nil:
		if err := d.Logins.ProveByPasskey(r.Context(), s, r.Origin(), state, answer); err != nil {
			return wrongPasskey(r, passkeyAddress(r), err)
		}
		back()
		return wanted(r), nil
	case !errors.Is(err, access.ErrNoSession):
		return web.Answer{}, err
	}
	s, err = d.Logins.EnterByPasskey(r.Context(), r.Town.City(), r.Origin(), state, answer, visitor(r))
	if err != nil {
		return wrongPasskey(r, passkeyAddress(r), err)
	}
	back()
	return welcomeIn(r, s)
}

func wrongPasskey(r *web.Request, address string, err error) (web.Answer, error) {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return again(r, address, mistake{Errors: []ui.FieldError{{Text: r.Words.Fault(err)}}}), nil
	}
	return web.Answer{}, err
}

func (d *Door) showNewPasskey(r *web.Request, s access.Session) (web.Answer, error) {
	c, err := d.Logins.AskNewPasskey(r.Context(), s, r.Origin())
	if err != nil {
		return web.Answer{}, err
	}
	return passkeyPage(r, newPasskeyAddress(r), true, c, toSettings(r)), nil
}

func (d *Door) addPasskey(r *web.Request, s access.Session) (web.Answer, error) {
	state := r.Session.Take(keptPasskey)
	err := d.Logins.AddPasskey(r.Context(), s, r.Origin(), state, r.PostFormValue(web.PasskeyField), r.PostFormValue(view.FieldNickname))
	if err != nil {
		return wrongPasskey(r, newPasskeyAddress(r), err)
	}
	return changed(r, "resident.done.passkey"), nil
}

func (d *Door) removePasskey(r *web.Request, s access.Session) (web.Answer, error) {
	if err := d.Logins.RemovePasskey(r.Context(), s, r.PostFormValue(view.FieldPasskeyName)); err != nil {
		return web.Answer{}, err
	}
	return changed(r, "resident.done.no_passkey"), nil
}

func (d *Door) passkeyViews(r *web.Request, s access.Session) (all []view.KeptPasskey, err error) {
	kept, err := d.Logins.Passkeys(r.Context(), s)
	for _, one := range kept {
		all = append(all, view.KeptPasskey{ID: one.ID, Name: one.Name, MadeAt: one.MadeAt})
	}
	return all, err
}
