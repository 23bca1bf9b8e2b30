package letter_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/locale"

	"github.com/google/go-cmp/cmp"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	look   = flag.String("look", "", "folder to leave PDF files in, to look at")
)

func day(text string) calendar.Date {
	d, err := calendar.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

func writer(t testing.TB) *letter.Writer {
	t.Helper()
	book, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return letter.NewWriter(book, catalogue)
}

// notice is of a made-up town with the founding case's facts.
func notice() letter.Notice {
	return letter.Notice{
		Town: "City of Clearwell", Office: "Utility Billing", Address: []string{"120 Standpipe Street", "Clearwell, TX 79700"},
		Phone: "1-800-555-0134", Site: "pay.clearwell.example/notice", Hours: "8 a.m. – 8 p.m.",
		Monitoring: "monitoring.example",
		Entity:     law.LocalGovernment, State: "TX",
		On: day("2026-11-24"), Discovered: day("2026-11-20"),
		Windows: []letter.Window{{From: day("2026-08-27"), To: day("2026-10-14")}, {From: day("2026-10-20"), To: day("2026-10-20")}},
		Seen:    letter.SeenCard,
		Ways:    []string{"one_time_web"}, Safe: []string{"autopay", "counter", "telephone", "echeck"},
		People: 8000,
	}
}

// golden compares a text with its file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

// The letters that differ, in both languages, as people read them.
func TestLettersAsRead(t *testing.T) {
	w := writer(t)
	for _, lang := range locale.Languages {
		for _, state := range []string{"TX", "MA", "IL", "NC"} {
			l, err := w.Compose(notice(), letter.Exposed, state, lang)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, fmt.Sprintf("exposed.%s.%s.txt", state, lang), l.Text())
		}
		l, err := w.Compose(notice(), letter.Information, "TX", lang)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, fmt.Sprintf("information.TX.%s.txt", lang), l.Text())
	}
}

func TestPublicTextsAsRead(t *testing.T) {
	w := writer(t)
	for _, lang := range locale.Languages {
		p, err := w.Public(notice(), lang)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, fmt.Sprintf("web.%s.html", lang), p.Web.HTML())
		golden(t, fmt.Sprintf("web.%s.txt", lang), p.Web.Text())
		golden(t, fmt.Sprintf("banner.%s.txt", lang), p.Banner+"\n")
		golden(t, fmt.Sprintf("mail.%s.txt", lang), p.Mail.Text())
		golden(t, fmt.Sprintf("press.%s.txt", lang), p.Press.Text())
		golden(t, fmt.Sprintf("telephone.%s.txt", lang), p.Telephone.Text())
	}
}

// Every place on file has a letter in every language, also from a business.
func TestEveryStateHasItsLetter(t *testing.T) {
	w := writer(t)
	book, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	business := notice()
	business.Entity, business.Parent = law.Business, "Great Water, Inc."
	for _, n := range []letter.Notice{notice(), business} {
		for _, state := range append(book.Codes(), "GU", "") {
			for _, lang := range locale.Languages {
				l, err := w.Compose(n, letter.Exposed, state, lang)
				if err != nil {
					t.Errorf("%s: %v", state, err)
				}
				if text := l.Text(); strings.Contains(text, "letter.") || strings.Contains(text, "{{") {
					t.Errorf("%s, %s has an unsaid sentence: %s", state, lang, text)
				}
			}
		}
	}
}

func TestMassachusettsIsNotToldWhatHappened(t *testing.T) {
	w := writer(t)
	for _, lang := range locale.Languages {
		texas, err := w.Compose(notice(), letter.Exposed, "TX", lang)
		if err != nil {
			t.Fatal(err)
		}
		massachusetts, err := w.Compose(notice(), letter.Exposed, "MA", lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range texas.Sections[0].Paragraphs {
			if strings.Contains(massachusetts.Text(), p.Text) {
				t.Errorf("%s: Massachusetts reads %q", lang, p.Text)
			}
		}
		for _, id := range []string{"August", "agosto", "page", "página"} {
			if strings.Contains(massachusetts.Text(), id) {
				t.Errorf("%s: Massachusetts reads of %q", lang, id)
			}
		}
	}
}

// A town that tells the number in its own words may do so, but not in Illinois.
func TestIllinoisIsNotToldTheNumber(t *testing.T) {
	w := writer(t)
	for _, number := range []string{"8000", "8,000"} {
		n := notice()
		n.Story = map[locale.Lang]string{locale.English: "A changed page read the cards of " + number + " residents."}
		if _, err := w.Compose(n, letter.Exposed, "IL", locale.English); !errors.Is(err, letter.ErrForbidden) {
			t.Errorf("%s in Illinois: %v", number, err)
		}
		if _, err := w.Compose(n, letter.Information, "IL", locale.English); !errors.Is(err, letter.ErrForbidden) {
			t.Errorf("%s in Illinois, information: %v", number, err)
		}
		if _, err := w.Compose(n, letter.Exposed, "TX", locale.English); err != nil {
			t.Errorf("%s in Texas: %v", number, err)
		}
	}
}

func TestMissingContentIsRefused(t *testing.T) {
	w := writer(t)
	business := notice()
	business.Entity = law.Business
	if _, err := w.Compose(business, letter.Exposed, "MA", locale.English); !errors.Is(err, letter.ErrRequired) {
		t.Errorf("a business without its parent in Massachusetts: %v", err)
	}
	for name, spoil := range map[string]func(*letter.Notice){
		"no town":      func(n *letter.Notice) { n.Town = "" },
		"no telephone": func(n *letter.Notice) { n.Phone = "" },
		"no windows":   func(n *letter.Notice) { n.Windows = nil },
		"no day":       func(n *letter.Notice) { n.On = calendar.Date{} },
		"no ways":      func(n *letter.Notice) { n.Ways = nil },
		"nothing seen": func(n *letter.Notice) { n.Seen = "" },
	} {
		n := notice()
		spoil(&n)
		if _, err := w.Compose(n, letter.Exposed, "TX", locale.English); !errors.Is(err, letter.ErrNotice) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.Public(n, locale.English); !errors.Is(err, letter.ErrNotice) {
			t.Errorf("%s, public: %v", name, err)
		}
	}
}

// Nobody whose bank account was seen reads that it was not.
func TestLettersSayWhatWasSeen(t *testing.T) {
	w := writer(t)
	for seen, want := range map[letter.Seen][2]bool{letter.SeenCard: {true, false}, letter.SeenBank: {false, true}, letter.SeenBoth: {true, true}} {
		n := notice()
		n.Seen = seen
		l, err := w.Compose(n, letter.Exposed, "TX", locale.English)
		if err != nil {
			t.Fatal(err)
		}
		text := l.Text()
		got := [2]bool{strings.Contains(text, "security code of"), strings.Contains(text, "routing number")}
		if got != want || want[1] == strings.Contains(text, "Your bank account,") {
			t.Errorf("%s: %s", seen, text)
		}
	}
}

// What a town says in its own words stands in place of ours, but not in
// Massachusetts, where it would say what happened.
func TestTownsMaySpeakForThemselves(t *testing.T) {
	w := writer(t)
	n := notice()
	n.Story = map[locale.Lang]string{locale.English: "The vendor's page was changed."}
	n.Doing = map[locale.Lang]string{locale.English: "We left the vendor."}
	for state, want := range map[string]bool{"TX": true, "MA": false} {
		l, err := w.Compose(n, letter.Exposed, state, locale.English)
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{n.Story[locale.English], n.Doing[locale.English]} {
			if strings.Contains(l.Text(), words) != want {
				t.Errorf("%s, %q: want %v", state, words, want)
			}
		}
	}
}

func TestWebNoticeIsEscaped(t *testing.T) {
	n := notice()
	n.Story = map[locale.Lang]string{locale.English: `<script>alert("x")</script>`}
	p, err := writer(t).Public(n, locale.English)
	if err != nil || strings.Contains(p.Web.HTML(), "<script") || !strings.Contains(p.Web.HTML(), "&lt;script&gt;") {
		t.Errorf("%v: %s", err, p.Web.HTML())
	}
}

func TestListForTheMailingHouse(t *testing.T) {
	all := people()
	letter.Presort(all)
	var out bytes.Buffer
	if err := letter.WriteList(&out, all, mailing()); err != nil {
		t.Fatal(err)
	}
	golden(t, "list.csv", out.String())
}

func TestCellsAreNoFormulas(t *testing.T) {
	for _, name := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"} {
		var out bytes.Buffer
		if err := letter.WriteList(&out, []letter.Recipient{{ID: "1", Name: name}}, letter.Mailing{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "'"+name) {
			t.Errorf("%q is written %q", name, out.String())
		}
	}
}

func TestPresortByDeliveryPoint(t *testing.T) {
	all := []letter.Recipient{
		{ID: "d"}, {ID: "c", Lines: []string{"Odessa, TX 79762"}}, {ID: "b", Lines: []string{"Odessa, TX 79761-2000"}}, {ID: "a", Lines: []string{"Odessa, TX 79761-1000"}},
	}
	letter.Presort(all)
	var order []string
	for _, r := range all {
		order = append(order, r.ID)
	}
	if !slices.Equal(order, []string{"a", "b", "c", "d"}) {
		t.Errorf("the order is %v", order)
	}
}

// A Spanish letter named "City of Clearwell" and its office in English: nobody but
// the town can say what they are called.
func TestATownIsNamedInTheLettersLanguage(t *testing.T) {
	n := notice()
	n.In = map[locale.Lang]letter.Names{locale.Spanish: {Town: "Ciudad de Clearwell", Office: "Facturación", Hours: "de 8 a. m. a 8 p. m."}}
	w := writer(t)
	spanish, err := w.Compose(n, letter.Exposed, "TX", locale.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	public, err := w.Public(n, locale.Spanish)
	if err != nil {
		t.Fatal(err)
	}
	text := spanish.Text() + public.Web.Text() + public.Press.Text() + public.Telephone.Title + fmt.Sprint(public.Telephone.Answers)
	for _, own := range []string{"Ciudad de Clearwell", "Facturación", "de 8 a. m. a 8 p. m."} {
		if !strings.Contains(text, own) {
			t.Errorf("nothing says %q", own)
		}
	}
	for _, foreign := range []string{"City of Clearwell", "Utility Billing", "8 a.m."} {
		if strings.Contains(text, foreign) {
			t.Errorf("it says %q:\n%s", foreign, text)
		}
	}
	english, err := w.Compose(n, letter.Exposed, "TX", locale.English)
	if err != nil || strings.Contains(english.Text(), "Ciudad") {
		t.Errorf("the English letter: %v\n%s", err, english.Text())
	}
}
