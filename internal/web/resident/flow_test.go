package resident_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/web/resident/view"
)

const (
	receipt  = "cw-stamp" // stands on receipts alone
	owedOnce = 8435       // cents: $83.10 and the fee of $1.25
)

func TestPay(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		b := found(t, d, clk).browser().find().give(good)
		b.reads("$84.35", "4242").send().on("/pay/done/", "$84.35", "Visa", receipt)
		b.charged(1, owedOnce)
	})
}

func TestDeclineThenAnotherCard(t *testing.T) {
	b := open(t).browser().find().give(refused)
	b.send().on("/pay/done/")
	b.charged(0, 0)
	pay := strings.Replace(b.at.Path, "/pay/done/pay_", "/pay/quo_", 1)
	if !strings.Contains(b.page, pay) {
		t.Fatalf("the page offers no other try:\n%s", b.page)
	}
	b.get(pay).on("/pay/quo_").give(good).send().on("/pay/done/", "$84.35")
	b.charged(1, owedOnce)
}

// Twenty clicks at once are one payment.
func TestManyClicksAreOnePayment(t *testing.T) {
	b := open(t).browser().find().give(good)
	review := b.at.String()
	var clicks sync.WaitGroup
	for range 20 {
		clicks.Go(func() {
			one := &browser{town: b.town, client: b.client, at: b.at, page: b.page}
			one.send()
			if !strings.Contains(one.at.Path, "/pay/done/") && one.status != http.StatusUnprocessableEntity && one.status != http.StatusTooManyRequests {
				t.Errorf("a click ends at %s with %d", one.at, one.status)
			}
		})
	}
	clicks.Wait()
	b.charged(1, owedOnce)
	b.get(review).on("/pay/done/", "$84.35")
}

// Back to any page of a paid quote, and a refresh of any, ends at its receipt.
func TestBackLeadsToTheReceipt(t *testing.T) {
	b := open(t).browser().find().give(good)
	review := *b.at
	b.send().on("/pay/done/")
	done := b.at.Path
	for _, old := range []string{"/review/", "/pay/", "/duplicate/", "/back/"} {
		if b.get(strings.Replace(review.Path, "/review/", old, 1)).at.Path != done {
			t.Errorf("Back to %s leads to %s", old, b.at.Path)
		}
	}
	for _, old := range []string{"/review/", "/pay/", "/duplicate/"} {
		form := url.Values{"consent": {"8435"}, view.FieldCardToken: {b.token(good)}, view.FieldHow: {view.HowFields}, view.FieldOnPurpose: {"yes"}}
		if b.do(http.MethodPost, strings.Replace(review.Path, "/review/", old, 1), form).at.Path != done {
			t.Errorf("sending %s again leads to %s", old, b.at.Path)
		}
	}
	b.charged(1, owedOnce)
}

// Two tabs, each with a quote: the second is told of the first's payment, and
// goes on only on purpose.
func TestTwoTabs(t *testing.T) {
	first := open(t).browser().find()
	second := &browser{town: first.town, client: first.client, at: first.at, page: first.page}
	first.give(good)
	second.give(good)
	first.send().on("/pay/done/")
	second.send().on("/duplicate/", "$83.10")
	second.charged(1, owedOnce)
	if second.send(); second.status != http.StatusUnprocessableEntity { // not on purpose
		t.Errorf("without the tick: %d at %s", second.status, second.at)
	}
	second.reads("Check the box", "/pay/done/").get(second.at.Path).on("/duplicate/") // and Back shows no form to be sent again
	second.charged(1, owedOnce)
}

func TestAnotherPaymentOnPurpose(t *testing.T) {
	b := open(t).browser().find().give(good)
	b.send().on("/pay/done/")
	b.home().send(view.FieldUtilityAccount, "004217001", string(city.Name), "Example")
	b.send(view.FieldAmount, string(view.Other), view.FieldOtherAmount, "20").on("/pay/")
	b.give(good).send().on("/duplicate/", "$83.10")
	b.send(view.FieldOnPurpose, "yes").on("/pay/done/", "$21.25")
	b.charged(2, owedOnce+2125)
}

// The balance changes between the look and the consent: the change is shown, and
// consent is asked anew, for the card given already.
func TestRepriced(t *testing.T) {
	b := open(t).browser().find().give(good)
	b.clk.Advance(time.Minute)
	b.bill(9000)
	b.send().on("/review/", "$83.10", "$90.00", "$91.25")
	b.charged(0, 0)
	b.send().on("/pay/done/", "$91.25")
	b.charged(1, 9125)
}

// Scripts off, on the way to the processor's page, there is no page of review: the
// new price was shown without a word.
func TestRepricedOnTheWayToTheProcessorsPage(t *testing.T) {
	b := open(t).browser().find()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/").saysNot("changed while you were here")
	b.clk.Advance(time.Minute)
	b.bill(9000)
	b.send(view.FieldHow, view.HowPage).on("/pay/", "Your bill changed while you were here", "$83.10", "$90.00", "$91.25")
	b.get(b.at.Path).on("/pay/", "Your bill changed while you were here")
	page := b.send(view.FieldHow, view.HowPage).at.String()
	card := url.Values{"number": {good}, "expiry": {"12/49"}, "code": {"123"}, "postal": {"78701"}}
	b.do(http.MethodPost, page, card).on("/pay/done/", "$91.25")
	b.charged(1, 9125)
}

// A charge whose reply is lost waits, and is found when somebody looks.
func TestLostReplyIsNotAFailure(t *testing.T) {
	b := open(t).browser().find().give(lost)
	b.send().on("/pay/done/")
	b.charged(1, owedOnce)
	b.get(b.at.Path).on("/pay/done/", "$84.35", receipt)
}

// While nobody knows, there is a page that looks again by itself and says
// neither yes nor no; when it takes long, less often.
func TestWaiting(t *testing.T) {
	b := open(t).browser().find().give(lost)
	b.deaf.Store(true)
	b.send().on("/pay/done/", `http-equiv="refresh" content="5"`)
	b.clk.Advance(2 * time.Minute)
	b.get(b.at.Path).on("/pay/done/", `http-equiv="refresh" content="30"`, "ana@example.com")
	if strings.Contains(b.page, receipt) || strings.Contains(strings.ToLower(b.page), "fail") {
		t.Errorf("the waiting page has an opinion:\n%s", b.page)
	}
	if stranger := b.town.browser().get(b.at.String()).on("/pay/done/"); strings.Contains(stranger.page, "ana@") {
		t.Error("a stranger reads the payer's e-mail address")
	}
	b.deaf.Store(false)
	b.clk.Advance(5 * time.Second) // until the page looks again, nobody is asked
	b.get(b.at.Path).on("/pay/done/", receipt)
	b.charged(1, owedOnce)
}

// Coming back from the processor's page without having paid there.
func TestComingBackTooEarly(t *testing.T) {
	b := open(t).browser().find()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	pay := b.at.String()
	page := b.send(view.FieldHow, view.HowPage).at.String()
	b.get(strings.Replace(pay, "/pay/", "/back/", 1)).on("/pay/done/", `http-equiv="refresh"`)
	b.get(pay).on("/pay/done/", "Nothing is paid yet")
	if again := b.get(goOn(b)).at.String(); again != page {
		t.Errorf("going on leads to %s, not to %s", again, page)
	}
	b.charged(0, 0)
}

// Scripts off, over the processor's page: pay, give up, come back.
func TestProcessorsPage(t *testing.T) {
	b := open(t).browser().find()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	pay := b.at.String()
	b.send(view.FieldHow, view.HowPage)
	page := b.at.String()
	if b.at.Host == b.portal.Listener.Addr().String() {
		t.Fatalf("the browser stays at %s:\n%s", b.at, b.page)
	}
	for range 2 { // pressed twice, or once more after Back
		form := url.Values{"consent": {"8435"}, view.FieldHow: {view.HowPage}}
		if again := b.do(http.MethodPost, pay, form).at.String(); again != page {
			t.Errorf("going again leads to %s, not to %s", again, page)
		}
	}
	card := url.Values{"number": {good}, "expiry": {"12/49"}, "code": {"123"}, "postal": {"78701"}}
	b.do(http.MethodPost, page, card).on("/pay/done/", "$84.35")
	b.charged(1, owedOnce)
}

// A card that takes its time was entered, and its payer read that nothing was paid,
// that no card was entered, and that another could be used.
func TestASlowCardIsBeingProcessed(t *testing.T) {
	b := open(t).browser().find()
	bill := b.at.String()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	page := b.send(view.FieldHow, view.HowPage).at.String()
	card := url.Values{"number": {slow}, "expiry": {"12/49"}, "code": {"123"}, "postal": {"78701"}}
	b.do(http.MethodPost, page, card).on("/pay/done/", "Please do not pay again")
	done := b.at.String()
	b.saysNot("Nothing is paid")
	b.saysNot("another card")
	b.get(bill).on("/bill/", "on its way").saysNot("not finished")
	b.clk.Advance(8 * time.Second) // as long as the sandbox takes
	b.get(done).on("/pay/done/", "$84.35", receipt)
	b.charged(1, owedOnce)
}

// Nor may the bill and the page of duplicates say so, where the payer has not come
// back from the processor's page and nobody has looked since.
func TestASlowCardThatNobodyHasLookedAtIsBeingProcessed(t *testing.T) {
	b := open(t).browser().find()
	bill := b.at.String()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	page := b.send(view.FieldHow, view.HowPage).at.String()
	second := b.town.browser().find().give(good).send().on("/duplicate/", "started but not finished")
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.do(http.MethodPost, page, url.Values{"number": {slow}, "expiry": {"12/49"}, "code": {"123"}, "postal": {"78701"}})
	b.clk.Advance(5 * time.Second)
	second.get(second.at.Path).on("/duplicate/").saysNot("nothing is paid")
	b.get(bill).on("/bill/", "on its way").saysNot("not finished")
}

// The reply of the processor's page is lost, and the payer goes back to where they
// came from: by the page's link, or by Back and once more.
func TestLostReplyOnTheProcessorsPage(t *testing.T) {
	for _, back := range []string{"/back/", "/pay/"} {
		b := open(t).browser().find()
		b.send(view.FieldAmount, string(view.Total)).on("/pay/")
		pay := b.at.String()
		page := b.send(view.FieldHow, view.HowPage).at.String()
		card := url.Values{"number": {lost}, "expiry": {"12/49"}, "code": {"123"}, "postal": {"78701"}}
		b.do(http.MethodPost, page, card)
		if !strings.Contains(b.page, "/back/quo_") {
			t.Errorf("the processor's page leads nowhere:\n%s", b.page)
		}
		b.get(strings.Replace(pay, "/pay/", back, 1)).on("/pay/done/", "$84.35", receipt)
		b.charged(1, owedOnce)
	}
}

func TestGivingUpOnTheProcessorsPage(t *testing.T) {
	b := open(t).browser().find()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	b.send(view.FieldHow, view.HowPage)
	b.do(http.MethodPost, b.at.Path+"/cancel", nil).on("/pay/done/", "You went back without paying", "$83.10")
	b.charged(0, 0)
	b.get(strings.Replace(b.at.Path, "/pay/done/pay_", "/pay/quo_", 1)).on("/pay/quo_").give(good).send().on("/pay/done/", "$84.35")
	b.charged(1, owedOnce)
}

// goOn is where the page's way back to an unfinished payment leads.
func goOn(b *browser) string {
	b.Helper()
	found := regexp.MustCompile(`href="([^"]*/go-on/[^"]*)"`).FindStringSubmatch(b.page)
	if found == nil {
		b.Fatalf("the page at %s leads back to no payment:\n%s", b.at, b.page)
	}
	return found[1]
}

// Who leaves the bank's question has paid nothing: the bill says so, and leads
// back to the question, where the payment can be finished.
func TestLeavingTheBanksQuestion(t *testing.T) {
	b := open(t).browser().find()
	bill := b.at.String()
	b.give(challenged).send()
	question := b.at.String()
	if !strings.Contains(question, "/challenge/") {
		t.Fatalf("the browser is at %s", question)
	}
	b.get(bill).on("/bill/", "not finished", "$84.35", `id="amount-total"`)
	if strings.Contains(b.page, "on its way") {
		t.Errorf("what nobody has paid is on its way:\n%s", b.page)
	}
	if again := b.get(goOn(b)).at.String(); again != question {
		t.Errorf("going on leads to %s, not to %s", again, question)
	}
	b.charged(0, 0)
	b.do(http.MethodPost, question, url.Values{"answer": {"approve"}}).on("/pay/done/", "$84.35", receipt)
	b.charged(1, owedOnce)
}

// A visit that has ended shows no page of its own, and the receipt to whoever
// has its address.
func TestEndedVisit(t *testing.T) {
	b := open(t).browser().find()
	bill := b.at.String()
	b.give(good)
	review := b.at.String()
	stranger := b.town.browser()
	for _, address := range []string{bill, review, strings.Replace(review, "/review/", "/pay/", 1)} {
		if stranger.get(address); stranger.status != http.StatusConflict || strings.Contains(stranger.page, "$8") {
			t.Errorf("a stranger at %s gets %d:\n%s", address, stranger.status, stranger.page)
		}
	}
	b.send().on("/pay/done/")
	stranger.get(review).on("/pay/done/", "$84.35")
	if strings.Contains(stranger.page, "ana@example.com") {
		t.Error("a stranger reads the payer's e-mail address")
	}
}

// Whoever changes the language on the way is spoken to in it by the card fields
// and by the bank.
func TestTheLanguageIsChangedOnTheWay(t *testing.T) {
	b := open(t).browser().find()
	b.send(view.FieldAmount, string(view.Total)).on("/pay/")
	if b.get(b.at.Path+"?lang=es").on("/pay/", `lang="es"`); !regexp.MustCompile(`<iframe src="[^"]*lang=es`).MatchString(b.page) {
		t.Errorf("the card fields are not in Spanish:\n%s", b.page)
	}
	b.give(challenged).send()
	if !strings.Contains(b.at.Path, "/challenge/") || !strings.Contains(b.page, `lang="es"`) {
		t.Errorf("the bank asks at %s:\n%s", b.at, b.page)
	}
}

// Whose bill it is, and what is paid beyond what is due, stand on every page.
func TestEveryPageSaysWhoseBillAndWhatIsTooMuch(t *testing.T) {
	const whose, tooMuch = "· Water", "This is $16.90 more than is due"
	b := open(t).browser().find().reads("$1.25 for payments up to $100.00; 2.25% for larger payments")
	b.send(view.FieldAmount, string(view.Other), view.FieldOtherAmount, "100").on("/pay/", whose, tooMuch)
	b.give(good).on("/review/", whose, tooMuch).send().on("/pay/done/", "credit of $16.90", "ana@example.com")
	second := b.town.browser()
	second.home().send(view.FieldUtilityAccount, "#4217-1", string(city.HouseNumber), "12").on("/bill/")
	second.send(view.FieldAmount, string(view.Other), view.FieldOtherAmount, "20").give(good).send().on("/duplicate/", whose, "pay $20.00", "$100.00")
	if stranger := b.town.browser().get(b.at.String()).on("/pay/done/"); strings.Contains(stranger.page, "$16.90") {
		t.Error("a stranger with the receipt reads what is owed")
	}
}

// A due date that has passed says so, and what is left after a decline is what is
// owed, not what was tried.
func TestTheDueDateHasPassed(t *testing.T) {
	b := open(t).browser()
	b.clk.Advance(22 * 24 * time.Hour)
	b.find().reads("Was due", "(2 days ago)", "This bill was due")
	b.send(view.FieldAmount, string(view.Other), view.FieldOtherAmount, "20").give(refused).send()
	b.on("/pay/done/", "We tried $21.25", "$83.10 is still due", `href="tel:`)
	if strings.Contains(b.page, "usa-step-indicator") {
		t.Error("a declined card is a step on the way")
	}
}

// Whatever is wrong with a form, the answer is a redirect, so that Back and
// refresh show a page; what was typed stays, but never what looks like a card.
func TestMistakesAreAnsweredByARedirect(t *testing.T) {
	b := open(t).browser().find()
	bill := b.at.Path
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	wrong := func(path string, form url.Values, says ...string) {
		t.Helper()
		if b.do(http.MethodPost, path, form); b.status != http.StatusSeeOther {
			t.Errorf("%s: answered with %d", path, b.status)
		}
		if b.get(path); b.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: shown with %d", path, b.status)
		}
		b.reads(says...)
		if b.get(path); b.status != http.StatusOK {
			t.Errorf("%s: shown again with %d", path, b.status)
		}
	}
	wrong("/sampletown/", url.Values{view.FieldUtilityAccount: {"4217-1"}, string(city.HouseNumber): {"13"}}, "could not find a match", `value="4217-1"`, "tel:+15125550100")
	wrong("/sampletown/", url.Values{view.FieldUtilityAccount: {"4217-1"}}, "Answer one of the questions below")
	wrong(bill, url.Values{view.FieldAmount: {string(view.Other)}, view.FieldOtherAmount: {"94,90"}}, "94.90 instead of 94,90", `value="94,90"`)
	b.do(http.MethodPost, bill, url.Values{view.FieldAmount: {string(view.Total)}})
	pay := regexp.MustCompile(`/pay/quo_[0-9a-z]+`).FindString(b.location)
	wrong("/sampletown"+pay, url.Values{view.FieldHow: {view.HowFields}, view.FieldCardToken: {"tok"}, view.FieldEmail: {"maria at example"}}, "Enter an e-mail address", `value="maria at example"`)
}

// A try is refused while another tab's is under way: nobody reads that nothing was
// charged, but how the payment stands.
func TestARefusedTryShowsThePaymentThatStands(t *testing.T) {
	b := openAs(t, strings.Replace(string(city.Example()), "declined_tries: 8", "declined_tries: 1", 1)).browser().find().give(lost)
	review := *b
	b.deaf.Store(true)
	b.send().on("/pay/done/") // in doubt: its try is not given back
	(&review).send().on("/pay/done/")
	b.charged(1, owedOnce)
}

func TestExpiredQuote(t *testing.T) {
	b := open(t).browser().find().give(good)
	b.clk.Advance(31 * time.Minute)
	if b.send(); b.status != http.StatusConflict {
		t.Errorf("an expired quote gets %d at %s:\n%s", b.status, b.at, b.page)
	}
	b.charged(0, 0)
}

func TestReceiptAgain(t *testing.T) {
	b := open(t).browser().find().give(good)
	b.send().on("/pay/done/")
	b.send(view.FieldEmail, "not an address")
	if b.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong address gets %d", b.status)
	}
	b.send(view.FieldEmail, "ben@example.com").on("/pay/done/", "ben@example.com")
	if strings.Contains(b.get(b.at.Path).page, "ben@example.com") {
		t.Error("the address is still told after a refresh")
	}
	if len(b.mailed) != 1 || b.mailed[0] != "ben@example.com" {
		t.Errorf("sent to %v", b.mailed)
	}
}

func TestLanguageStays(t *testing.T) {
	b := open(t).browser().find()
	b.get(b.at.Path+"?lang=es").on("/bill/", `lang="es"`, "83.10")
	b.get(b.at.Path).on("/bill/", `lang="es"`)
	b.home().on("/", `lang="es"`)
}

// Cards are paused: no card page stands, nothing is charged, and the free ways
// are shown.
func TestPaused(t *testing.T) {
	b := open(t).browser().find().give(good)
	pay := strings.Replace(b.at.String(), "/review/", "/pay/", 1)
	b.held.Store(true)
	if b.send(); b.status != http.StatusServiceUnavailable {
		t.Errorf("paying while cards are paused gets %d", b.status)
	}
	if b.get(pay); b.status != http.StatusServiceUnavailable || strings.Contains(b.page, "<iframe") {
		t.Errorf("the card page while cards are paused gets %d:\n%s", b.status, b.page)
	}
	b.reads("cash, check and money order")
	b.charged(0, 0)
}

// Whoever looked at a bill while cards were paused chose an amount, read of a fee,
// and then stood before a closed door.
func TestBillSaysThatCardsArePaused(t *testing.T) {
	b := open(t).browser().find()
	b.held.Store(true)
	b.get(b.at.Path).on("/bill/", "$83.10", "Card payments are paused", "cash, check and money order")
	if strings.Contains(b.page, `name="amount"`) || strings.Contains(b.page, "adds a fee") {
		t.Errorf("the bill asks for an amount while nothing can be paid:\n%s", b.page)
	}
}
