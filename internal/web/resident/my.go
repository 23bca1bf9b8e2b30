package resident

import (
	"clearwell/internal/access"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

func (d *Door) showHome(r *web.Request, s access.Session) (web.Answer, error) {
	all, err := d.Logins.Links(r.Context(), s)
	if err != nil {
		return web.Answer{}, err
	}
	v := view.Home{
		Page: r.Page(), Email: s.Login.Email, Done: r.Session.Take(keptDone), Add: r.Address("/my/add"), Settings: settingsAddress(r),
		SignOut: view.Form{Action: r.Address("/my/out")}, Pay: view.Form{Action: r.Address("/my/pay")}, Answer: view.Form{Action: r.Address("/my/offers")},
	}
	for _, offer := range all.ToMe {
		v.Offers = append(v.Offers, view.Offer{Name: offer.ID.String(), Number: display(r, offer.UtilityAccount), Role: view.Role(offer.Role), Until: offer.Until})
	}
	if v.UtilityAccounts, err = d.linkedViews(r, all); err != nil {
		return web.Answer{}, err
	}
	return web.Show(v), nil
}

// signOut ends the session, and forgets all that the visit remembers: who comes
// next to this browser is somebody else.
func (d *Door) signOut(r *web.Request, s access.Session) (web.Answer, error) {
	if err := d.Logins.End(r.Context(), s, s.ID); err != nil {
		return web.Answer{}, err
	}
	return left(r, "resident.done.signed_out")
}

func left(r *web.Request, message string) (web.Answer, error) {
	if err := r.Session.End(); err != nil {
		return web.Answer{}, err
	}
	r.Session.Remember(keptDone, message)
	return web.GoTo(signInAddress(r)), nil
}

func (d *Door) showSettings(r *web.Request, s access.Session) (web.Answer, error) {
	live, err := d.Logins.Sessions(r.Context(), s)
	if err != nil {
		return web.Answer{}, err
	}
	v := view.Settings{
		Page: r.Page(), Email: s.Login.Email, Done: r.Session.Take(keptDone), End: view.Form{Action: r.Address("/my/sessions")},
		Password: r.Address("/my/password"), NewEmail: r.Address("/my/email"), Export: r.Address("/my/export"), Delete: r.Address("/my/delete"), NewPasskey: r.Address("/my/passkey"), RemovePasskey: view.Form{Action: r.Address("/my/passkeys")}, Home: homeAddress(r),
	}
	if v.Passkeys, err = d.passkeyViews(r, s); err != nil {
		return web.Answer{}, err
	}
	for _, one := range live {
		v.Sessions = append(v.Sessions, view.SignedIn{
			Name: one.ID.String(), Agent: one.Agent, BeganAt: one.BeganAt, SeenAt: one.SeenAt, Here: one.ID == s.ID,
		})
	}
	return web.Show(v), nil
}

// endSessions signs another browser out, or all others.
func (d *Door) endSessions(r *web.Request, s access.Session) (web.Answer, error) {
	which := r.PostFormValue(view.FieldSession)
	if which == view.Others {
		return changed(r, "resident.done.ended"), d.Logins.EndOthers(r.Context(), s)
	}
	name, err := parse[access.SessionID](which)
	if err != nil || name.IsZero() {
		return web.GoTo(settingsAddress(r)), nil
	}
	return changed(r, "resident.done.ended"), d.Logins.End(r.Context(), s, name)
}

func (d *Door) showProve(r *web.Request, s access.Session) (web.Answer, error) {
	v := enterPage(r, view.AskProof, r.Address("/my/prove"), view.Link{Address: r.Address("/passkey"), Text: "resident.login.to_passkey"})
	v.Email = s.Login.Email
	return shown(v)
}

// proveAgain takes the password once more, or sends a code.
func (d *Door) proveAgain(r *web.Request, s access.Session) (web.Answer, error) {
	if r.PostFormValue(view.FieldHow) == view.HowCode {
		if err := d.mayAskCode(r); err != nil {
			return slowed(r, view.AskProof, s.Login.Email, err)
		}
		asked, err := d.Logins.AskProof(r.Context(), s)
		if err != nil {
			return web.Answer{}, err
		}
		return sent(r, sentCode{access.Prove, asked, s.Login.Email}), nil
	}
	back, err := d.stakeSignIn(r)
	if err != nil {
		return slowed(r, view.AskProof, s.Login.Email, err)
	}
	if err := d.Logins.ProveByPassword(r.Context(), s, typedPassword(r)); err != nil {
		return wrong(r, r.Address("/my/prove"), nil, err)
	}
	back()
	return wanted(r), nil
}

func (d *Door) showPassword(r *web.Request, _ access.Session) (web.Answer, error) {
	return shown(enterPage(r, view.AskNewPassword, r.Address("/my/password"), toSettings(r)))
}

func toSettings(r *web.Request) view.Link {
	return view.Link{Address: settingsAddress(r), Text: "resident.login.to_settings"}
}

func (d *Door) changePassword(r *web.Request, s access.Session) (web.Answer, error) {
	back, err := d.stakeSignIn(r)
	if err != nil {
		return slowed(r, view.AskNewPassword, "", err)
	}
	back()
	if err := d.Logins.ChangePassword(r.Context(), s, typedPassword(r)); err != nil {
		return wrong(r, r.Address("/my/password"), nil, err)
	}
	return changed(r, "resident.done.password"), nil
}

func (d *Door) showNewEmail(r *web.Request, _ access.Session) (web.Answer, error) {
	return shown(enterPage(r, view.AskNewEmail, r.Address("/my/email"), toSettings(r)))
}

func (d *Door) askNewEmail(r *web.Request, s access.Session) (web.Answer, error) {
	email, typed := typedEmail(r)
	if err := d.mayAskCode(r); err != nil {
		return slowed(r, view.AskNewEmail, email, err)
	}
	asked, err := d.Logins.AskNewEmail(r.Context(), s, email)
	if err != nil {
		return wrong(r, r.Address("/my/email"), typed, err)
	}
	return sent(r, sentCode{access.NewEmail, asked, email}), nil
}

func (d *Door) showDelete(r *web.Request, _ access.Session) (web.Answer, error) {
	return shown(enterPage(r, view.AskDelete, r.Address("/my/delete"), toSettings(r)))
}

func (d *Door) deleteLogin(r *web.Request, s access.Session) (web.Answer, error) {
	err := d.Logins.Delete(r.Context(), s)
	if err != nil {
		return web.Answer{}, err
	}
	return left(r, "resident.done.deleted")
}
