package view

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
	"clearwell/internal/web/ui/gallery"
)

var update = flag.Bool("update", false, "write the golden files")

func TestPagesAreAsAgreed(t *testing.T) {
	eachPage(t, func(t *testing.T, lang locale.Lang, state gallery.State, page string) {
		golden := filepath.Join("testdata", string(lang), state.Name+".html")
		page = withoutMarks(page)
		if *update {
			write(t, golden, page)
			return
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatalf("%v (run with -update to write it)", err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(page, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
	})
}

// What the content policy forbids, a page must not need; what a skimmer would
// make, a page must not have.
func TestPagesHoldNothingForbidden(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"an inline style":         regexp.MustCompile(`<style|\sstyle=`),
		"an inline script":        regexp.MustCompile(`<script(>|\s[^>]*>[^<])|\son[a-z]+="|javascript:`),
		"a script unchecked":      regexp.MustCompile(`<script src="[^"]*" defer`),
		"a style sheet unchecked": regexp.MustCompile(`<link rel="stylesheet" href="[^"]*">`),
		"a field for a card":      regexp.MustCompile(`autocomplete="cc-|name="(card_?number|pan|cvv|cvc|expiry)`),
		"somebody else's origin":  regexp.MustCompile(`(src|href|action)="(https?:)?//`),
		"a message without text":  regexp.MustCompile(`(resident|page|policy|fault)\.[a-z_]+\.?[a-z_]*[<"]`),
		"a sentence with a hole":  regexp.MustCompile(`\{\{|<no value>|%!`),
	}
	eachPage(t, func(t *testing.T, _ locale.Lang, _ gallery.State, page string) {
		for what, pattern := range forbidden {
			if found := pattern.FindString(page); found != "" {
				t.Errorf("the page holds %s: %s", what, found)
			}
		}
		if cardscan.Contains([]byte(page)) {
			t.Error("the page holds a card number")
		}
	})
}

// Before a match, nobody learns anything about a utility account (Texas
// Utilities Code 182.052), not even whether it exists.
func TestFindingTellsNothing(t *testing.T) {
	eachPage(t, func(t *testing.T, _ locale.Lang, state gallery.State, page string) {
		if strings.HasPrefix(state.Name, "find") && strings.Contains(main(page), "$") && !strings.Contains(page, "last_payment") {
			t.Error("an amount stands on a page of finding")
		}
	})
}

// Nobody is told that a payment failed, but by the bank's own no.
func TestDoubtIsNeverFailure(t *testing.T) {
	words := regexp.MustCompile(`(?i)\b(failed|failure|rejected|fracas|falló su pago|rechaz)`)
	eachPage(t, func(t *testing.T, _ locale.Lang, state gallery.State, page string) {
		if strings.HasPrefix(state.Name, "waiting") {
			if found := words.FindString(main(page)); found != "" {
				t.Errorf("the page says %q", found)
			}
		}
	})
}

func TestEveryPageAsksForOneThing(t *testing.T) {
	primary := regexp.MustCompile(`class="usa-button usa-button--big"`)
	eachPage(t, func(t *testing.T, _ locale.Lang, _ gallery.State, page string) {
		if n := len(primary.FindAllString(page, -1)); n > 1 {
			t.Errorf("the page has %d primary actions", n)
		}
		if n := strings.Count(page, "<h1"); n != 1 {
			t.Errorf("the page has %d main headings", n)
		}
	})
}

// eachPage renders every state in every language.
func eachPage(t *testing.T, look func(*testing.T, locale.Lang, gallery.State, string)) {
	t.Helper()
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Languages {
		words := catalogue.Printer(lang)
		for _, state := range States() {
			t.Run(string(lang)+"/"+state.Name, func(t *testing.T) {
				var page bytes.Buffer
				if err := state.Render(gallery.Stage{Page: gallery.Page(words, state.Name), Origin: "https://cards.example"}).Render(t.Context(), &page); err != nil {
					t.Fatal(err)
				}
				look(t, lang, state, page.String())
			})
		}
	}
}

// withoutMarks takes out what changes with the assets, and puts each element on
// a line of its own.
func withoutMarks(page string) string {
	page = regexp.MustCompile(`(/assets/[a-z0-9/-]+)\.[0-9a-f]{10}\.`).ReplaceAllString(page, "$1.")
	page = regexp.MustCompile(`integrity="[^"]*"`).ReplaceAllString(page, `integrity=""`)
	page = regexp.MustCompile(`<svg class="([^"]*)" viewBox="0 0 24 24"[^>]*>.*?</svg>`).ReplaceAllString(page, `<svg class="$1"></svg>`)
	return strings.ReplaceAll(page, "><", ">\n<") + "\n"
}

func main(page string) string {
	_, after, _ := strings.Cut(page, "<main")
	inside, _, _ := strings.Cut(after, "</main>")
	return inside
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
