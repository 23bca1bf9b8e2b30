package policy

import (
	"fmt"
	"strings"

	"clearwell/internal/locale"
	"clearwell/internal/money"
)

// Tenders is a list of tenders. It reads for staff by String; residents read
// its Phrases.
type Tenders []Tender

// Phrase names the message that a resident reads for the tender.
func (t Tender) Phrase() locale.Phrase { return locale.Phrase("policy.tender." + string(t)) }

// Phrase names the message that a resident reads for the brand.
func (b Brand) Phrase() locale.Phrase { return locale.Phrase("policy.brand." + string(b)) }

// Phrase names the message that a resident reads for a card of the funding.
func (f Funding) Phrase() locale.Phrase { return locale.Phrase("policy.funding." + string(f)) }

// Phrases names the messages that residents read for the list.
func (t Tenders) Phrases() locale.List {
	phrases := make(locale.List, len(t))
	for i, tender := range t {
		phrases[i] = tender.Phrase()
	}
	return phrases
}

// String reads "card, bank account, cash"; an empty list "nothing".
func (t Tenders) String() string {
	if len(t) == 0 {
		return "nothing"
	}
	words := make([]string, len(t))
	for i, tender := range t {
		words[i] = strings.ReplaceAll(string(tender), "_", " ")
	}
	return strings.Join(words, ", ")
}

// dollars writes an amount for staff: "$1,234.56", "-$0.50".
func dollars(a money.Amount) string {
	if a.Err() != nil {
		return a.String()
	}
	sign := ""
	if a.IsNegative() {
		sign = "-"
	}
	whole, cents, _ := strings.Cut(strings.TrimPrefix(a.String(), "-"), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + "$" + whole + "." + cents
}

// percent writes basis points: "2.5 %", "2.75 %", "3 %".
func percent(basisPoints int64) string {
	text := fmt.Sprintf("%d.%02d", basisPoints/100, basisPoints%100)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " %"
}

// String reads the whole tariff: "$1.99 up to $200.00, beyond that 2.5 %".
func (t Tariff) String() string {
	if len(t.Steps) == 0 {
		return "nothing"
	}
	words := make([]string, len(t.Steps))
	for i, s := range t.Steps {
		words[i] = s.words()
		switch {
		case !s.UpTo.IsZero():
			words[i] += " up to " + dollars(s.UpTo)
		case i > 0:
			words[i] = "beyond that " + words[i]
		}
	}
	return strings.Join(words, ", ")
}

// at reads the step that an amount falls in: "2.5 % of $250.00".
func (t Tariff) at(amount money.Amount) string {
	step, ok := t.step(amount)
	switch {
	case !ok:
		return "nothing"
	case step.BasisPoints == 0:
		return step.words()
	}
	return step.words() + " of " + dollars(amount)
}

func (s TariffStep) words() string {
	var parts []string
	if !s.Flat.IsZero() {
		parts = append(parts, dollars(s.Flat))
	}
	if s.BasisPoints != 0 {
		parts = append(parts, percent(s.BasisPoints))
	}
	words := strings.Join(parts, " and ")
	if !s.AtLeast.IsZero() {
		words = strings.TrimSpace(words + " at least " + dollars(s.AtLeast))
	}
	if !s.AtMost.IsZero() {
		words = strings.TrimSpace(words + " at most " + dollars(s.AtMost))
	}
	if words == "" {
		return "nothing"
	}
	return words
}
