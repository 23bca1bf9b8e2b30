package resident_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/web"
	"clearwell/internal/web/resident"
	"clearwell/internal/web/resident/view"
)

// pan is a card number that is nobody's and in no script.
const pan = "4539578763621486"

// disguises are ways in which a card number can be written.
func disguises() map[string]string {
	wide := func(r rune) rune { return r - '0' + '０' }
	return map[string]string{
		"plain":      pan,
		"spaced":     "4539 5787 6362 1486",
		"dashed":     "4539-5787-6362-1486",
		"full-width": strings.Map(wide, pan),
		"in words":   "my card is " + pan + " thank you",
		"base64":     base64.StdEncoding.EncodeToString([]byte("card=" + pan)),
		"hex":        hex.EncodeToString([]byte(pan)),
		"percent":    strings.ReplaceAll("%"+hex.EncodeToString([]byte(pan[:1]))+pan[1:], "5", "%35"),
		"entities":   strings.ReplaceAll(pan, "4", "&#52;"),
	}
}

// sampled fills the braces of a pattern with identifiers that nobody has.
func sampled(pattern string) (method, path string) {
	method, path, _ = strings.Cut(strings.TrimSuffix(pattern, "{$}"), " ")
	for name, prefix := range map[string]string{"visit": "vis", "quote": "quo", "payment": "pay", "link": "link"} {
		path = strings.ReplaceAll(path, "{"+name+"}", prefix+"_0123456789abcdefghjkmnpqrs")
	}
	return method, path
}

// ask sends one request to the door at the town's own host.
func (tw *town) ask(method, target string, form url.Values, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(tw.Context(), method, "http://"+host+target, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	tw.door.ServeHTTP(w, r)
	return w
}

// A card number in any field, any place and any disguise, at any route, is
// refused; that is noted, and nothing else is.
func TestCardNumbersAreRefusedEverywhere(t *testing.T) {
	clk := clock.NewManual(dbtest.Began)
	file := dbtest.SQLiteFile(t)
	tw := found(t, dbtest.Open(t, "sqlite:"+file, clk), clk)
	fields := []string{
		view.FieldUtilityAccount, view.FieldAmount, view.FieldOtherAmount, view.FieldEmail, view.FieldCardToken, view.FieldHow,
		view.FieldOnPurpose, "consent", "lang", "never_heard_of",
		string(city.HouseNumber), string(city.Name), string(city.ZIP), string(city.LastPayment),
	}
	asked := 0
	refused := func(what string, w *httptest.ResponseRecorder) {
		t.Helper()
		asked++
		if w.Code != http.StatusUnprocessableEntity || tw.alarms.count(web.CardSent) != asked {
			t.Errorf("%s: status %d, %d alarms of %d", what, w.Code, tw.alarms.count(web.CardSent), asked)
			asked = tw.alarms.count(web.CardSent)
		}
		if strings.Contains(w.Body.String(), pan[4:10]) {
			t.Errorf("%s: the page repeats it", what)
		}
	}
	for pattern := range resident.New(resident.Config{}).Routes() {
		method, path := sampled(pattern)
		for disguise, text := range disguises() {
			at := pattern + ", " + disguise + ", "
			for _, field := range fields {
				if method == http.MethodPost {
					refused(at+field, tw.ask(method, path, url.Values{field: {text}}, nil))
				}
			}
			refused(at+"in the query", tw.ask(method, path+"?q="+url.QueryEscape(text), nil, nil))
			refused(at+"as a name", tw.ask(method, path+"?"+url.QueryEscape(text)+"=1", nil, nil))
			refused(at+"in the path", tw.ask(method, "/"+url.PathEscape(text)+path, nil, nil))
			refused(at+"in a name's place", tw.ask(method, "/bill/"+url.PathEscape(text), nil, nil))
			if method == http.MethodPost {
				refused(at+"as the name of a field", tw.ask(method, path, url.Values{text: {"1"}}, nil))
			}
			refused(at+"in a header", tw.ask(method, path, nil, func(r *http.Request) { r.Header.Set("X-Note", text) }))
		}
	}
	for _, secret := range []string{pan, "4539 5787", "4539-5787", disguises()["base64"], disguises()["hex"]} {
		if strings.Contains(tw.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
		for _, suffix := range []string{"", "-wal"} {
			content, err := os.ReadFile(file + suffix)
			if err == nil && bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %q", filepath.Base(file)+suffix, secret)
			}
		}
	}
}

// Digits of a card number with letters between them, or more than anybody writes,
// were remembered for the next page, and shown on it. No field but the two that
// have another form takes them.
func TestCardNumbersInPiecesAreRefused(t *testing.T) {
	tw := open(t)
	pieces := []string{pan[:4], pan[4:8], pan[8:12], pan[12:]}
	for what, between := range map[string]string{"letters": "a", "streets": " Main St ", "wide gaps": " ----- ", "colons": ": "} {
		text := strings.Join(pieces, between)
		for _, field := range []string{view.FieldUtilityAccount, view.FieldOtherAmount, view.FieldEmail, string(city.HouseNumber), string(city.Name), string(city.ZIP), "another", text} {
			before := tw.alarms.count(web.CardSent)
			w := tw.ask(http.MethodPost, "/", url.Values{field: {text}}, nil)
			if w.Code != http.StatusUnprocessableEntity || tw.alarms.count(web.CardSent) != before+1 || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s in %s: status %d, remembered: %q", what, field, w.Code, w.Header().Get("Set-Cookie"))
			}
		}
	}
	if w := tw.ask(http.MethodPost, "/", url.Values{view.FieldCardToken: {"tok_" + strings.Join(pieces, "X")}}, nil); tw.alarms.count(web.CardSent) != 32 {
		t.Errorf("a token drawn by lot raises an alarm, and gets %d", w.Code)
	}
}

// Long numbers too are refused, but for a utility account number of the town's
// own form.
func TestLongNumbersAreRefused(t *testing.T) {
	tw := open(t)
	for number, want := range map[string]int{"004217-001": 0, "004217001": 0, "123456789012": 1, "1234 5678 9012": 1} {
		before := tw.alarms.count(web.CardSent)
		tw.ask(http.MethodPost, "/", url.Values{view.FieldUtilityAccount: {number}}, nil)
		if got := tw.alarms.count(web.CardSent) - before; got != want {
			t.Errorf("%q as a utility account number raises %d alarms, want %d", number, got, want)
		}
	}
	if w := tw.ask(http.MethodPost, "/", url.Values{string(city.Name): {"123456789012"}}, nil); w.Code != http.StatusUnprocessableEntity || tw.alarms.count(web.CardSent) != 3 {
		t.Errorf("a long number as a name gets %d and %d alarms", w.Code, tw.alarms.count(web.CardSent))
	}
}

func TestHeadersOfEveryPage(t *testing.T) {
	tw := open(t)
	want := map[string]string{
		"Cache-Control":                "^no-store$",
		"Content-Security-Policy":      "^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'$",
		"Cross-Origin-Opener-Policy":   "^same-origin$",
		"Cross-Origin-Resource-Policy": "^same-origin$",
		"Integrity-Policy":             `^blocked-destinations=\(script\), endpoints=\(pages\)$`,
		"Permissions-Policy":           `camera=\(\).*microphone=\(\).*usb=\(\).*payment=\(self\)$`,
		"Referrer-Policy":              "^same-origin$",
		"X-Content-Type-Options":       "^nosniff$",
		"X-Frame-Options":              "^DENY$",
		"Server":                       "^$",
		"X-Powered-By":                 "^$",
	}
	paths := []string{"/nowhere", "/.git/config", "/admin"}
	for pattern := range resident.New(resident.Config{}).Routes() {
		_, path := sampled(pattern)
		paths = append(paths, path)
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
			w := tw.ask(method, path, nil, nil)
			for name, form := range want {
				if got := w.Header().Get(name); !regexp.MustCompile(form).MatchString(got) {
					t.Errorf("%s %s: %s is %q", method, path, name, got)
				}
			}
		}
	}
}

// The pay page alone allows the processor, and no more than it needs.
func TestPolicyOfThePayPage(t *testing.T) {
	b := open(t).browser().find()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	res, err := b.client.Get(b.at.String())
	b.must(err)
	b.must(res.Body.Close())
	policy := res.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "form-action 'self' http://127.0.0.1:", "frame-src http://127.0.0.1:"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	for _, loose := range []string{"unsafe", "*", "data:", "connect-src"} {
		if strings.Contains(policy, loose) {
			t.Errorf("the policy has %q: %s", loose, policy)
		}
	}
	if got := res.Header.Get("Permissions-Policy"); !strings.Contains(got, `payment=(self "http://127.0.0.1:`) {
		t.Errorf("wallets in the frame are not allowed: %s", got)
	}
}

// Whatever is unknown looks the same: an address, a method, another town's.
func TestUnknownIsAlike(t *testing.T) {
	tw := open(t)
	first := tw.ask(http.MethodGet, "/nowhere", nil, nil)
	for _, target := range []string{"/admin", "/.env", "/wp-login.php", "/bill", "/pay//x", "/hooks/sandbox", "/debug/pprof/", "/pay/../admin"} {
		w := tw.ask(http.MethodGet, target, nil, nil)
		if w.Code != http.StatusNotFound || w.Body.String() != first.Body.String() {
			t.Errorf("%s gets %d, or another page", target, w.Code)
		}
	}
	if w := tw.ask(http.MethodDelete, "/", url.Values{}, func(r *http.Request) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}); w.Code != http.StatusNotFound {
		t.Errorf("DELETE / gets %d", w.Code)
	}
	w := tw.ask(http.MethodGet, "/", nil, func(r *http.Request) { r.Host = "elsewhere.example" })
	if strings.Contains(w.Body.String(), "Utilities") {
		t.Errorf("an unknown host is told of a town: %s", w.Body.String())
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	tw := open(t)
	w := tw.ask(http.MethodPost, "/", url.Values{view.FieldUtilityAccount: {"004217001"}}, func(r *http.Request) {
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	})
	if w.Code != http.StatusForbidden || tw.alarms.count(web.ForeignForm) != 1 {
		t.Errorf("a foreign form gets %d", w.Code)
	}
}

func TestLargeAndStrangeBodiesAreRefused(t *testing.T) {
	tw := open(t)
	for what, change := range map[string]func(*http.Request){
		"large": nil,
		"json":  func(r *http.Request) { r.Header.Set("Content-Type", "application/json") },
		"files": func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=x") },
	} {
		if w := tw.ask(http.MethodPost, "/", url.Values{"name": {strings.Repeat("x", 9<<10)}}, change); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", what, w.Code)
		}
	}
}

// Every failure to find a bill has one answer, whatever was wrong.
func TestFindingTellsNothing(t *testing.T) {
	tw := open(t)
	find := func(number, house string) string {
		b := tw.browser().home().send(view.FieldUtilityAccount, number, string(city.HouseNumber), house)
		if b.status != http.StatusUnprocessableEntity || b.at.Path != "/sampletown/" {
			t.Errorf("%s gets %d at %s", number, b.status, b.at)
		}
		return strings.NewReplacer(number, "", `value="`+house+`"`, "").Replace(b.page)
	}
	wrong := find("004217001", "13")
	for _, other := range []string{"004217002", "not a number"} {
		if find(other, "13") != wrong {
			t.Errorf("%s is told apart", other)
		}
	}
}

// A flood of empty forms is answered, and remembered only as far as anybody
// honest could send them.
func TestAFloodOfMistakesIsNotRemembered(t *testing.T) {
	tw, remembered := open(t), 0
	for range 200 {
		w := tw.ask(http.MethodPost, "/", url.Values{view.FieldUtilityAccount: {strings.Repeat("x", 4000)}}, nil)
		if w.Header().Get("Set-Cookie") != "" {
			remembered++
		} else if w.Code != http.StatusUnprocessableEntity {
			t.Fatalf("answered with %d", w.Code)
		}
	}
	if remembered < 1 || remembered > 40 {
		t.Errorf("%d visits were made", remembered)
	}
}

// In a town whose numbers are as long as a card's, what looks like a card is
// looked up, and neither kept nor shown again when it is nobody's.
func TestWhatLooksLikeACardIsNotKept(t *testing.T) {
	file := strings.NewReplacer(`"######-###"`, `"################"`, "example: 004217-001", "example: 1000000000000000").Replace(string(city.Example()))
	b := openAs(t, file).browser().home().send(view.FieldUtilityAccount, pan, string(city.HouseNumber), "13")
	if b.reads("could not find a match", `value="13"`); strings.Contains(b.page, pan) {
		t.Errorf("the page repeats it:\n%s", b.page)
	}
}

// A thousand tries to pay from one network, all with cards that are declined and
// for as many utility accounts as it takes: fewer than ten reach a bank.
func TestCardTestingIsSlowedDown(t *testing.T) {
	tw := openAs(t, strings.Replace(string(city.Example()), "declined_cards: 6", "declined_cards: 100", 1))
	b := tw.browser().find()
	refusals := 0
	for range 1000 {
		if b.send(view.FieldAmount, string(view.Total)); b.status != http.StatusOK {
			break
		}
		bill := b.at.String()
		b.give(refused).send()
		if b.status == http.StatusTooManyRequests {
			refusals++
			b.reads("This try was not sent", "wait one minute")
			break
		}
		b.on("/pay/done/", "did not approve").get(bill)
		b.home().send(view.FieldUtilityAccount, "4217-1", string(city.HouseNumber), "12").on("/bill/")
	}
	record, err := tw.company.Record()
	tw.must(err)
	if len(record.Charges) >= 10 || len(record.Charges) < 5 || refusals != 1 {
		t.Errorf("%d charges were tried, and %d tries refused", len(record.Charges), refusals)
	}
}

// At a library everybody shares one network. Thirty honest payments, one after the
// other, are no reason to stop anybody, nor is what changes meanwhile.
func TestNeighboursAtOneAddressDoNotStopEachOther(t *testing.T) {
	tw := open(t)
	for i := range 30 {
		tw.clk.Advance(20 * time.Second)
		b := tw.browser().find()
		b.send(view.FieldAmount, string(view.Other), view.FieldOtherAmount, "1.00").give(good).send(view.FieldOnPurpose, "yes", "consent", "1").on("/review/") // priced again
		if b.send(); i > 0 {
			b.on("/duplicate/").send(view.FieldOnPurpose, "yes")
		}
		b.on("/pay/done/", "$2.25")
		tw.clk.Advance(time.Second)
		tw.bill(8310)
	}
}

// The log has a closed set of fields, and none that a visitor can fill.
func TestLogSaysNothingAboutAnybody(t *testing.T) {
	b := open(t).browser().find().give(good)
	b.send().on("/pay/done/")
	for _, personal := range []string{"ana@example.com", "004217", "vis_", "quo_", "pay_", "tok_", "MAIN"} {
		if strings.Contains(b.log.String(), personal) {
			t.Errorf("the log holds %q:\n%s", personal, b.log)
		}
	}
	if !strings.Contains(b.log.String(), `"route":"POST /review/{quote}","status":303`) {
		t.Errorf("the log lacks the payment:\n%s", b.log)
	}
}
