package notify

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // towns keep their own time, whatever the machine knows

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
	"clearwell/internal/locale"
	"clearwell/internal/money"
)

var update = flag.Bool("update", false, "write the golden files")

func receipt() Receipt {
	return Receipt{
		Town: "City of Sampletown", Confirmation: "SMP-7K2M-Q9XD",
		PaidAt: time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC), Zone: "America/Chicago",
		Service: "Water", UtilityAccount: "ending in 2345",
		Amount: money.Cents(8_412), FeeName: "Convenience fee", Fee: money.Cents(250),
		Brand: "Visa", LastFour: "1111", Descriptor: "SAMPLETOWN UTIL",
		Address: "https://pay.sampletown.example/receipt/7f3a9c", Phone: "555-0100",
	}
}

func catalogue(t *testing.T) *locale.Catalogue {
	t.Helper()
	loaded, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func TestReceiptsInWords(t *testing.T) {
	plain := receipt()
	spare := receipt()
	spare.Fee, spare.Descriptor, spare.Address, spare.Phone = money.Amount{}, "", "", ""
	spare.Practice, spare.Town = true, "Town of <O'Brien> & Sons"
	for name, r := range map[string]Receipt{"receipt": plain, "spare": spare} {
		for _, lang := range locale.Languages {
			words, err := r.letter(catalogue(t).Printer(lang))
			if err != nil {
				t.Fatal(err)
			}
			html, err := words.html()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+"."+string(lang)+".txt", "Subject: "+words.Subject+"\n\n"+words.text())
			golden(t, name+"."+string(lang)+".html", html)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func TestReceiptsNeverHoldMoreOfACard(t *testing.T) {
	const card = "4111 1111 1111 1111"
	for name, spoil := range map[string]func(*Receipt){
		"town":            func(r *Receipt) { r.Town = card },
		"service":         func(r *Receipt) { r.Service = card },
		"utility account": func(r *Receipt) { r.UtilityAccount = card },
		"fee":             func(r *Receipt) { r.FeeName = card },
		"brand":           func(r *Receipt) { r.Brand = "Visa " + card },
		"descriptor":      func(r *Receipt) { r.Descriptor = card },
		"phone":           func(r *Receipt) { r.Phone = card },
	} {
		r := receipt()
		spoil(&r)
		if err := r.check(); !errors.Is(err, cardscan.ErrCard) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, last := range []string{"", "411", "41111", "411a", "١١١١"} {
		r := receipt()
		r.LastFour = last
		if err := r.check(); !errors.Is(err, errLastFour) {
			t.Errorf("last four %q: %v", last, err)
		}
	}
	r := receipt()
	r.Zone = "America/Nowhere"
	if r.check() == nil {
		t.Error("a receipt without a time is taken")
	}
	if err := receipt().check(); err != nil {
		t.Error(err)
	}
}

func TestAddresses(t *testing.T) {
	for _, good := range []string{"ada@example.com", "ada.b+water@mail.example.org"} {
		if err := checkAddress(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "ada", "Ada <ada@example.com>", "ada@example.com, bo@example.com",
		"ada@example.com\r\nBcc: bo@example.com", " ada@example.com", "@example.com",
	} {
		if err := checkAddress(bad); !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := checkAddress("4111111111111111@example.com"); !errors.Is(err, cardscan.ErrCard) {
		t.Errorf("a card as an address: %v", err)
	}
}

// A receipt said when a payment counts, and the posting file another date: it came
// after the cut-off.
func TestAReceiptAfterTheCutOffNamesTheDayOfTheBook(t *testing.T) {
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("CST", -6*60*60)
	r := Receipt{PaidAt: time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC)}
	day := calendar.Of(r.PaidAt, zone)
	for on, want := range map[calendar.Date]string{{}: "counts as received", day: "counts as received", day.AddDays(1): "booked on December 1, 2026"} {
		r.BookedOn = on
		if got := r.counts(words.Printer(locale.English), zone); !strings.Contains(got, want) {
			t.Errorf("booked on %s it says %q", on, got)
		}
	}
}
