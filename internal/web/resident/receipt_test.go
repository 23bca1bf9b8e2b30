package resident_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

// The address of a receipt showed the whole number of the utility account to
// whoever was handed it, and sent mail for them, for ever.
func TestAReceiptTellsStrangersLess(t *testing.T) {
	tw := open(t)
	mine := tw.browser().find().give(good)
	mine.send().on("/pay/done/")
	receipt := mine.at.String()
	if mine.get(receipt); !strings.Contains(mine.page, "004217-001") || !strings.Contains(mine.page, `name="email"`) {
		t.Errorf("the payer reads no number, or cannot send it again:\n%s", mine.page)
	}
	stranger := tw.browser().get(receipt)
	if stranger.status != http.StatusOK || strings.Contains(stranger.page, "004217-001") || !strings.Contains(stranger.page, "…-001") {
		t.Errorf("a stranger gets %d, and reads the number:\n%s", stranger.status, stranger.page)
	}
	if strings.Contains(stranger.page, `name="email"`) {
		t.Error("a stranger may send it")
	}
	mailed := len(tw.mailed)
	tw.ask(http.MethodPost, mine.at.Path[strings.Index(mine.at.Path, "/pay/done/"):], url.Values{view.FieldEmail: {"thief@example.com"}}, nil)
	if len(tw.mailed) != mailed {
		t.Errorf("mailed to %v for a stranger", tw.mailed)
	}
	tw.clk.Advance(401 * 24 * time.Hour)
	if stranger.get(receipt); stranger.status != http.StatusNotFound {
		t.Errorf("after a year and more a stranger gets %d", stranger.status)
	}
}

// Whoever guesses at addresses of payments has few guesses, and those who follow
// their own are not counted.
func TestGuessesAtReceiptsAreSlowedDown(t *testing.T) {
	tw := open(t)
	guess := func() int {
		return tw.ask(http.MethodGet, "/pay/done/pay_0123456789abcdefghjkmnpqrs", nil, nil).Code
	}
	count := 0
	for ; count < 200 && guess() == http.StatusNotFound; count++ {
	}
	if count != 60 || guess() != http.StatusTooManyRequests {
		t.Errorf("%d guesses, then %d", count, guess())
	}
}

// A card number was kept with an at sign in its middle, and mail programs were
// handed what they read as an option.
func TestAddressesThatAreNone(t *testing.T) {
	tw := open(t)
	for email, kept := range map[string]bool{
		"ana@example.com": true, "ana+agua@sub.example.co": true, "ana.maria-2@example.com": true, "5125550100@example.com": true,
		"a@b": false, "a@[127.0.0.1]": false, "a@127.0.0.1": false, "-oQ/tmp@x.com": false, `"a b"@x.com`: false, "a@x.": false,
	} {
		b := tw.browser().find()
		b.send(view.FieldAmount, string(view.Total)).send(view.FieldEmail, email, view.FieldCardToken, "tok_none")
		if refused := b.status == http.StatusUnprocessableEntity; refused == kept {
			t.Errorf("%s: refused %v", email, refused)
		}
	}
	before := tw.alarms.count(web.CardSent)
	b := tw.browser().find()
	b.send(view.FieldAmount, string(view.Total)).send(view.FieldEmail, "45395787@63621486.com")
	if tw.alarms.count(web.CardSent) != before+1 || b.status != http.StatusUnprocessableEntity {
		t.Errorf("a card number around an at sign gets %d", b.status)
	}
}

// Who knew the visit's name before a bill was found must not know it afterwards.
func TestFindingABillRenewsTheVisit(t *testing.T) {
	tw := open(t)
	answered := func(house string, cookie *http.Cookie) *http.Cookie {
		form := url.Values{view.FieldUtilityAccount: {ana}, "house_number": {house}}
		w := tw.ask(http.MethodPost, "/", form, func(r *http.Request) {
			if cookie != nil {
				r.AddCookie(cookie)
			}
		})
		for _, set := range w.Result().Cookies() {
			if set.Name == "visit" {
				return set
			}
		}
		return cookie
	}
	planted := answered("13", nil) // wrong: a visit begins all the same
	if planted == nil {
		t.Fatal("no visit began")
	}
	if found := answered("12", planted); found.Value == planted.Value {
		t.Error("the visit that found the bill has the name that was planted")
	}
}
