package app

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"clearwell/internal/cardscan"
	"clearwell/internal/web/webtest"
)

// canary is a card number that the sandbox takes and that stands nowhere else.
const canary = "4242424271940365"

// heard collects what a command prints, and tells when a text has come.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// demoTown is a running demo with a browser in front of it.
type demoTown struct {
	t      *testing.T
	tab    *webtest.Tab
	folder string
	home   string
	out    *heard
	stop   func()
}

// browse starts the demo as its command does, and opens a browser.
func browse(t *testing.T) *demoTown {
	t.Helper()
	d := &demoTown{t: t, tab: webtest.Open(t), folder: t.TempDir(), out: &heard{}}
	d.tab.Size(1040, 900)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, Process{
			Args: []string{"demo", "--data", d.folder, "--port", "18080", "--verbose"}, Lookup: func(string) (string, bool) { return "", false },
			In: strings.NewReader(""), Out: d.out, Err: d.out,
		})
	}()
	d.stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(d.stop)
	d.home = d.address(ended)
	return d
}

var addressLine = regexp.MustCompile(`Pay a bill:\s+(\S+)`)

func (d *demoTown) address(ended chan int) string {
	d.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case status := <-ended:
			d.t.Fatalf("the demo ended with %d:\n%s", status, d.out)
		case <-tick.C:
			if found := addressLine.FindStringSubmatch(d.out.String()); found != nil {
				return found[1]
			}
		}
	}
}

// owing reads a utility account that owes something, and its house number, from
// what the demo prints.
func (d *demoTown) owing(nth int) (number, house string) {
	d.t.Helper()
	rows := regexp.MustCompile(`(\d{6}-\d{3})\s+(\d+)\s.*\$[\d.,]+\n`).FindAllStringSubmatch(d.out.String(), -1)
	if len(rows) <= nth {
		d.t.Fatalf("the demo names too few utility accounts:\n%s", d.out)
	}
	return rows[nth][1], rows[nth][2]
}

// find goes to a bill and on to the card page.
func (d *demoTown) toCard(nth int) {
	d.t.Helper()
	number, house := d.owing(nth)
	d.tab.Go(d.home)
	d.looks("find")
	d.tab.Do(chromedp.SendKeys("#utility_account", number), chromedp.SendKeys("#house_number", house), chromedp.Click("main form button[type=submit]"))
	d.tab.Await(`location.pathname.includes("/bill/")`)
	d.looks("bill")
	d.tab.Do(chromedp.Click("main form button[type=submit]"))
	d.tab.Await(`location.pathname.includes("/pay/") && Boolean(document.querySelector("main form"))`)
}

// typeCard types a card into the processor's frame, by keyboard, and goes on to
// the review.
func (d *demoTown) typeCard(number string) {
	d.t.Helper()
	d.tab.Await(`Boolean(document.querySelector("iframe"))`)
	d.tab.Await(`document.querySelector("iframe").style.height !== ""`) // the fields are there, and have said how tall they are
	d.looks("pay")
	steps := []chromedp.Action[chromedp.Void]{chromedp.Focus("iframe")}
	if webtest.Ask[string](d.tab, `document.querySelector("#email").value`) == "" {
		d.tab.Do(chromedp.SendKeys("#email", "ana@example.com"))
	}
	for _, text := range []string{number, "1249", "123", "78701"} {
		steps = append(steps, chromedp.KeyEvent("\t"), chromedp.KeyEvent(text))
	}
	d.tab.Do(steps...)
	d.looks("card")
	d.tab.Do(chromedp.Click(`button[value="fields"]`))
	d.tab.Await(`location.pathname.includes("/review/")`)
	d.looks("review")
}

func (d *demoTown) confirm() {
	d.t.Helper()
	d.tab.Do(chromedp.Click("main form button[type=submit]"))
	d.tab.Await(`location.pathname.includes("/pay/done/")`)
}

// looks checks the page in front of us, and keeps a picture when asked to.
func (d *demoTown) looks(page string) {
	d.t.Helper()
	if folder := os.Getenv("CLEARWELL_PICTURES"); folder != "" {
		path := filepath.Join(folder, strings.ReplaceAll(d.t.Name(), "/", "-")+"-"+page+".png")
		if err := os.WriteFile(path, d.tab.Screenshot(), 0o644); err != nil {
			d.t.Error(err)
		}
	}
	for _, complaint := range d.tab.Complaints() {
		d.t.Errorf("%s page: %s", page, complaint)
	}
}

func (d *demoTown) says(words ...string) {
	d.t.Helper()
	d.tab.Await(`document.readyState === "complete" && document.querySelector("main") !== null`) // the address is the new page's before its text is there
	text := webtest.Ask[string](d.tab, `document.querySelector("main").innerText`)
	for _, word := range words {
		if !strings.Contains(text, word) {
			d.t.Errorf("the page does not say %q:\n%s", word, text)
		}
	}
}

func TestBrowserPaysAndNothingKeepsTheCard(t *testing.T) {
	d := browse(t)
	d.toCard(0)
	d.typeCard(canary)
	d.confirm()
	d.says("Visa", canary[12:])
	d.looks("receipt")
	receipt := webtest.Ask[string](d.tab, `location.href`)
	d.tab.Do(chromedp.NavigateBack(), chromedp.NavigateBack())
	d.tab.Go(receipt)
	d.says(canary[12:])
	d.stop()
	d.hunt()
}

// hunt searches everything the town has left for the canary, in every disguise.
func (d *demoTown) hunt() {
	d.t.Helper()
	files := 0
	err := filepath.WalkDir(d.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, hit := range cardscan.Hunt(content, canary) {
			d.t.Errorf("the card number is in %s: %+v", path, hit)
		}
		files++
		return err
	})
	if err != nil || files < 3 {
		d.t.Errorf("hunted through %d files: %v", files, err)
	}
	for _, hit := range cardscan.Hunt([]byte(d.out.String()), canary) {
		d.t.Errorf("the card number was printed or logged: %+v", hit)
	}
}

func TestBrowserIsDeclinedAndTriesAgain(t *testing.T) {
	d := browse(t)
	d.toCard(1)
	d.typeCard("4000000000000002")
	d.confirm()
	d.says("another card")
	d.looks("declined")
	d.tab.Do(chromedp.Click("main a.usa-button, main form button[type=submit]"))
	d.tab.Await(`location.pathname.includes("/pay/quo")`)
	d.typeCard("5555555555554444")
	d.confirm()
	d.says("4444")
}

func TestBrowserHearsTheTruthAfterALostReply(t *testing.T) {
	d := browse(t)
	d.toCard(2)
	d.typeCard("4000000000003014")
	d.confirm()
	d.tab.Await(`document.querySelector("main")?.innerText.includes("3014")`)
	d.looks("receipt")
}

func TestBrowserAnswersTheBanksQuestion(t *testing.T) {
	d := browse(t)
	d.toCard(3)
	d.typeCard("4000000000003220")
	d.tab.Do(chromedp.Click("main form button[type=submit]"))
	d.tab.Await(`location.pathname.includes("/challenge/")`)
	d.looks("challenge")
	d.tab.Do(chromedp.Click(`button[value="approve"]`))
	d.tab.Await(`location.pathname.includes("/pay/done/")`)
	d.says("3220")
}

func TestBrowserWithoutScriptsPaysOnTheProcessorsPage(t *testing.T) {
	d := browse(t)
	d.tab.Scripts(false)
	number, house := d.owing(3)
	d.tab.Go(d.home)
	d.tab.Do(chromedp.SendKeys("#utility_account", number), chromedp.SendKeys("#house_number", house), chromedp.Click("main form button[type=submit]"),
		chromedp.WaitVisible(`input[name="amount"]`), chromedp.Click("main form button[type=submit]"),
		chromedp.WaitVisible(`button[value="page"]`), chromedp.Click(`button[value="page"]`))
	d.looks("pay")
	d.tab.Do(chromedp.WaitVisible("#number"))
	if said := webtest.Ask[string](d.tab, `document.body.innerText`); !strings.Contains(said, "City of Sampletown") {
		t.Errorf("the processor's page does not say who is paid: %s", said)
	}
	d.tab.Do(chromedp.SendKeys("#number", "4242424242424242"), chromedp.SendKeys("#expiry", "1249"),
		chromedp.SendKeys("#code", "123"), chromedp.SendKeys("#postal", "78701"), chromedp.Click("main form button"))
	d.tab.Do(chromedp.WaitVisible(`a[href$="/sampletown/"]`))
	d.looks("receipt")
}
