package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/processor"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestScriptIsOneAndSound(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	documented := strings.NewReplacer(" ", "", "\t", "").Replace(string(doc))
	seen := map[string]bool{}
	for _, card := range Script() {
		if !luhn(card.Number) || seen[card.Number] {
			t.Errorf("%s is listed twice or its check digit is wrong", card.Number)
		}
		seen[card.Number] = true
		if !strings.Contains(documented, card.Number) {
			t.Errorf("%s is missing from the package's table", card.Number)
		}
	}
	for _, ending := range ScriptByAmount() {
		if !strings.Contains(documented, fmt.Sprintf(".%d", ending.Cents)) {
			t.Errorf(".%d is missing from the package's table", ending.Cents)
		}
	}
}

func TestEveryBehaviourIsExplained(t *testing.T) {
	catalogue, err := words()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Languages {
		for _, card := range Script() {
			id := "sandbox.does." + string(card.Does)
			if catalogue.Printer(lang).T(id) == id {
				t.Errorf("%s: no message %s", lang, id)
			}
		}
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	c := found(t, nil)
	good := TestCard(cardNumber)
	tests := []struct {
		name   string
		change func(*Card)
		want   Problems
	}{
		{"as it should be", func(*Card) {}, nil},
		{"with spaces and dashes", func(card *Card) { card.Number = " 4242-4242 4242\u00a04242 " }, nil},
		{"expires this month", func(card *Card) { card.Expiry = "11 / 2026" }, nil},
		{"nine digits of ZIP code", func(card *Card) { card.Postal = "78701-1234" }, nil},
		{"town's own card", func(card *Card) { card.Number = "4242424200000000" }, nil},
		{"nothing", func(card *Card) { *card = Card{} }, Problems{
			{"number", "number_missing"}, {"expiry", "expiry_missing"}, {"code", "code_missing"}, {"postal", "postal_missing"}}},
		{"letters", func(card *Card) { card.Number = "4242x4242y4242z4242" }, Problems{{"number", "number_missing"}}},
		{"too short", func(card *Card) { card.Number = "4242" }, Problems{{"number", "number_wrong"}}},
		{"check digit", func(card *Card) { card.Number = "4242424242424241" }, Problems{{"number", "number_wrong"}}},
		{"published, not ours", func(card *Card) { card.Number = "4111111111111111" }, Problems{{"number", "number_not_a_test_card"}}},
		{"expired", func(card *Card) { card.Expiry = "10/26" }, Problems{{"expiry", "expiry_past"}}},
		{"month 13", func(card *Card) { card.Expiry = "13/30" }, Problems{{"expiry", "expiry_wrong"}}},
		{"month 0", func(card *Card) { card.Expiry = "00/30" }, Problems{{"expiry", "expiry_wrong"}}},
		{"three digits", func(card *Card) { card.Expiry = "1/30" }, Problems{{"expiry", "expiry_wrong"}}},
		{"code of four", func(card *Card) { card.Code = "1234" }, Problems{{"code", "code_wrong"}}},
		{"short ZIP code", func(card *Card) { card.Postal = "7870" }, Problems{{"postal", "postal_wrong"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			card := good
			test.change(&card)
			_, err := c.Tokenize(merchant, card)
			got, _ := errors.AsType[Problems](err)
			if diff := cmp.Diff(test.want, got); diff != "" || (err == nil) != (test.want == nil) {
				t.Errorf("Tokenize: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestCheckExpiryReadsOnlyTrueMonths(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.String().Draw(t, "typed")
		month, year, problem := checkExpiry(typed, now)
		if problem == "" && (month < 1 || month > 12 || year*12+month < 2026*12+11) {
			t.Errorf("%q read as %d/%d", typed, month, year)
		}
	})
}

// TestCardNeverShows prints a card in every way there is.
func TestCardNeverShows(t *testing.T) {
	card := TestCard(cardNumber)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("a card", "card", card, "cards", []Card{card})
	encoded, err := json.Marshal(map[string]any{"card": card, "cards": []*Card{&card}})
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(encoded) + fmt.Sprintf("%v %+v %#v %s %q %d %x %v", card, card, card, card, card, card, card, &card)
	for _, hidden := range []string{card.Number, card.Code, card.Expiry, card.Postal, fmt.Sprintf("%x", card.Number)} {
		if strings.Contains(all, hidden) {
			t.Errorf("%q shows in %s", hidden, all)
		}
	}
}

// TestJournalHoldsNoNumber pays with every card in every way, and searches the
// journal for the numbers and for the code.
func TestJournalHoldsNoNumber(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	c := found(t, func(cfg *Config) { cfg.Journal = path })
	adapter := Direct(c.Server)
	for i, card := range Script() {
		key := processor.Key(fmt.Sprintf("att_%d", i))
		_, err := adapter.Charge(t.Context(), processor.ChargeRequest{
			Key: key, Merchant: merchant, Token: c.token(t, card.Number), Amount: money.Cents(500), ReturnURL: returnURL,
		})
		if err != nil && !errors.Is(err, errReplyLost) {
			t.Fatal(err)
		}
		sent, err := adapter.Send(t.Context(), processor.SendRequest{
			Key: key + "_page", Merchant: merchant, Amount: money.Cents(500), Expires: c.clock.Now().Add(time.Hour),
			ReturnURL: returnURL, CancelURL: returnURL,
		})
		if err != nil {
			t.Fatal(err)
		}
		if card.Does != ReplyLost {
			c.pay(t, sent.URL, card.Number)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, card := range Script() {
		if strings.Contains(string(text), card.Number) {
			t.Errorf("the journal holds %s", card.Number)
		}
		if !strings.Contains(string(text), card.Number[len(card.Number)-4:]) {
			t.Errorf("the journal does not hold the last four digits of %s, so this test looks at nothing", card.Number)
		}
	}
	for _, detail := range []string{`"1234"`, `"123"`, "78701"} {
		if strings.Contains(string(text), detail) {
			t.Errorf("the journal holds %s", detail)
		}
	}
}

func TestFingerprintIsOfTheCardWithinTheMerchant(t *testing.T) {
	c := found(t, nil)
	one, again := c.fingerprint(merchant, cardNumber), c.fingerprint(merchant, cardNumber)
	if one != again || one == c.fingerprint("othertown", cardNumber) || one == c.fingerprint(merchant, "5555555555554444") {
		t.Error("the fingerprint does not tell cards of one merchant account apart, or tells too much")
	}
}
