package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/processor"
)

// Card is what a payer types. It lives for one request, and no verb, encoder or
// logger shows any of it.
type Card struct {
	Number string // digits; spaces and dashes are forgiven
	Expiry string // month and year, "12/39", "12/2039" or "1239"
	Code   string // three digits, four for American Express
	Postal string // five or nine digits of ZIP code
}

// Format prints no part of the card, whatever the verb.
func (Card) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[card]") }

// MarshalText keeps the card out of encoders.
func (Card) MarshalText() ([]byte, error) { return []byte("[card]"), nil }

// LogValue keeps the card out of logs.
func (Card) LogValue() slog.Value { return slog.StringValue("[card]") }

// TestCard is a card with the number and details that pass every check, until
// the end of 2049.
func TestCard(number string) Card {
	code := "123"
	if len(number) == 15 {
		code = "1234"
	}
	return Card{Number: number, Expiry: "12/49", Code: code, Postal: "78701"}
}

// plastic is what the sandbox remembers of a card: never its number or code.
type plastic struct {
	Brand       processor.Brand   `json:"brand"`
	Last4       string            `json:"last4"`
	Funding     processor.Funding `json:"funding"`
	Fingerprint string            `json:"fingerprint"`
	ExpiryMonth int               `json:"expiry_month"`
	ExpiryYear  int               `json:"expiry_year"`
	Does        Behaviour         `json:"does"`
}

func (p *plastic) instrument(entry processor.Entry) processor.Instrument {
	if p == nil {
		return processor.Instrument{}
	}
	return processor.Instrument{
		Brand: p.Brand, Last4: p.Last4, Funding: p.Funding, Entry: entry,
		Fingerprint: p.Fingerprint, ExpiryMonth: p.ExpiryMonth, ExpiryYear: p.ExpiryYear,
	}
}

// Problem is one thing wrong with a typed card. The sentence for people is the
// message "sandbox.problem.<code>".
type Problem struct {
	Field string `json:"field"` // "number", "expiry", "code" or "postal"
	Code  string `json:"code"`
}

// Problems is everything wrong with a typed card, in the order of the fields.
type Problems []Problem

// Error names the fields; it never repeats what was typed.
func (p Problems) Error() string {
	var fields []string
	for _, one := range p {
		fields = append(fields, one.Field+" "+one.Code)
	}
	return "card not understood: " + strings.Join(fields, ", ")
}

// read checks a typed card against the script and the calendar, and keeps of it
// what may be kept. The error is [Problems].
func (s *Server) read(merchant processor.Merchant, card Card, now time.Time) (*plastic, error) {
	var wrong Problems
	number := digitsOnly(card.Number)
	known, problem := checkNumber(number)
	wrong = wrong.with("number", problem)
	month, year, problem := checkExpiry(card.Expiry, now)
	wrong = wrong.with("expiry", problem)
	wrong = wrong.with("code", checkCode(card.Code, known.Brand))
	wrong = wrong.with("postal", checkPostal(card.Postal))
	if len(wrong) > 0 {
		return nil, wrong
	}
	return &plastic{
		Brand: known.Brand, Last4: number[len(number)-4:], Funding: known.Funding,
		Fingerprint: s.fingerprint(merchant, number),
		ExpiryMonth: month, ExpiryYear: year, Does: known.Does,
	}, nil
}

func (p Problems) with(field, code string) Problems {
	if code == "" {
		return p
	}
	return append(p, Problem{field, code})
}

// fingerprint names a card within a merchant account. It is keyed, so that it
// cannot be undone by trying every number (PCI DSS 3.5.1.1).
func (s *Server) fingerprint(merchant processor.Merchant, number string) string {
	mac := hmac.New(sha256.New, s.fingerprintKey)
	fmt.Fprintf(mac, "%s\x00%s", merchant, number)
	return "fp_" + strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:15]))
}

func checkNumber(number string) (ScriptedCard, string) {
	if number == "" {
		return ScriptedCard{}, "number_missing"
	}
	if len(number) < 13 || len(number) > 19 || !luhn(number) {
		return ScriptedCard{}, "number_wrong"
	}
	known, found := scripted(number)
	if !found {
		return ScriptedCard{}, "number_not_a_test_card"
	}
	return known, ""
}

func checkExpiry(typed string, now time.Time) (month, year int, problem string) {
	digits := digitsOnly(strings.ReplaceAll(typed, "/", ""))
	if digits == "" {
		return 0, 0, "expiry_missing"
	}
	if len(digits) != 4 && len(digits) != 6 {
		return 0, 0, "expiry_wrong"
	}
	month, _ = strconv.Atoi(digits[:2]) // digitsOnly leaves nothing Atoi refuses
	year, _ = strconv.Atoi(digits[2:])
	if len(digits) == 4 {
		year += 2000
	}
	if month < 1 || month > 12 {
		return 0, 0, "expiry_wrong"
	}
	if year < now.Year() || year == now.Year() && month < int(now.Month()) {
		return 0, 0, "expiry_past"
	}
	return month, year, ""
}

func checkCode(typed string, brand processor.Brand) string {
	want := 3
	if brand == "amex" {
		want = 4
	}
	digits := digitsOnly(typed)
	switch {
	case digits == "":
		return "code_missing"
	case brand != "" && len(digits) != want, len(digits) < 3, len(digits) > 4:
		return "code_wrong"
	default:
		return ""
	}
}

func checkPostal(typed string) string {
	switch len(digitsOnly(typed)) {
	case 0:
		return "postal_missing"
	case 5, 9:
		return ""
	default:
		return "postal_wrong"
	}
}

// digitsOnly drops spaces and dashes; anything else makes the text empty, which
// every check refuses.
func digitsOnly(typed string) string {
	var digits strings.Builder
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case r == ' ', r == '-', r == '\u00a0':
		default:
			return ""
		}
	}
	return digits.String()
}

// luhn reports whether the last digit checks the others (ISO/IEC 7812-1, annex B).
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		digit := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0
}
