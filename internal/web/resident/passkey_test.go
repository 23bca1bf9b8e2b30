package resident_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/webtest"
)

// screen is a real browser at a town.
type screen struct {
	*town
	tab *webtest.Tab
	at  string
}

// screenAt opens a town by a name: browsers have no passkeys for an address.
func screenAt(t *testing.T) *screen {
	tab := webtest.Open(t)
	clk := clock.NewManual(dbtest.Began)
	tw := foundNamed(t, dbtest.SQLite(t, clk), clk, city.Example(), "localhost")
	tab.Authenticator()
	return &screen{tw, tab, tw.portal.URL + "/sampletown"}
}

func (s *screen) open(path, waitFor string) {
	s.Helper()
	s.tab.Go(s.at + path)
	s.await(waitFor)
}

func (s *screen) await(path string) {
	s.Helper()
	s.tab.Await(`location.pathname === "/sampletown` + path + `" && document.readyState === "complete"`)
}

func (s *screen) fill(field, text string) {
	s.Helper()
	webtest.Ask[string](s.tab, `document.getElementById("`+field+`").value = "`+text+`"`)
}

func (s *screen) press(selector string) {
	s.Helper()
	s.tab.Await(`document.querySelector("` + selector + `")?.checkVisibility()`)
	webtest.Ask[bool](s.tab, `(() => { setTimeout(() => document.querySelector("`+selector+`").click()); return true; })()`)
}

func (s *screen) says(text string) {
	s.Helper()
	if page := webtest.Ask[string](s.tab, `document.body.innerText`); !strings.Contains(page, text) {
		s.Errorf("the page does not say %q:\n%s", text, page)
	}
}

const passkeyButton = "[data-passkey-button]"

// A passkey is added, signs in without a password, and proves again who is there;
// removed, it does neither.
func TestPasskeyInABrowser(t *testing.T) {
	s := screenAt(t)
	s.join(maria)
	s.signIn(maria)
	s.open("/my/passkey", "/my/passkey")
	s.fill(view.FieldNickname, "My telephone")
	s.press(passkeyButton)
	s.await("/my/settings")
	s.says("My telephone")
	s.signOut()

	s.open("/passkey", "/passkey")
	s.press(passkeyButton)
	s.await("/my")
	s.says(maria)
	s.clk.Advance(10 * time.Minute)
	s.open("/my/email", "/my/prove")
	s.open("/passkey", "/passkey")
	s.press(passkeyButton)
	s.await("/my/email")
	s.othersPasskey()
	s.open("/my/settings", "/my/settings")
	s.press("form[action$='/my/passkeys'] button")
	s.await("/my/settings")
	s.tab.Await(`document.body?.innerText.includes("The passkey was removed")`)
	s.signOut()
	s.open("/passkey", "/passkey")
	s.press(passkeyButton)
	s.tab.Await(`document.body?.innerText.includes("This passkey was not accepted")`)
	for _, said := range s.tab.Complaints() {
		if !strings.Contains(said, "422") { // which is the page that says so
			t.Errorf("the browser complained: %s", said)
		}
	}
}

// othersPasskey has somebody else, who is signed in, prove with Maria's.
func (s *screen) othersPasskey() {
	s.Helper()
	s.signOut()
	s.join("bo@example.com")
	s.signIn("bo@example.com")
	s.open("/passkey", "/passkey")
	s.press(passkeyButton)
	s.tab.Await(`document.body?.innerText.includes("This passkey was not accepted")`)
	s.signOut()
	s.signIn(maria)
}

func (s *screen) signOut() {
	s.Helper()
	s.open("/my", "/my")
	s.press("form[action$='/my/out'] button")
	s.await("/sign-in")
}

func (s *screen) signIn(email string) {
	s.Helper()
	s.open("/sign-in", "/sign-in")
	s.fill(view.FieldEmail, email)
	s.fill(view.FieldPassword, longWords)
	s.press("form.cw-card button")
	s.await("/my")
}

// What is no answer of a device, or to nothing that was asked, signs nobody in.
func TestForgedPasskeysAreRefused(t *testing.T) {
	clk := clock.NewManual(dbtest.Began)
	b := foundNamed(t, dbtest.SQLite(t, clk), clk, city.Example(), "localhost").browser()
	for _, answer := range []string{"", "{}", `{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{}}`, strings.Repeat("x", 7000)} {
		b.open("/passkey").on("/passkey")
		b.do(http.MethodPost, "/sampletown/passkey", url.Values{view.FieldPasskey: {answer}}).wrongly("/passkey", "not accepted")
	}
	b.do(http.MethodPost, "/sampletown/passkey", url.Values{view.FieldPasskey: {"{}"}}).wrongly("/passkey", "not accepted") // nothing was asked
	b.open("/my/passkey").on("/sign-in")
}

// Browsers know no passkeys of a bare address: the page says so.
func TestAnAddressHasNoPasskeys(t *testing.T) {
	open(t).browser().open("/passkey").wrongly("/passkey", "not accepted")
}
