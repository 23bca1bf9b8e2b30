package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/id"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/web/resident"
	"clearwell/internal/web/resident/view"
)

// comer is somebody who comes to a city with what another city gave them.
type comer struct {
	who     string
	host    string
	base    string
	cookies map[string]string
}

func comers(here, other *place) []comer {
	return []comer{
		{"a visitor", here.host, "", here.visitor.cookies},
		{"a visitor at the shared host", "pay.shared.localhost", "/" + string(here.slug), here.visitor.cookies},
		{"a visitor of the other city", here.host, "", other.visitor.cookies},
		{"somebody without a visit", here.host, "", nil},
	}
}

var brace = regexp.MustCompile(`\{([a-z_]+)\}`)

// sampled fills the braces of a pattern with each name that a city has given,
// and with one that nobody has.
func (c *cities) sampled(pattern string, from *place) (method string, paths []string, nobody string) {
	c.Helper()
	method, path, _ := strings.Cut(strings.TrimSuffix(pattern, "{$}"), " ")
	found := brace.FindStringSubmatch(path)
	if found == nil {
		return method, []string{path}, ""
	}
	names := from.named[found[1]]
	if len(names) == 0 || strings.Count(path, "{") != 1 {
		c.Fatalf("%s: the story of the two cities has no %q; say where one comes from", pattern, found[1])
	}
	for _, name := range names {
		paths = append(paths, strings.Replace(path, found[0], name, 1))
	}
	prefix, _, _ := strings.Cut(names[0], "_")
	_, body, _ := strings.Cut(id.New[stranger](c.clk.Now()).String(), "_")
	return method, paths, strings.Replace(path, found[0], prefix+"_"+body, 1)
}

type stranger struct{}

func (stranger) Prefix() string { return "stranger" }

// forms are what somebody may send who knows all that the other city gave.
func forms(method string, other *place) []url.Values {
	if method != http.MethodPost {
		return []url.Values{nil}
	}
	all := []url.Values{}
	for _, how := range []string{view.HowFields, view.HowPage} {
		all = append(all, url.Values{
			view.FieldHow: {how}, view.FieldCardToken: {other.card}, view.FieldEmail: {"thief@example.com"}, view.FieldOnPurpose: {"yes"},
			view.FieldAmount: {string(view.Total)}, "consent": {strconv.FormatInt(other.cents+300+125, 10)},
			view.FieldUtilityAccount: {display(3)}, string(city.LastPayment): {other.lastPaid(3)},
		})
	}
	return all
}

// Every address of the residents' door, with every name that the other city has
// given, by every kind of comer: the answer is the one for a name that nobody
// has, and nothing of the other city is in it or changed by it.
func TestTwoCitiesShareNoPage(t *testing.T) {
	each(t, func(c *cities) {
		c.both(func(here, other *place) {
			canaries := c.canaries(other, here)
			for _, pattern := range sortedKeys(resident.New(resident.Config{}).Routes()) {
				c.untouched(pattern, other, func() { c.tryRoute(pattern, here, other, canaries) })
			}
		})
	})
}

func (c *cities) tryRoute(pattern string, here, other *place, canaries []string) {
	c.Helper()
	method, paths, nobody := c.sampled(pattern, other)
	for i, comer := range comers(here, other) {
		if i > 0 && len(paths) > 2 {
			paths = paths[:2] // what was paid, and what is in doubt
		}
		for _, form := range forms(method, other) {
			alike := ""
			if nobody != "" {
				alike = c.plain(c.ask(method, comer.host, comer.base+nobody, comer.cookies, form), last(nobody))
			}
			for _, path := range paths {
				got := c.ask(method, comer.host, comer.base+path, comer.cookies, form)
				what := fmt.Sprintf("%s %s%s by %s", method, here.slug, path, comer.who)
				c.silent(what, got.text(), canaries, sent(path, form)...)
				if got.status >= 500 {
					c.Errorf("%s: status %d", what, got.status)
				}
				if plain := c.plain(got, last(path)); nobody != "" && plain != alike {
					c.Errorf("%s: is answered otherwise than a name that nobody has:\n%s\n---\n%s", what, plain, alike)
				}
			}
		}
	}
}

// plain is an answer without the name that was asked for, in any of its kinds,
// and without the secret of a cookie.
func (c *cities) plain(a answered, name string) string {
	_, body, _ := strings.Cut(name, "_")
	header := a.header.Clone()
	if header.Get("Set-Cookie") != "" {
		header.Set("Set-Cookie", "one")
	}
	return strings.ReplaceAll(answered{a.status, header, a.body}.text(), body, "")
}

// sent lists what a request says and an answer may therefore repeat.
func sent(path string, form url.Values) []string {
	said := []string{last(path)}
	if _, body, named := strings.Cut(last(path), "_"); named {
		said = append(said, "quo_"+body, "pay_"+body)
	}
	for _, values := range form {
		said = append(said, values...)
	}
	return slices.DeleteFunc(said, func(s string) bool { return len(s) < 4 })
}

// What a guest knows of a bill in one city finds none in the other, though the
// utility account number is the same; what holds in both finds each its own.
func TestTwoCitiesAskForTheirOwnAnswers(t *testing.T) {
	each(t, func(c *cities) {
		c.both(func(here, other *place) {
			canaries := c.canaries(other, here)
			guest := &visitor{cities: c, host: here.host, cookies: map[string]string{}}
			guest.get("/").send(view.FieldUtilityAccount, display(1), string(city.LastPayment), other.lastPaid(1))
			if guest.status != http.StatusUnprocessableEntity {
				c.Errorf("the answer of %s gets %d in %s", other.slug, guest.status, here.slug)
			}
			c.silent("a wrong answer in "+string(here.slug), guest.text(), canaries, other.lastPaid(1))
			guest.get("/").send(view.FieldUtilityAccount, display(9), string(city.LastPayment), here.lastPaid(9)).on("/bill/")
			c.silent("a bill in "+string(here.slug), guest.text(), canaries)
			if !strings.Contains(guest.body, here.owes(9)) {
				c.Errorf("the bill of %s does not say %s:\n%s", here.slug, here.owes(9), guest.body)
			}
		})
	})
}

// signers sign a notice as a processor does. An adapter that takes notices and
// is not here fails the test.
func (c *cities) signers() map[string]func(merchant, key, kind string) noticed {
	return map[string]func(merchant, key, kind string) noticed{"sandbox": c.signAsSandbox}
}

func (c *cities) signAsSandbox(merchant, key, kind string) noticed {
	c.Helper()
	body, err := json.Marshal(map[string]any{
		"id": "evt_" + merchant + key + kind, "type": kind, "merchant": merchant, "key": key, "amount_cents": 1, "at": c.clk.Now(),
	})
	c.must(err)
	seconds := strconv.FormatInt(c.clk.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(c.derived("sandbox.notices").Reveal()))
	mac.Write([]byte(seconds + "." + string(body)))
	header := http.Header{sandbox.SignatureHeader: {"t=" + seconds + ",v1=" + hex.EncodeToString(mac.Sum(nil))}}
	return noticed{header, body}
}

// A notice that is truly signed, for the merchant account of one city and about
// an attempt of the other, moves nothing in either. One about its own attempt
// moves that, and nothing in the other.
func TestTwoCitiesShareNoNotice(t *testing.T) {
	each(t, func(c *cities) {
		for name, adapter := range c.companies {
			if _, able := adapter.(processor.Notifier); !able {
				continue
			}
			sign, known := c.signers()[name]
			if !known {
				c.Fatalf("nobody here signs notices of %s", name)
			}
			c.both(func(here, other *place) { c.tryNotices(name, sign, here, other) })
		}
	})
}

func (c *cities) tryNotices(name string, sign func(merchant, key, kind string) noticed, here, other *place) {
	c.Helper()
	before := c.state(here, "inbox_messages")
	c.untouched("notices across", other, func() {
		for _, kind := range []string{"charge.decided", "charge.disputed", "refund.decided", "unheard.of"} {
			for _, quote := range other.steps {
				p, err := c.payments.Payment(c.Context(), other.slug, payment.OfQuote(quote))
				if err == nil { // else it has not become a payment
					c.notify(name, sign(string(here.slug), p.Attempt.String(), kind))
				}
			}
		}
	})
	if moved := difference(before, c.state(here, "inbox_messages")); len(moved) > 0 {
		c.Errorf("notices about payments of %s move %s: %v", other.slug, here.slug, moved)
	}
	doubted, err := c.payments.Payment(c.Context(), here.slug, payment.OfQuote(here.steps["in doubt"]))
	c.must(err)
	c.clk.Advance(time.Second)
	c.untouched("a notice of its own", other, func() { c.notify(name, sign(string(here.slug), doubted.Attempt.String(), "charge.decided")) })
	if after, err := c.payments.Payment(c.Context(), here.slug, doubted.ID); err != nil || doubted.State != payment.InDoubt || after.State != payment.Approved {
		c.Errorf("a notice makes %s of %s, %v: it would have moved nothing of the other city either", after.State, doubted.State, err)
	}
}

func (c *cities) notify(name string, n noticed) {
	c.Helper()
	got := c.post("/hooks/"+name, n.header, n.body)
	if got.status != http.StatusNoContent || got.body != "" {
		c.Errorf("a signed notice gets %d %q", got.status, got.body)
	}
}
