package resident

import (
	"cmp"
	"errors"
	"strings"

	"clearwell/internal/access"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/payment"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

// links are the pages of a login's utility accounts.
func (d *Door) links() web.Routes {
	return web.Routes{
		"GET /my/add":          d.signedIn(d.showAdd),
		"POST /my/add":         d.signedIn(d.findToAdd),
		"GET /my/add/{visit}":  d.signedIn(d.showAdding),
		"POST /my/add/{visit}": d.signedIn(d.add),

		"POST /my/pay":                           d.signedIn(d.payLinked),
		"POST /my/offers":                        d.signedIn(d.answerOffer),
		"GET /my/utility-accounts/{link}":        d.signedIn(d.showLinked),
		"POST /my/utility-accounts/{link}":       d.signedIn(d.changeLinked),
		"POST /my/utility-accounts/{link}/share": d.fresh(d.share),
	}
}

func linkedAddress(r *web.Request, link access.LinkID) string {
	return r.Address("/my/utility-accounts/" + link.String())
}

// reached is a utility account whose bill a visit may see.
type reached struct {
	visit  string
	number billing.Number
	login  string // of who is signed in; empty for a guest, who has proved to know it
	email  string // the login's
	pays   bool
}

// reached finds whose bill the visit in the address may see: what a guest has
// proved, or what a login has a link to, for as long as it has. ok is false once
// that is over.
func (d *Door) reached(r *web.Request) (at reached, ok bool, err error) {
	if visit, number, ok := proved(r); ok {
		return reached{visit: visit, number: number, pays: true}, true, nil
	}
	named, err := parse[id.ID[visitKind]](r.PathValue("visit"))
	if err != nil || named.IsZero() {
		return reached{}, false, nil
	}
	_, link, found := strings.Cut(r.Session.Recall(named.String()), " ")
	which, err := parse[access.LinkID](link)
	if !found || err != nil {
		return reached{}, false, nil
	}
	s, err := d.session(r)
	if err == nil {
		var l access.Link
		l, err = d.Logins.Reach(r.Context(), s, which, access.See)
		at = reached{named.String(), l.UtilityAccount, s.Login.ID.String(), s.Login.Email, l.Role.Can(access.Pay)}
	}
	if errors.Is(err, access.ErrNoSession) || errors.Is(err, access.ErrNoLink) {
		return reached{}, false, nil
	}
	return at, err == nil, err
}

// payLinked goes on as a guest does who has found a bill: there is one way to pay.
func (d *Door) payLinked(r *web.Request, s access.Session) (web.Answer, error) {
	which, err := parse[access.LinkID](r.PostFormValue(view.FieldLink))
	if err != nil {
		return web.Answer{}, access.ErrNoLink
	}
	link, err := d.Logins.Reach(r.Context(), s, which, access.See)
	if err != nil {
		return web.Answer{}, err
	}
	visit := id.Unguessable[visitKind](d.Clock.Now()).String()
	r.Session.Remember(visit, string(link.UtilityAccount)+" "+link.ID.String())
	return web.GoTo(billAddress(r, visit)), nil
}

// linkedViews are a login's utility accounts, with what is owed on each.
func (d *Door) linkedViews(r *web.Request, all access.Links) ([]view.Linked, error) {
	var views []view.Linked
	for _, link := range all.Mine {
		v := linkedView(r, link)
		owed, err := d.Payments.Owed(r.Context(), r.Town.City(), link.UtilityAccount)
		switch {
		case errors.Is(err, billing.ErrNoUtilityAccount): // it is not billed any more
		case err != nil:
			return nil, err
		default:
			v.Service, v.Owed, v.Due = serviceName(r, owed.Statement.Service), &owed.Total, dueOf(owed)
		}
		views = append(views, v)
	}
	return views, nil
}

// dueOf is until when something is to be paid; zero where nothing is.
func dueOf(o payment.Owed) calendar.Date {
	if !o.Total.IsPositive() {
		return calendar.Date{}
	}
	return o.Statement.DueOn
}

func linkedView(r *web.Request, link access.Link) view.Linked {
	return view.Linked{
		Name: link.ID.String(), Nickname: link.Nickname, Number: display(r, link.UtilityAccount), Role: view.Role(link.Role), Until: link.Until,
		Given: link.Given, Address: linkedAddress(r, link.ID),
	}
}

func (d *Door) showAdd(r *web.Request, _ access.Session) (web.Answer, error) {
	return refilled(addPage(r), mistaken(r, r.Address("/my/add"))), nil
}

func addPage(r *web.Request) view.Find {
	v := findPage(r)
	v.Adding, v.Form = true, view.Form{Action: r.Address("/my/add")}
	return v
}

// findToAdd proves that a resident knows a utility account, as for a bill, and
// with the same limits.
func (d *Door) findToAdd(r *web.Request, _ access.Session) (web.Answer, error) {
	return d.findOn(r, addPage(r), r.Address("/my/add"), addingAddress)
}

func addingAddress(r *web.Request, visit string) string { return r.Address("/my/add/" + visit) }

func (d *Door) showAdding(r *web.Request, _ access.Session) (web.Answer, error) {
	visit, number, ok := proved(r)
	if !ok {
		return expired(r), nil
	}
	v := enterPage(r, view.AskNickname, addingAddress(r, visit))
	v.Number = display(r, number)
	return shown(v)
}

// add links what was proved in this visit.
func (d *Door) add(r *web.Request, s access.Session) (web.Answer, error) {
	visit, number, ok := proved(r)
	if !ok {
		return expired(r), nil
	}
	if err := d.Logins.Link(r.Context(), s, number, r.PostFormValue(view.FieldNickname)); err != nil {
		return wrong(r, addingAddress(r, visit), nil, err)
	}
	r.Session.Remember(keptDone, "resident.done.linked")
	return web.GoTo(homeAddress(r)), nil
}

func (d *Door) answerOffer(r *web.Request, s access.Session) (web.Answer, error) {
	which, err := parse[access.InvitationID](r.PostFormValue(view.FieldOffer))
	if err != nil {
		return web.Answer{}, access.ErrNoLink
	}
	take := r.PostFormValue(view.FieldHow) == view.HowAccept
	if err := d.Logins.Answer(r.Context(), s, which, take); err != nil {
		return web.Answer{}, err
	}
	if take {
		r.Session.Remember(keptDone, "resident.done.linked")
	}
	return web.GoTo(homeAddress(r)), nil
}

// linked is the link in the address, among all of the login.
func (d *Door) linked(r *web.Request, s access.Session) (access.Link, access.Links, error) {
	which, err := parse[access.LinkID](r.PathValue("link"))
	if err != nil {
		return access.Link{}, access.Links{}, access.ErrNoLink
	}
	all, err := d.Logins.Links(r.Context(), s)
	for _, one := range all.Mine {
		if one.ID == which {
			return one, all, err
		}
	}
	return access.Link{}, all, cmp.Or(err, error(access.ErrNoLink))
}

func (d *Door) showLinked(r *web.Request, s access.Session) (web.Answer, error) {
	link, all, err := d.linked(r, s)
	if err != nil {
		return web.Answer{}, err
	}
	m := mistaken(r, linkedAddress(r, link.ID))
	v := view.Sharing{
		Page: r.Page(), Linked: linkedView(r, link), Done: r.Session.Take(keptDone), Home: homeAddress(r),
		Change: view.Form{Action: linkedAddress(r, link.ID)}, Share: view.Form{Action: linkedAddress(r, link.ID) + "/share"}, Typed: m.Typed,
	}
	v.Page.Errors = m.Errors
	for _, one := range all.Given[link.ID] {
		v.Shares = append(v.Shares, view.Share{Name: one.ID.String(), Email: one.Email, Role: view.Role(one.Role), Until: one.Until})
	}
	for _, one := range all.Offered[link.ID] {
		v.Shares = append(v.Shares, view.Share{Name: one.ID.String(), Email: one.Email, Role: view.Role(one.Role), Until: one.Until, Offered: true})
	}
	return m.shown(v), nil
}

// changeLinked renames, unlinks, or takes back.
func (d *Door) changeLinked(r *web.Request, s access.Session) (web.Answer, error) {
	link, _, err := d.linked(r, s)
	if err != nil {
		return web.Answer{}, err
	}
	back := linkedAddress(r, link.ID)
	switch r.PostFormValue(view.FieldHow) {
	case view.HowUnlink:
		if err := d.Logins.Unlink(r.Context(), s, link.ID); err != nil {
			return web.Answer{}, err
		}
		r.Session.Remember(keptDone, "resident.done.unlinked")
		return web.GoTo(homeAddress(r)), nil
	case view.HowTakeBack:
		if err := d.Logins.TakeBack(r.Context(), s, r.PostFormValue(view.FieldShare)); err != nil {
			return web.Answer{}, err
		}
		r.Session.Remember(keptDone, "resident.done.taken_back")
		return web.GoTo(back), nil
	}
	nickname := r.PostFormValue(view.FieldNickname)
	if err := d.Logins.Rename(r.Context(), s, link.ID, nickname); err != nil {
		return wrongShare(r, back, map[string]string{view.FieldNickname: nickname}, err)
	}
	r.Session.Remember(keptDone, "resident.done.renamed")
	return web.GoTo(back), nil
}

// share offers the utility account to somebody else.
func (d *Door) share(r *web.Request, s access.Session) (web.Answer, error) {
	link, _, err := d.linked(r, s)
	if err != nil {
		return web.Answer{}, err
	}
	email, typed := typedEmail(r)
	back := linkedAddress(r, link.ID)
	typed[view.FieldRole], typed[view.FieldUntil] = r.PostFormValue(view.FieldRole), strings.TrimSpace(r.PostFormValue(view.FieldUntil))
	gift := access.Gift{Link: link.ID, Email: email, Role: access.Role(typed[view.FieldRole])}
	if typed[view.FieldUntil] != "" {
		if gift.Until, err = calendar.Parse(typed[view.FieldUntil]); err != nil {
			return wrongShare(r, back, typed, access.ErrUntil)
		}
	}
	if err := d.mayAskCode(r); err != nil { // it is a mail too
		return web.Answer{}, err
	}
	if err := d.Logins.Invite(r.Context(), s, gift); err != nil {
		return wrongShare(r, back, typed, err)
	}
	r.Session.Remember(keptDone, "resident.done.offered")
	return web.GoTo(back), nil
}

func wrongShare(r *web.Request, address string, typed map[string]string, err error) (web.Answer, error) {
	field := view.FieldEmail
	switch {
	case errors.Is(err, access.ErrUntil):
		field = view.FieldUntil
	case errors.Is(err, access.ErrNickname):
		field = view.FieldNickname
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Refused:
		return again(r, address, mistake{Typed: typed, Errors: []ui.FieldError{{Field: field, Text: r.Words.Fault(err)}}}), nil
	}
	return web.Answer{}, err
}
