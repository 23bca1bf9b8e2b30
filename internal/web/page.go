package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"clearwell/internal/city"
	"clearwell/internal/city/colour"
	"clearwell/internal/locale"
	"clearwell/internal/web/ui"
)

// Page is what surrounds the content of a page of this request.
func (r *Request) Page() ui.Page { return r.kit.page(r.Request) }

func (k *Kit) page(r *http.Request) ui.Page {
	s := sceneOf(r)
	p := ui.Page{
		Words: k.cfg.Catalogue.Printer(s.lang),
		Town:  look(s.town, s.lang), Languages: otherLanguages(r, s),
		Sandbox: k.practice(r, s.town),
	}
	if s.town.Known() {
		if k.cfg.Login != "" {
			p.Town.Login = s.town.Base + k.cfg.Login
		}
		p.Town.FreeWays = freeWays(s.town.File, p.Words, k.cfg.Clock.Now())
		p.Notices = k.notices(r.Context(), s, p.Words)
	}
	return p
}

// practice reports whether no real money moves where a page is shown. A page of no
// town on the host that towns share says so where it is true of all of these.
func (k *Kit) practice(r *http.Request, t Town) bool {
	if t.Known() {
		return t.File.Processor.Mode == city.Sandbox
	}
	live := func(f *city.File) bool { return f.Processor.Mode != city.Sandbox }
	here := k.sharing(r)
	return len(here) > 0 && !slices.ContainsFunc(here, live)
}

// sharing lists the towns of the host that a request names, where towns share it.
func (k *Kit) sharing(r *http.Request) []*city.File {
	var all []*city.File
	if !k.shared(r) {
		return nil
	}
	for _, c := range k.cfg.Towns.All() {
		if c.Path != "" {
			all = append(all, &c.File)
		}
	}
	return all
}

// notices is what the town has to say today.
func (k *Kit) notices(ctx context.Context, s *scene, words *locale.Printer) []ui.Notice {
	var all []ui.Notice
	if k.cfg.Banner != nil {
		if text, path := k.cfg.Banner(ctx, s.town.City(), s.lang); text != "" {
			all = append(all, ui.Notice{Warning: true, Text: text, Address: s.town.Base + path, Link: words.T("page.notice_more")})
		}
	}
	for _, banner := range s.town.File.Banners {
		if banner.Shown(k.cfg.Clock.Now()) {
			all = append(all, ui.Notice{Text: banner.Text.In(s.lang)})
		}
	}
	return all
}

// look is how a town presents itself; where there is none, in nobody's colours.
func look(t Town, lang locale.Lang) ui.Town {
	if !t.Known() {
		return ui.Town{Home: "/", Palette: ui.Brand(colour.Ink())}
	}
	file := t.File
	return ui.Town{
		Name: file.Name.In(lang), Home: t.Base + "/", Logo: logoAddress(t), Palette: ui.Brand(file.Brand.Primary),
		Zone: file.Zone, Phone: file.Contact.PhoneInWords(), Hours: file.Contact.Hours.In(lang), Email: file.Contact.Email,
		Street: strings.Join(file.Contact.Address, ", "), Assurance: t.Base + AssuranceAddress,
	}
}

const (
	logoPrefix = "/logo/"
	logoRoute  = "GET " + logoPrefix + "{mark}"
)

// logoAddress names the content of a town's logo, so that browsers may keep it.
func logoAddress(t Town) string {
	if t.File.Brand.Logo == "" {
		return ""
	}
	return t.Base + logoPrefix + logoMark(t.File.Brand.Logo)
}

func logoMark(logo string) string {
	sum := sha256.Sum256([]byte(logo))
	return hex.EncodeToString(sum[:5]) + ".svg"
}

// logo serves the town's logo: a picture that holds nothing but shapes.
func logo(r *Request) (Answer, error) {
	picture := r.Town.File.Brand.Logo
	if picture == "" || r.PathValue("mark") != logoMark(picture) {
		return Answer{}, city.ErrUnknown
	}
	return Answer{status: http.StatusOK, content: &content{"image/svg+xml", []byte(picture), true}}, nil
}

// listTowns lets a visitor choose, where towns share a host.
func (k *Kit) listTowns(r *http.Request) Answer {
	var towns []ui.Town
	for _, file := range k.sharing(r) {
		towns = append(towns, look(Town{file, "/" + file.Path}, sceneOf(r).lang))
	}
	return Answer{status: http.StatusOK, page: k.cfg.Sorry.Towns(k.page(r), towns)}
}
