package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/markup"
	"clearwell/internal/watch/visit"
)

//go:embed look.js
var look string

const (
	patience = 45 * time.Second       // for one page
	hush     = 250 * time.Millisecond // so long nothing is asked for: the page is there
	longHush = 10 * time.Second       // but no longer than this is waited for it
)

// Walk walks the path in a tab of its own, which shares nothing with any other.
func (b *Browser) Walk(ctx context.Context, errand visit.Errand) ([]visit.Sight, error) {
	heard := newTraffic()
	tab, leave := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(heard.hear))
	defer leave()
	defer context.AfterFunc(ctx, leave)()
	if err := chromedp.Do(tab, b.dress(errand.Language)); err != nil {
		return nil, err
	}
	w := &walk{b, errand, heard, tab}
	var seen []visit.Sight
	step := arrive(errand)
	for _, kind := range errand.Kinds() {
		sight, err := w.see(kind, step)
		if err != nil {
			return seen, errors.Join(fmt.Errorf("%s page: %w", kind, err), ctx.Err())
		}
		seen = append(seen, sight)
		if step = w.onward; kind == manifest.Pay {
			step = again
		}
	}
	return seen, nil
}

// arrive opens the first page, coming from where the errand says.
func arrive(errand visit.Errand) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, target, page.Navigate, page.NavigateParams{URL: errand.Start, Referrer: errand.From}); err != nil {
			return chromedp.Void{}, fmt.Errorf("opening %s: %w", errand.Start, err)
		}
		return chromedp.Void{}, nil
	}
}

// again opens the page that is there once more.
func again(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
	_, address, err := apart(ctx, target)
	if err != nil {
		return chromedp.Void{}, err
	}
	return chromedp.Navigate(address)(ctx, target)
}

// walk is one walk under way.
type walk struct {
	*Browser
	errand visit.Errand
	heard  *traffic
	tab    context.Context
}

// see opens a page by a step, waits until it is quiet, and looks.
func (w *walk) see(kind manifest.Kind, step chromedp.Action[chromedp.Void]) (visit.Sight, error) {
	ctx, late := context.WithTimeout(w.tab, patience)
	defer late()
	w.heard.forget()
	if _, err := chromedp.RunResponse(ctx, step); err != nil {
		return visit.Sight{}, err
	}
	if err := w.settle(ctx); err != nil {
		return visit.Sight{}, err
	}
	return chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) (visit.Sight, error) {
		return w.look(ctx, target, kind)
	})
}

// settle waits until a page asks for nothing more, and stays a while.
func (w *walk) settle(ctx context.Context) error {
	most, still := time.NewTimer(longHush), time.NewTimer(w.cfg.Hush)
	defer most.Stop()
	defer still.Stop()
	for waiting := true; waiting; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-most.C:
			waiting = false
		case <-w.heard.told:
			still.Reset(w.cfg.Hush)
		case <-still.C:
			waiting = !w.heard.quiet()
			still.Reset(w.cfg.Hush)
		}
	}
	if w.cfg.Dwell == 0 {
		return nil
	}
	stay := time.NewTimer(w.cfg.Dwell)
	defer stay.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-stay.C:
		return nil
	}
}

// look reads the page that is there.
func (w *walk) look(ctx context.Context, target *chromedp.Target, kind manifest.Kind) (visit.Sight, error) {
	world, address, err := apart(ctx, target)
	if err != nil {
		return visit.Sight{}, err
	}
	at, err := url.Parse(address)
	if err != nil {
		return visit.Sight{}, fmt.Errorf("reading the page's address: %w", err)
	}
	html, err := written(ctx, target, world)
	if err != nil {
		return visit.Sight{}, err
	}
	facts, err := markup.Read([]byte(html), at)
	if err != nil {
		return visit.Sight{}, err
	}
	more, err := asked(ctx, target, world)
	if err != nil {
		return visit.Sight{}, err
	}
	cookies, err := w.cookies(ctx, target, address)
	if err != nil {
		return visit.Sight{}, err
	}
	w.heard.mu.Lock()
	header := w.heard.document
	w.heard.mu.Unlock()
	facts = append(append(append(facts, more...), cookies...), markup.Headers(header, w.errand.Ignored)...)
	facts = append(append(facts, w.heard.connections()...), w.heard.contents(ctx, target, at.Scheme+"://"+at.Host)...)
	sight := visit.Sight{Kind: kind, Path: markup.Path(at), Facts: manifest.Sorted(facts), Header: header, HTML: []byte(html)}
	if w.errand.Doubt != nil && w.errand.Doubt(sight) {
		sight.Picture, err = chromedp.FullScreenshot(100)(ctx, target)
	}
	return sight, err
}

// apart makes a world of our own in the page.
func apart(ctx context.Context, target *chromedp.Target) (runtime.ExecutionContextID, string, error) {
	tree, err := cdp.Call(ctx, target, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return 0, "", fmt.Errorf("looking at a page: %w", err)
	}
	world, err := cdp.Call(ctx, target, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.Frame.ID})
	if err != nil {
		return 0, "", fmt.Errorf("looking at a page: %w", err)
	}
	return world.ExecutionContextID, tree.FrameTree.Frame.URL, nil
}

// written is the page as it stands now, written by the browser, with what is in
// shadow.
func written(ctx context.Context, target *chromedp.Target, world runtime.ExecutionContextID) (string, error) {
	document, err := cdp.Call(ctx, target, runtime.Evaluate, runtime.EvaluateParams{Expression: "document", ContextID: world})
	if err != nil {
		return "", fmt.Errorf("reading a page: %w", err)
	}
	html, err := cdp.Call(ctx, target, dom.GetOuterHTML, dom.GetOuterHTMLParams{ObjectID: document.Result.ObjectID, IncludeShadowDOM: new(true)})
	if err != nil {
		return "", fmt.Errorf("reading a page: %w", err)
	}
	return html.OuterHTML, nil
}

// asked runs look.js.
func asked(ctx context.Context, target *chromedp.Target, world runtime.ExecutionContextID) ([]manifest.Fact, error) {
	text, err := evaluate(ctx, target, world, look)
	if err != nil {
		return nil, err
	}
	var facts []manifest.Fact
	if err := json.Unmarshal([]byte(text), &facts); err != nil {
		return nil, fmt.Errorf("looking at a page: %w", err)
	}
	return facts, nil
}

// evaluate runs an expression that gives a text.
func evaluate(ctx context.Context, target *chromedp.Target, world runtime.ExecutionContextID, expression string) (string, error) {
	answer, err := cdp.Call(ctx, target, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: world, ReturnByValue: new(true), AwaitPromise: new(true),
	})
	if err != nil {
		return "", fmt.Errorf("asking a page: %w", err)
	}
	if answer.ExceptionDetails != nil {
		return "", fmt.Errorf("asking a page: %s", answer.ExceptionDetails.Text)
	}
	var text string
	if err := json.Unmarshal(answer.Result.Value, &text); err != nil {
		return "", fmt.Errorf("asking a page: %w", err)
	}
	return text, nil
}

// cookies are facts of the cookies that the page has, without what they hold.
func (w *walk) cookies(ctx context.Context, target *chromedp.Target, address string) ([]manifest.Fact, error) {
	kept, err := cdp.Call(ctx, target, network.GetCookies, network.GetCookiesParams{URLs: []string{address}})
	if err != nil {
		return nil, fmt.Errorf("reading cookies: %w", err)
	}
	header := http.Header{}
	for _, c := range kept.Cookies {
		one := http.Cookie{Name: c.Name, Value: "x", Path: c.Path, Secure: c.Secure, HttpOnly: c.HTTPOnly}
		switch c.SameSite {
		case network.CookieSameSiteLax:
			one.SameSite = http.SameSiteLaxMode
		case network.CookieSameSiteStrict:
			one.SameSite = http.SameSiteStrictMode
		case network.CookieSameSiteNone:
			one.SameSite = http.SameSiteNoneMode
		}
		if strings.HasPrefix(c.Domain, ".") {
			one.Domain = c.Domain
		}
		header.Add("Set-Cookie", one.String())
	}
	return markup.Headers(header, nil), nil
}

// fields lists what can be typed or chosen in the form that leads on, as the page
// shows it, and chooses what is to be chosen.
const fields = `JSON.stringify([...document.querySelectorAll("main form")].slice(0, 1).flatMap((form) => [...form.querySelectorAll("input")].flatMap((input) => {
	const wanted = FIELDS[input.name];
	if (wanted === undefined) return [];
	if (input.type === "radio" || input.type === "checkbox") { if (input.value === wanted && !input.checked) input.click(); return []; }
	return input.type !== "hidden" && input.checkVisibility() && input.value !== wanted ? [input.name] : [];
})))`

// onward fills in the form of a page and presses its button.
func (w *walk) onward(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
	world, _, err := apart(ctx, target)
	if err != nil {
		return chromedp.Void{}, err
	}
	known, err := json.Marshal(w.errand.Fields)
	if err != nil {
		return chromedp.Void{}, fmt.Errorf("writing what to type: %w", err)
	}
	text, err := evaluate(ctx, target, world, strings.Replace(fields, "FIELDS", string(known), 1))
	if err != nil {
		return chromedp.Void{}, err
	}
	var empty []string
	if err := json.Unmarshal([]byte(text), &empty); err != nil {
		return chromedp.Void{}, fmt.Errorf("reading a form: %w", err)
	}
	for _, name := range empty {
		if _, err := chromedp.SendKeys(fmt.Sprintf(`main form input[name=%q]`, name), w.errand.Fields[name])(ctx, target); err != nil {
			return chromedp.Void{}, fmt.Errorf("typing into %s: %w", name, err)
		}
	}
	return chromedp.Click(`main form button[type=submit]`)(ctx, target)
}
