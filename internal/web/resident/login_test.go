package resident_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clearwell/internal/access"
	"clearwell/internal/db"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
	"clearwell/internal/secret"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

const (
	maria     = "maria@example.com"
	longWords = "four wet words here"
	others    = "other words as wet"
)

// code reads the newest code that was mailed to an address.
func (tw *town) code(to string) string {
	tw.Helper()
	var content string
	tw.must(tw.d.Read(tw.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `select content from outbox_messages where city_id = $1 and kind = 'login_code' and recipient = $2
			order by id desc limit 1`, tx.City(), to).Scan(&content)
	}))
	var c notify.LoginCode
	tw.must(json.Unmarshal([]byte(content), &c))
	return c.Code
}

// open goes to a path of the town's pages.
func (b *browser) open(path string) *browser {
	b.Helper()
	return b.get(b.portal.URL + "/sampletown" + path)
}

// join makes a login, without a page.
func (tw *town) join(email string) access.Session {
	tw.Helper()
	asked, err := tw.logins.Apply(tw.Context(), sampletown, access.Applicant{Email: email, Password: secret.New(longWords), Language: locale.English})
	tw.must(err)
	s, err := tw.logins.Join(tw.Context(), sampletown, access.Typed{ID: asked, Text: tw.code(email)}, access.Visitor{Language: locale.English})
	tw.must(err)
	return s
}

func (b *browser) signIn(email, password string) *browser {
	b.Helper()
	return b.open("/sign-in").send(view.FieldEmail, email, view.FieldPassword, password)
}

// wrongly checks that the page says what is wrong, and where the browser is.
func (b *browser) wrongly(path, text string) *browser {
	b.Helper()
	if b.status != http.StatusUnprocessableEntity || !strings.HasSuffix(b.at.Path, path) {
		b.Errorf("status %d at %s, want %s", b.status, b.at, path)
	}
	return b.reads(text)
}

func TestSignUpAndComeAgain(t *testing.T) {
	b := open(t).browser()
	b.open("/sign-up").on("/sign-up").send(view.FieldEmail, maria, view.FieldPassword, "short").wrongly("/sign-up", "at least 12 characters")
	b.reads(maria) // what was typed is there again, but for the password
	b.send(view.FieldEmail, "Maria@Example.com ", view.FieldPassword, longWords).on("/code", "Maria@Example.com")
	b.send(view.FieldCode, "0000").wrongly("/code", "not the code we sent")
	b.send(view.FieldCode, b.code(maria)).on("/my", maria, "Your login is ready")
	again := b.town.browser()
	again.open("/my/settings").on("/sign-in")
	again.send(view.FieldEmail, maria, view.FieldPassword, "not the password").wrongly("/sign-in", "do not belong together")
	again.send(view.FieldEmail, maria, view.FieldPassword, longWords).on("/my/settings", "Where you are signed in", "Another browser")
	if strings.Contains(b.log.String(), maria) || strings.Contains(b.log.String(), longWords) {
		t.Error("the log names who signs in")
	}
}

// Every answer to somebody who asks is the same for an address that has a login
// and for one that has none, but for the address.
func TestAnswersAreTheSameForUnknownAddresses(t *testing.T) {
	tw := open(t)
	tw.join(maria)
	seen := map[string][]string{}
	for n, email := range []string{maria, "eva@example.com"} {
		tw.from = network(n) // or it is the network that must wait
		b := tw.browser()
		note := func() {
			seen[email] = append(seen[email], fmt.Sprintf("%d %s %s", b.status, b.at.Path, strings.ReplaceAll(b.page, email, "ADDRESS")))
		}
		for _, ask := range []string{"/sign-up", "/forgotten"} {
			b.open(ask).send(view.FieldEmail, email, view.FieldPassword, others)
			note()
			b.send(view.FieldCode, "12345678")
			note()
		}
		b.open("/sign-in").send(view.FieldEmail, email, view.FieldHow, view.HowCode)
		note()
		for range 11 {
			b.signIn(email, "not the password")
			note()
		}
	}
	for i, page := range seen[maria] {
		if page != seen["eva@example.com"][i] {
			t.Errorf("step %d tells that %s has a login:\n%s\n%s", i, maria, page, seen["eva@example.com"][i])
		}
	}
	if !strings.Contains(seen[maria][len(seen[maria])-1], "too many tries") {
		t.Errorf("after eleven wrong passwords:\n%s", seen[maria][len(seen[maria])-1])
	}
}

func TestRecoverByCode(t *testing.T) {
	tw := open(t)
	tw.join(maria)
	old := tw.browser()
	old.signIn(maria, longWords).on("/my")
	b := tw.browser()
	b.open("/new-password").on("/forgotten").send(view.FieldEmail, maria).on("/code")
	b.send(view.FieldCode, b.code(maria)).on("/new-password").send(view.FieldPassword, "passwordpassword").wrongly("/new-password", "Many people use this password")
	b.send(view.FieldPassword, others).on("/my", "Your password was changed")
	old.open("/my").on("/sign-in")
	old.signIn(maria, longWords).wrongly("/sign-in", "do not belong together")
	b.open("/new-password").on("/forgotten") // once
}

// A code is good in the visit that asked for it: in another there is no page to
// type it on.
func TestCodesBelongToTheirVisit(t *testing.T) {
	tw := open(t)
	tw.join(maria)
	tw.browser().open("/sign-in").send(view.FieldEmail, maria, view.FieldHow, view.HowCode).on("/code")
	thief := tw.browser()
	thief.open("/code").on("/sign-in")
	if thief.do(http.MethodPost, "/sampletown/code", url.Values{view.FieldCode: {tw.code(maria)}}).on("/sign-in"); strings.Contains(thief.page, "signed in as") {
		t.Error("a code opens a login in another visit")
	}
}

func TestSignInByCodeAndSignOut(t *testing.T) {
	tw := open(t)
	tw.join(maria)
	b := tw.browser()
	b.find() // as a guest, before
	bill := b.at.Path
	b.open("/sign-in").send(view.FieldEmail, maria, view.FieldHow, view.HowCode).send(view.FieldCode, tw.code(maria)).on("/my", maria)
	b.do(http.MethodPost, "/sampletown/my/out", nil).on("/sign-in", "You are signed out")
	b.open("/my").on("/sign-in")
	b.open(strings.TrimPrefix(bill, "/sampletown")).reads("for a while") // and the bill is not there for who comes next
	if strings.Contains(b.page, "$83.10") {
		t.Error("who comes next reads the bill")
	}
}

func TestSessionsAreEndedFromAnother(t *testing.T) {
	tw := open(t)
	tw.join(maria)
	lost, b := tw.browser(), tw.browser()
	lost.signIn(maria, longWords).on("/my")
	b.signIn(maria, longWords).on("/my").open("/my/settings").on("/my/settings", "Sign out everywhere else")
	b.send().on("/my/settings") // nothing chosen
	lost.open("/my").on("/my")
	b.open("/my/settings").send(view.FieldSession, view.Others).on("/my/settings", "Signed out there")
	lost.open("/my").on("/sign-in")
	b.open("/my").on("/my")
}

// Changes ask for a proof again where the last is old, and lead on to what was
// wanted.
func TestChangesAreProved(t *testing.T) {
	tw := open(t)
	tw.join(maria)
	b := tw.browser()
	b.signIn(maria, longWords).on("/my").open("/my/password").on("/my/password")
	tw.clk.Advance(10 * time.Minute)
	b.send(view.FieldPassword, others).on("/my/prove", maria)
	b.send(view.FieldPassword, "not the password").wrongly("/my/prove", "do not belong together")
	b.send(view.FieldPassword, longWords).on("/my/password")
	b.send(view.FieldPassword, others).on("/my/settings", "Your password was changed")
	tw.clk.Advance(10 * time.Minute)
	b.open("/my/email").on("/my/prove").send(view.FieldHow, view.HowCode).on("/code")
	b.send(view.FieldCode, tw.code(maria)).on("/my/email").send(view.FieldEmail, "maria@example.org").on("/code", "maria@example.org")
	b.send(view.FieldCode, tw.code("maria@example.org")).on("/my/settings", "new e-mail address", "maria@example.org")
	b.open("/my/export")
	if !strings.Contains(b.page, `"email": "maria@example.org"`) || strings.Contains(b.page, "argon2") {
		t.Errorf("the export is %s", b.page)
	}
	b.open("/my/delete").on("/my/delete").send().on("/sign-in", "Your login was deleted")
	b.signIn("maria@example.org", others).wrongly("/sign-in", "do not belong together")
}

// A list of passwords that were stolen elsewhere locks no login: it is the
// network that must wait, and the town is told.
func TestStolenPasswordsAreSlowed(t *testing.T) {
	tw := open(t)
	b := tw.browser()
	for i := range 20 {
		b.signIn(fmt.Sprintf("resident%d@example.com", i), others).wrongly("/sign-in", "do not belong together")
	}
	if b.signIn("resident20@example.com", others); b.status != http.StatusTooManyRequests {
		t.Errorf("status %d", b.status)
	}
	b.reads("Sign in", "You can pay without a login")
	if tw.alarms.count(web.LoginsGuessed) == 0 {
		t.Error("no alarm")
	}
	b.home().find() // paying goes on
}

// Of a stolen list the right line comes after twenty wrong ones, and opens nothing.
// That it was the limit that refused it shows the same line from another network:
// its owner is not locked out.
func TestALeakedListIsNotTriedToItsEnd(t *testing.T) {
	tw := open(t)
	tw.join(maria)
	thief := tw.browser()
	for i := range 20 {
		thief.signIn(fmt.Sprintf("resident%d@example.com", i), others)
	}
	if thief.signIn(maria, longWords); thief.status != http.StatusTooManyRequests {
		t.Errorf("the right line: status %d at %s", thief.status, thief.at)
	}
	if thief.open("/my"); strings.HasSuffix(thief.at.Path, "/my") {
		t.Error("the login is open")
	}
	tw.from = "198.51.100.7:4000"
	if owner := tw.browser().signIn(maria, longWords); owner.status != http.StatusOK || strings.HasSuffix(owner.at.Path, "/sign-in") {
		t.Errorf("the owner: status %d at %s", owner.status, owner.at)
	}
}

// A visit does not take the name that somebody else has given it.
func TestSigningInRenamesTheVisit(t *testing.T) {
	tw := open(t)
	tw.join(maria)
	b := tw.browser()
	b.open("/my").on("/sign-in") // the visit remembers what was wanted
	before := b.client.Jar.Cookies(b.at)
	b.send(view.FieldEmail, maria, view.FieldPassword, longWords).on("/my")
	if len(before) == 0 {
		t.Fatal("there was no visit before")
	}
	for _, cookie := range b.client.Jar.Cookies(b.at) {
		for _, old := range before {
			if cookie.Name == "visit" && cookie.Value == old.Value {
				t.Error("the visit kept its name")
			}
		}
	}
}

func TestATownWithoutMailHasNoLogins(t *testing.T) {
	tw := open(t)
	tw.without()
	b := tw.browser()
	for _, path := range []string{"/sign-in", "/my", "/code"} {
		if b.open(path); b.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, b.status)
		}
	}
}
