package webtest

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Tab is a browser with one page open.
type Tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	said     []string
	requests []string
}

// patience is how long a whole test may keep its browser.
const patience = 3 * time.Minute

// longestWait is how long a page may take to become what [Tab.Await] waits for.
const longestWait = 45 * time.Second

// Open starts a browser for the test, or skips it.
func Open(t *testing.T) *Tab {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes longer than a short run may")
	}
	found := slices.ContainsFunc([]string{"chromium", "chromium-browser", "google-chrome", "headless-shell"}, func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	})
	if !found {
		t.Skip("no Chromium or Chrome on the path (apt-get install chromium)")
	}
	tab := &Tab{t: t}
	// Without its own sandbox, which cannot be had as root in a container; the
	// pages are ours.
	ctx, quit := chromedp.NewContext(t.Context(),
		chromedp.WithAllocatorOptions(chromedp.NoSandbox), chromedp.WithListener(tab.hear))
	t.Cleanup(quit)
	ctx, late := context.WithTimeout(ctx, patience)
	t.Cleanup(late)
	tab.ctx = ctx
	return tab
}

func (b *Tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.said = append(b.said, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, "uncaught: "+e.ExceptionDetails.Text)
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

// Go opens an address and forgets what earlier pages said.
func (b *Tab) Go(address string) {
	b.t.Helper()
	b.mu.Lock()
	b.said, b.requests = nil, nil
	b.mu.Unlock()
	b.Do(chromedp.Navigate(address))
}

// Do takes steps one after the other.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// Size makes the window so many CSS pixels wide and high.
func (b *Tab) Size(width, height int64) {
	b.t.Helper()
	b.Do(chromedp.EmulateViewport(width, height))
}

// Scripts turns scripts on or off for the pages opened from now on.
func (b *Tab) Scripts(on bool) {
	b.t.Helper()
	b.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// Ask evaluates an expression in the page, waiting for a promise.
func Ask[T any](b *Tab, expression string) T {
	b.t.Helper()
	answer, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(fmt.Errorf("asking %.80s: %w", expression, err))
	}
	return answer
}

// Await waits until an expression is true, over however many pages it takes.
func (b *Tab) Await(expression string) {
	b.t.Helper()
	look := chromedp.Evaluate[bool](`new Promise((done) => {
		const until = performance.now() + 1000;
		const look = () => (`+expression+`) ? done(true) : performance.now() > until ? done(false) : requestAnimationFrame(look);
		look();
	})`, chromedp.EvalAwaitPromise)
	ctx, late := context.WithTimeout(b.ctx, longestWait)
	defer late()
	for {
		once, unheard := context.WithTimeout(ctx, longestLook)
		seen, err := chromedp.Run(once, look)
		lost := once.Err() != nil
		unheard()
		switch {
		case ctx.Err() != nil:
			b.t.Fatalf("waiting for %s: %v", expression, ctx.Err())
		case lost, isBetweenPages(err):
			continue
		case err != nil:
			b.t.Fatal(fmt.Errorf("waiting for %s: %w", expression, err))
		case seen:
			return
		}
	}
}

// longestLook is when a question counts as lost. Now and then the page that is
// asked goes away in a moment in which nobody is told, and no answer ever comes.
const longestLook = 5 * time.Second

// isBetweenPages reports whether the page that was asked is gone, and another
// is on its way.
func isBetweenPages(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "navigated") || strings.Contains(err.Error(), "context"))
}

// Complaints lists the errors and warnings of the console, violations of the
// content policy among them, since the page was opened.
func (b *Tab) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.said)
}

// Requests lists the addresses asked for since the page was opened, those of
// frames too.
func (b *Tab) Requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

// Overflow names what reaches past the right edge of the window, if anything.
func (b *Tab) Overflow() string {
	b.t.Helper()
	return Ask[string](b, `(() => {
		const edge = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= edge) return "";
		const wide = [...document.body.querySelectorAll("*")].find((e) => e.getBoundingClientRect().right > edge + 1);
		return wide ? wide.outerHTML.slice(0, 120) : "the page";
	})()`)
}

// Screenshot pictures the whole page as PNG.
func (b *Tab) Screenshot() []byte {
	b.t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	return picture
}

// PDF prints the page on letter paper, as a resident's printer would.
func (b *Tab) PDF() []byte {
	b.t.Helper()
	paper, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	if err != nil {
		b.t.Fatal(err)
	}
	return paper
}

// discard runs a script for what it does.
func discard(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, runtime.Evaluate, runtime.EvaluateParams{Expression: script})
		return err
	})
}
