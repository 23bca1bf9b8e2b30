package resident

import (
	"slices"

	"clearwell/internal/letter"
	"clearwell/internal/notice"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

func noticeAddress(r *web.Request) string { return r.Address("/notice") }

func askAddress(r *web.Request) string { return r.Address("/affected") }

func affectedAddress(r *web.Request, visit string) string { return r.Address("/affected/" + visit) }

// published gives the texts of the notice in force. A town that has none has none
// of these pages.
func (d *Door) published(r *web.Request) (letter.Public, error) {
	if d.Notices == nil {
		return letter.Public{}, notice.ErrNotPublished
	}
	current, err := d.Notices.Current(r.Context(), r.Town.City())
	if err != nil {
		return letter.Public{}, err
	}
	return d.Notices.Text(current, r.Words.Lang())
}

func (d *Door) showNotice(r *web.Request) (web.Answer, error) {
	text, err := d.published(r)
	if err != nil {
		return web.Answer{}, err
	}
	page := r.Page()
	page.Notices = slices.DeleteFunc(page.Notices, func(n ui.Notice) bool { return n.Address == noticeAddress(r) }) // which leads here
	return web.Show(view.Notice{Page: page, Text: text.Web, Ask: askAddress(r)}), nil
}

// askPage is the page of guests, with another question.
func askPage(r *web.Request) view.Find {
	v := findPage(r)
	v.Affected, v.Form = true, view.Form{Action: askAddress(r)}
	return v
}

func (d *Door) showAsk(r *web.Request) (web.Answer, error) {
	if _, err := d.published(r); err != nil {
		return web.Answer{}, err
	}
	return refilled(askPage(r), mistaken(r, askAddress(r))), nil
}

// ask proves that somebody knows a utility account, as for a bill, and with the
// same limits: who guesses here guesses there.
func (d *Door) ask(r *web.Request) (web.Answer, error) {
	if _, err := d.published(r); err != nil {
		return web.Answer{}, err
	}
	return d.findOn(r, askPage(r), askAddress(r), affectedAddress)
}

func (d *Door) showAffected(r *web.Request) (web.Answer, error) {
	text, err := d.published(r)
	if err != nil {
		return web.Answer{}, err
	}
	_, number, ok := proved(r)
	if !ok {
		return expired(r), nil
	}
	account, err := d.Bills.Find(r.Context(), r.Town.City(), number)
	if err != nil {
		return web.Answer{}, err
	}
	answer, err := d.Notices.Affected(r.Context(), r.Town.City(), number)
	if err != nil {
		return web.Answer{}, err
	}
	sections := text.Web.Sections
	return web.Show(view.Affected{
		Page: r.Page(), About: view.About{UtilityAccount: account.Display},
		Holder: answer.Holders > 0, Payer: answer.Payers > 0, Do: sections[len(sections)-2:], Notice: noticeAddress(r),
	}), nil
}
