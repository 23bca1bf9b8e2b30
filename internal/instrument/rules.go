package instrument

import (
	"encoding/hex"
	"regexp"
	"strings"

	"clearwell/internal/cardscan"
	"clearwell/internal/id"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

// What a bank account's number may be: up to 17 places in an entry. People type
// digits; banks that correct one also send letters and hyphens.
var (
	asTyped     = regexp.MustCompile(`^[0-9]{4,17}$`)
	asCorrected = regexp.MustCompile(`^[0-9A-Z-]{1,17}$`)
)

// read checks what was typed, and gives the number as it is kept. What looks like
// a card is refused first, before anything else is said about it.
func (t Typed) read() (routing.Number, secret.String, error) {
	number := tidy(t.Number.Reveal())
	switch {
	case cardscan.Contains([]byte(number)) || cardscan.Contains([]byte(t.Routing)) || cardscan.Contains([]byte(t.Name)):
		return "", secret.String{}, ErrCard
	case strings.TrimSpace(t.Name) == "":
		return "", secret.String{}, ErrNoName
	case !asTyped.MatchString(number):
		return "", secret.String{}, ErrNotANumber
	case !secret.New(number).Equal(secret.New(tidy(t.Again.Reveal()))):
		return "", secret.String{}, ErrNumbersDiffer
	}
	bank, err := routing.Parse(t.Routing)
	return bank, secret.New(number), err
}

// tidy drops what people put between digits.
func tidy(number string) string { return strings.NewReplacer(" ", "", "-", "").Replace(number) }

// last4 is what people may see: never more than half.
func last4(number secret.String) string {
	text := number.Reveal()
	return text[len(text)-min(4, len(text)/2):]
}

// fingerprint tells numbers apart without telling them. Another town's differ, so
// that nobody finds a resident of one in the other.
func fingerprint(key secret.Key, city id.City, bank routing.Number, number secret.String) string {
	return hex.EncodeToString(key.MAC("instrument.bank_account "+string(city), []byte(string(bank)+" "+number.Reveal()))[:16])
}

// purpose binds a sealed number to its row.
func purpose(bank ID) string { return "instrument.bank_account " + bank.String() }
