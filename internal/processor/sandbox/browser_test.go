package sandbox

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"clearwell/internal/processor"

	"github.com/chromedp/chromedp"
)

// parentPage is a pay page with nothing but the protocol: it keeps what comes.
const parentPage = `<!doctype html><html lang="en"><title>Pay</title>
<iframe id="card" title="Card details" src="%s" width="%d" height="620"></iframe>
<script>
  window.got = [];
  const frame = document.getElementById("card");
  window.addEventListener("message", (event) => {
    if (event.origin === %q && event.source === frame.contentWindow) window.got.push(event.data);
  });
  window.ask = (type) => frame.contentWindow.postMessage({type}, %q);
  window.last = (type) => window.got.findLast((message) => message.type === "clearwell." + type);
</script>`

// browser opens a real browser, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	found := false
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		_, err := exec.LookPath(name)
		found = found || err == nil
	}
	if !found {
		t.Skip("no Chromium or Chrome on the path")
	}
	ctx, cancel := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(chromedp.NoSandbox))
	t.Cleanup(cancel)
	ctx, late := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(late)
	return ctx
}

// framing opens a company, and a page that frames its card fields. The portal
// allowed is that page's origin unless another is named.
func framing(t *testing.T, allowed, lang string, width int) (*company, string) {
	t.Helper()
	var page string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(web.Close)
	if allowed == "" {
		allowed = web.URL
	}
	c := found(t, func(cfg *Config) {
		cfg.AllowOrigin = func(origin string) bool { return origin == allowed }
	})
	embed := c.embed(t, allowed, lang)
	page = fmt.Sprintf(parentPage, html.EscapeString(embed.FrameURL), width, c.web.URL, c.web.URL)
	return c, web.URL
}

// typing focuses the frame and types into its fields, by keyboard alone.
func typing(fields ...string) []chromedp.Action[chromedp.Void] {
	steps := []chromedp.Action[chromedp.Void]{chromedp.Focus("#card")}
	for _, text := range fields {
		steps = append(steps, chromedp.KeyEvent("\t"), chromedp.KeyEvent(text))
	}
	return steps
}

func TestBrowserGetsATokenAndNothingElse(t *testing.T) {
	ctx := browser(t)
	c, address := framing(t, "", "en", 320)
	do(t, ctx, chromedp.Navigate(address))
	see[bool](t, ctx, `Boolean(last("ready") && last("height"))`)
	do(t, ctx, typing("4242 4242 4242 4241", "1249", "123", "78701")...)
	if got := see[string](t, ctx, `JSON.stringify(last("enter") || null)`); got != "null" {
		t.Errorf("the frame speaks of an Enter that nobody pressed: %s", got)
	}
	do(t, ctx, chromedp.KeyEvent("\r"))
	see[bool](t, ctx, `Boolean(last("enter"))`)
	see[bool](t, ctx, `ask("clearwell.submit") || true`)
	see[bool](t, ctx, `Boolean(last("invalid"))`)
	screenshot(t, ctx, "invalid")
	do(t, ctx, chromedp.KeyEvent("\b"), chromedp.KeyEvent("2")) // the wrong field has the focus
	see[bool](t, ctx, `ask("clearwell.submit") || true`)
	token := see[string](t, ctx, `last("token") && last("token").token`)
	screenshot(t, ctx, "token")
	told, err := c.describe(merchant, processor.Token(token))
	if err != nil || told.Last4 != "4242" {
		t.Errorf("Describe = %+v, %v", told, err)
	}
	all := see[string](t, ctx, `JSON.stringify(got)`)
	if strings.Contains(all, "4242") || strings.Contains(all, "visa") || strings.Contains(all, "123") && !strings.Contains(token, "123") {
		t.Errorf("the page was told more than a token: %s", all)
	}
}

func TestBrowserShowsTheFieldsToNobodyElse(t *testing.T) {
	ctx := browser(t)
	_, address := framing(t, portal, "es", 500)
	do(t, ctx, chromedp.Navigate(address))
	if got := see[string](t, ctx, `JSON.stringify(got)`); got != "[]" {
		t.Errorf("a page that is not the portal was told %s", got)
	}
	screenshot(t, ctx, "forbidden")
}

func TestBrowserPaysOnThePageWithoutScripts(t *testing.T) {
	ctx := browser(t)
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><title>Portal</title><p id="back">Back</p>`)
	}))
	defer back.Close()
	c := found(t, func(cfg *Config) { cfg.AllowOrigin = func(origin string) bool { return origin == back.URL } })
	attempt, address := c.pageTo(t, "a", back.URL+"/done", "es")
	do(t, ctx, chromedp.EmulateViewport(320, 700), chromedp.Navigate(address))
	screenshot(t, ctx, "page")
	do(t, ctx, chromedp.SendKeys("#number", "4000000000003220"), chromedp.Click("main form button"),
		chromedp.WaitVisible(".summary"))
	screenshot(t, ctx, "page-wrong")
	do(t, ctx,
		chromedp.SendKeys("#number", "4000000000003220"), chromedp.SendKeys("#expiry", "12/49"),
		chromedp.SendKeys("#code", "123"), chromedp.SendKeys("#postal", "78701"), chromedp.Click("main form button"),
		chromedp.WaitVisible(`button[value="approve"]`))
	screenshot(t, ctx, "challenge")
	do(t, ctx, chromedp.Click(`button[value="approve"]`), chromedp.WaitVisible("#back"))
	if at := see[string](t, ctx, `location.href`); at != back.URL+"/done" {
		t.Errorf("the payer ended at %s", at)
	}
	if got, err := c.lookup(attempt); err != nil || got.Decision != processor.Approved {
		t.Errorf("Lookup = %v, %v", got.Decision, err)
	}
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// see evaluates until the page gives something that is not false.
func see[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Poll[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return got
}

// screenshot keeps a picture where CLEARWELL_SANDBOX_PICTURES names a folder.
func screenshot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("CLEARWELL_SANDBOX_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/"+name+".jpg", picture, 0o600); err != nil {
		t.Fatal(err)
	}
}
