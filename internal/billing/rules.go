package billing

import (
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
	"clearwell/internal/city"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

// Owed divides a balance for package policy. Pending payments are those not yet
// in the balance. A bill that was due before on is past due as a whole, whatever
// the last file called it.
func (s Statement) Owed(on calendar.Date, pending money.Amount) policy.Owed {
	o := policy.Owed{Pending: pending}
	if s.Balance.IsNegative() {
		o.Credit = s.Balance.Neg()
		return o
	}
	o.Total = s.Balance
	o.PastDue = money.Min(money.Max(s.PastDue, money.Amount{}), o.Total)
	if !s.DueOn.IsZero() && s.DueOn.Before(on) {
		o.PastDue = o.Total
	}
	o.Current = o.Total.Sub(o.PastDue)
	return o
}

// HouseNumber is the number in the service address: its first word with a digit.
func (u UtilityAccount) HouseNumber() string {
	for _, word := range strings.Fields(u.ServiceAddress) {
		if strings.ContainsFunc(word, unicode.IsDigit) {
			return strings.Trim(word, ",.;#")
		}
	}
	return ""
}

// proves reports whether the answers are right: at least required of them, one of
// which says more than the town's ZIP Code, and none wrong. It compares every
// factor, whatever the ones before it gave.
func (u UtilityAccount) proves(answers map[city.Factor]string, required int) bool {
	right, wrong, telling := 0, 0, 0
	for _, factor := range city.Factors() {
		switch {
		case u.answers(factor, answers[factor]):
			right++
			if factor != city.ZIP { // a ZIP Code is the whole town's
				telling++
			}
		case strings.TrimSpace(answers[factor]) != "":
			wrong++
		}
	}
	return required > 0 && right >= required && telling > 0 && wrong == 0
}

// answers compares one answer, forgiving what people write differently.
func (u UtilityAccount) answers(factor city.Factor, answer string) bool {
	switch factor {
	case city.HouseNumber:
		return same(houseKey(u.ServiceAddress), houseKey(answer))
	case city.Name:
		return sameName(u.Name, answer)
	case city.ZIP:
		return same(zipKey(u.ZIP), zipKey(answer))
	case city.LastPayment:
		return samePayment(u.LastPayment, answer)
	}
	return false
}

// same compares without telling by its time where two keys differ. An empty key
// is unknown, and the same as nothing.
func same(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 && a != ""
}

// houseKey takes the house number from "0012-B Main Street", as "12B".
func houseKey(address string) string {
	number := UtilityAccount{ServiceAddress: norm.NFKC.String(address)}.HouseNumber()
	return strings.TrimLeft(strings.Join(split(number), ""), "0")
}

// zipKey takes the five digits of a ZIP Code, with or without the four.
func zipKey(text string) string {
	digits := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKC.String(text))
	if len(digits) != 5 && len(digits) != 9 {
		return ""
	}
	return digits[:5]
}

func samePayment(last money.Amount, answer string) bool {
	typed, err := money.Parse(strings.TrimSpace(answer))
	return same(last.String(), typed.String()) && err == nil && last.IsPositive()
}

// sameName compares a typed name with the billing system's. The last name, or a
// business's first or last word, must be there, and nothing that is not in the
// name. Billing systems write "SMITH, JOHN A", "JOHN SMITH" and "SMITH JOHN" and
// do not say which: without a comma, first and last word may both be the one.
func sameName(stated, typed string) bool {
	before, after, comma := strings.Cut(stated, ",")
	names, others := wordsOf(before), wordsOf(after)
	given := wordsOf(typed)
	keys := names
	if !comma && len(names) > 2 {
		keys = []string{names[0], names[len(names)-1]}
	}
	return within(given, slices.Concat(names, others)) && overlap(given, keys) || joined(given, names, others, comma)
}

// joined forgives a blank inside a last name: "De La Cruz" and "DelaCruz",
// "McDonald" and "MC DONALD". Only what is a name by itself counts: what stands
// before the comma, or the whole.
func joined(given, names, others []string, comma bool) bool {
	typed := strings.Join(given, "")
	last := same(typed, strings.Join(names, ""))
	whole := same(typed, strings.Join(slices.Concat(names, others), "")) || same(typed, strings.Join(slices.Concat(others, names), ""))
	tail := !comma && len(names) > 2 && same(typed, strings.Join(names[1:], ""))
	return last || whole || tail
}

func within(given, names []string) bool {
	all := len(given) > 0
	for _, word := range given {
		all = slices.Contains(names, word) && all
	}
	return all
}

func overlap(given, keys []string) bool {
	any := false
	for _, word := range given {
		any = slices.Contains(keys, word) || any
	}
	return any
}

// wordsOf cuts a text into capital words without accents, apostrophes, single
// letters and what says nothing about who it is. A text of nothing else keeps
// its words: there are companies called "A & B".
func wordsOf(text string) []string {
	words := split(text)
	telling := slices.DeleteFunc(slices.Clone(words), empty)
	if len(telling) == 0 {
		return words
	}
	return telling
}

// split cuts a folded text at everything that is neither letter nor digit.
func split(text string) []string {
	return strings.FieldsFunc(folded(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// folded is text in capitals without accents and apostrophes.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || strings.ContainsRune("'’‘`´ʼ", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKD.String(text))
}

// empty reports whether a word of a name tells nobody from anybody.
func empty(word string) bool {
	switch word {
	case "LLC", "LLP", "LP", "PLLC", "INC", "CORP", "CORPORATION", "CO", "COMPANY", "LTD", "LIMITED", "DBA",
		"JR", "SR", "II", "III", "IV", "MR", "MRS", "MS", "DR", "AND", "THE", "OF", "ETAL", "ET", "AL":
		return true
	}
	return len(word) == 1 && !unicode.IsDigit(rune(word[0]))
}

// named gives a return without a reference one of its day, tender and code: the
// same told twice counts once.
func (r Returned) named() Returned {
	if r.Reference == "" {
		r.Reference = fmt.Sprintf("%s %s %s", r.On, r.Tender, r.Code)
	}
	return r
}

// check refuses what a bank does not say, on the day that is today in the town.
func (r Returned) check(today calendar.Date) error {
	switch {
	case r.Tender != policy.BankAccount && r.Tender != policy.PaperCheck:
		return ErrReturnTender
	case r.On.IsZero() || r.On.After(today):
		return ErrReturnAhead
	case r.Code == "" || !isPlain(r.Code) || !isPlain(r.Reference):
		return ErrReturnText
	}
	return nil
}

// isPlain reports whether people can read a text, and may.
func isPlain(text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= returnTextMost && text == strings.TrimSpace(text) &&
		!strings.ContainsFunc(text, unicode.IsControl) && !cardscan.Contains([]byte(text))
}
