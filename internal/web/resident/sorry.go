package resident

import (
	"errors"

	"github.com/a-h/templ"

	"clearwell/internal/control"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

// Sorry is the pages for when a resident cannot go on: what [web.Config] asks
// for.
type Sorry struct{}

// Missing says that there is no such page.
func (Sorry) Missing(p ui.Page) templ.Component {
	return view.Missing{Page: p, Start: p.Town.Home}.HTML()
}

// Broken says that something went wrong on our side.
func (Sorry) Broken(p ui.Page, mark string) templ.Component {
	return view.Broken{Page: p, Mark: mark, Start: p.Town.Home}.HTML()
}

// Refused says why something cannot be done.
func (Sorry) Refused(p ui.Page, explanation, back string) templ.Component {
	return view.Refused{Page: p, Explanation: explanation, Instead: p.Town.FreeWays, Back: back}.HTML()
}

// CardNumber says that something like a card number was refused.
func (Sorry) CardNumber(p ui.Page, back string) templ.Component {
	return view.CardNumber{Page: p, Back: back}.HTML()
}

// Towns lets a visitor choose a town.
func (Sorry) Towns(p ui.Page, towns []ui.Town) templ.Component {
	return view.Towns{Page: p, Towns: towns}.HTML()
}

// pausing shows, wherever a hold refuses, what else a resident can do.
func (d *Door) pausing(routes web.Routes) web.Routes {
	for pattern, handler := range routes {
		routes[pattern] = func(r *web.Request) (web.Answer, error) {
			a, err := handler(r)
			if errors.Is(err, control.ErrCardsHeld) || errors.Is(err, control.ErrPaymentsHeld) {
				page := r.Page()
				spared, err := d.spared(r, "") // of the whole town: which service it is about is not known here
				if err != nil {
					return web.Answer{}, err
				}
				return web.Show(view.Paused{Page: page, Spared: spared, Instead: page.Town.FreeWays}).With(web.Status(control.ErrCardsHeld.Kind)), nil
			}
			return a, err
		}
	}
	return routes
}
