package resident_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"clearwell/internal/access"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
	"clearwell/internal/web/resident/view"
)

// added signs Maria in, with the utility account that owes $83.10.
func (tw *town) added() *browser {
	tw.Helper()
	tw.join(maria)
	b := tw.browser()
	b.signIn(maria, longWords).on("/my", "no utility account in your login")
	b.open("/my/add").on("/my/add").send(view.FieldUtilityAccount, "4217-1", string(city.HouseNumber), "13").wrongly("/my/add", "We could not find a match")
	b.send(view.FieldUtilityAccount, "4217-1", string(city.HouseNumber), "12").on("/my/add/", "004217-001")
	b.send(view.FieldNickname, "4111 1111 1111 1111")
	if b.status != http.StatusUnprocessableEntity {
		tw.Errorf("a card as a nickname: %d", b.status)
	}
	b.get(b.at.String()).send(view.FieldNickname, "Casa")
	return b.on("/my", "Casa", "$83.10 is due", "The utility account is in your login")
}

// who lists the logins of the occasions on which card fields were shown.
func (tw *town) who() (all []string) {
	tw.Helper()
	day := calendar.Of(tw.clk.Now(), tw.clk.Now().Location())
	rows, err := exposure.New(tw.d).Between(tw.Context(), sampletown, day.AddDays(-1), day.AddDays(1))
	tw.must(err)
	for _, r := range rows {
		all = append(all, r.Login)
	}
	return all
}

// Who is signed in pays as a guest does, and the occasion names the login.
func TestPayFromALogin(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		b := found(t, d, clk).added()
		b.send().on("/bill/", "$83.10").send(view.FieldAmount, string(view.Total)).on("/pay/", maria) // the address is filled in
		b.give(good).send().on("/pay/done/", "$84.35", receipt)
		b.charged(1, owedOnce)
		logins := b.who()
		if len(logins) == 0 || !strings.HasPrefix(logins[0], "login_") {
			t.Errorf("the occasions are of %q", logins)
		}
		b.open("/my").on("/my", "Nothing is due")
	})
}

// A bill that is open in a browser goes with the session, wherever that was ended,
// and with the link.
func TestABillGoesWithItsSessionAndLink(t *testing.T) {
	b := open(t).added()
	b.send().on("/bill/", "$83.10")
	bill := b.at.String()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	pay := b.at.String()
	other := b.town.browser()
	other.signIn(maria, longWords).on("/my").open("/my/settings").send(view.FieldSession, view.Others)
	for _, page := range []string{bill, pay} {
		if b.get(page); strings.Contains(b.page, "$83.10") {
			t.Errorf("%s is still there:\n%s", page, b.page)
		}
	}
	b.signIn(maria, longWords).on("/my")
	b.send().on("/bill/")
	bill = b.at.String()
	b.open("/my")
	link := between(b.page, "/my/utility-accounts/", `"`)
	b.do(http.MethodPost, "/sampletown/my/utility-accounts/"+link, url.Values{view.FieldHow: {view.HowUnlink}}).on("/my", "not in your login any more")
	if b.get(bill); strings.Contains(b.page, "$83.10") {
		t.Error("the bill outlives the link")
	}
}

func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return found
}

// What is shared is not proof: whoever may see a bill cannot make it theirs, and
// whoever may not pay does not.
func TestWhoSeesABillOwnsNothing(t *testing.T) {
	b := open(t).added()
	tw := b.town
	tw.join("bo@example.com")
	link := between(b.page, "/my/utility-accounts/", `"`)
	share := func(role access.Role) {
		b.do(http.MethodPost, "/sampletown/my/utility-accounts/"+link+"/share", url.Values{view.FieldEmail: {"bo@example.com"}, view.FieldRole: {string(role)}})
		b.on("/my/utility-accounts/", "bo@example.com", "Not accepted yet")
	}
	share(access.Seer)
	bo := tw.browser()
	bo.signIn("bo@example.com", longWords).on("/my", "shares utility account")
	bo.send(view.FieldHow, view.HowAccept).on("/my", "Can see bills", "$83.10")
	bo.send().on("/bill/", "lets you see this bill")
	visit := bo.at.Path[strings.LastIndex(bo.at.Path, "/")+1:]
	bill := bo.at.Path
	if bo.do(http.MethodPost, bill, url.Values{view.FieldAmount: {string(view.Total)}}); bo.status != http.StatusForbidden {
		t.Errorf("who may not pay gets %d at %s", bo.status, bo.at)
	}
	bo.do(http.MethodPost, "/sampletown/my/add/"+visit, nil)
	bo.open("/my").on("/my", "Can see bills") // and no more
	theirs := between(bo.page, "/my/utility-accounts/", `"`)
	if bo.do(http.MethodPost, "/sampletown/my/utility-accounts/"+theirs+"/share", url.Values{view.FieldEmail: {"eva@example.com"}, view.FieldRole: {"see"}}); bo.status != http.StatusForbidden {
		t.Errorf("who sees shares: %d", bo.status)
	}
	if bo.do(http.MethodPost, "/sampletown/my/utility-accounts/"+link, url.Values{view.FieldHow: {view.HowUnlink}}); bo.status != http.StatusNotFound {
		t.Errorf("another's link is found: %d", bo.status)
	}
	b.open("/my/utility-accounts/" + link).on("/my/utility-accounts/")
	share2 := between(b.page, `name="share" value="`, `"`)
	b.do(http.MethodPost, "/sampletown/my/utility-accounts/"+link, url.Values{view.FieldHow: {view.HowTakeBack}, view.FieldShare: {share2}}).on("/my/utility-accounts/", "Taken back")
	if bo.get(bill); strings.Contains(bo.page, "$83.10") {
		t.Error("the bill is still seen")
	}
}

func TestSharingSaysWhatIsWrong(t *testing.T) {
	b := open(t).added()
	link := between(b.page, "/my/utility-accounts/", `"`)
	post := func(email, role, until string) *browser {
		return b.do(http.MethodPost, "/sampletown/my/utility-accounts/"+link+"/share", url.Values{view.FieldEmail: {email}, view.FieldRole: {role}, view.FieldUntil: {until}})
	}
	post("bo", "see", "").wrongly(link, "does not look like an e-mail")
	post(maria, "see", "").wrongly(link, "your own e-mail address")
	post("bo@example.com", "see", "tomorrow").wrongly(link, "end that is not over")
	post("bo@example.com", "see", "2020-01-01").wrongly(link, "end that is not over").reads("bo@example.com")
	b.do(http.MethodPost, "/sampletown/my/utility-accounts/"+link, url.Values{view.FieldNickname: {strings.Repeat("a", 41)}}).wrongly(link, "shorter nickname")
	b.do(http.MethodPost, "/sampletown/my/utility-accounts/"+link, url.Values{view.FieldNickname: {"Huerta"}}).on("/my/utility-accounts/", "Huerta", "The nickname is saved")
}
