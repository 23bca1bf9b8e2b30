package city

import (
	"strings"
	"unicode"

	"clearwell/internal/fault"

	"golang.org/x/text/unicode/norm"
)

// ErrNumberMalformed refuses what cannot be a utility account number of the
// town. Example.
var ErrNumberMalformed = fault.New(fault.Invalid, "utility_account_number_malformed")

// NumberFormat is how a town writes its utility account numbers. A pattern has
// '#' for a digit, '@' for a letter, letters and digits for themselves; spaces,
// dashes, dots and slashes show where the parts are and need not be typed. A
// town that has changed its billing system has several patterns: old numbers
// keep coming from banks for years.
type NumberFormat struct {
	Patterns     []string
	LeadingZeros ZeroRule
	CheckDigit   CheckDigit
	Example      string
}

// ZeroRule says whether residents may leave out leading zeros.
type ZeroRule string

// The rules.
const (
	ZerosOptional ZeroRule = "optional" // "104-1" is 000104-001
	ZerosRequired ZeroRule = "required"
)

// CheckDigit is how the last digit is computed from the others.
type CheckDigit string

// The ways.
const (
	NoCheckDigit CheckDigit = "none"
	Luhn         CheckDigit = "luhn"
	Weights731   CheckDigit = "weights_731" // from the check digit leftwards times 1, 3, 7, 1, 3, 7 …, a multiple of ten in all
)

// longest bounds what is looked at; no town writes longer numbers.
const longest = 64

// Normalise turns what somebody typed into the one form in which the number is
// stored and compared: capital letters and digits, nothing between them, with
// its leading zeros. Returns [ErrNumberMalformed], which never repeats the text:
// it may be anything, a card number among them.
func (f NumberFormat) Normalise(typed string) (string, error) { return f.Reader().Normalise(typed) }

// NumberReader reads many numbers of one format: a file of a million bills has two
// million of them.
type NumberReader struct {
	format   NumberFormat
	patterns []pattern
}

// pattern is what is compared of one.
type pattern struct {
	lengths []int // of its parts
	whole   int   // of all of them
	bare    string
}

// Reader makes a reader of this format's numbers.
func (f NumberFormat) Reader() *NumberReader {
	r := &NumberReader{format: f}
	blanks := strings.NewReplacer("#", "0", "@", "A")
	for _, written := range f.Patterns {
		parts, ok := partsOf(blanks.Replace(written))
		if !ok {
			continue
		}
		p := pattern{bare: bare(written)}
		for _, part := range parts {
			p.lengths = append(p.lengths, len(part))
			p.whole += len(part)
		}
		r.patterns = append(r.patterns, p)
	}
	return r
}

// Normalise is [NumberFormat.Normalise].
func (r *NumberReader) Normalise(typed string) (string, error) {
	if len(typed) <= longest {
		if parts, ok := partsOf(norm.NFKC.String(typed)); ok {
			for _, p := range r.patterns {
				if number, ok := r.format.fit(parts, p); ok && r.format.CheckDigit.holds(number) {
					return number, nil
				}
			}
		}
	}
	return "", ErrNumberMalformed.With("Example", r.format.Example)
}

// partsOf splits a number at what people write between its parts.
func partsOf(text string) (parts []string, ok bool) {
	for part := range strings.FieldsFuncSeq(strings.ToUpper(text), between) {
		if strings.IndexFunc(part, func(r rune) bool { return !digit(r) && !letter(r) }) >= 0 {
			return nil, false
		}
		parts = append(parts, part)
	}
	return parts, len(parts) > 0
}

// between reports whether r may stand between the parts: spaces, dashes of
// every kind, and what copying from a web page brings along unseen.
func between(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) || r == '.' || r == '/' || r == '_'
}

// fit lays the parts over a pattern. Where the typed parts are as many as the
// pattern's, each is filled up with its own leading zeros.
func (f NumberFormat) fit(typed []string, p pattern) (string, bool) {
	var number strings.Builder
	number.Grow(p.whole)
	if len(typed) != len(p.lengths) {
		number.WriteString(f.fill(strings.Join(typed, ""), p.whole))
	} else {
		for i, part := range typed {
			number.WriteString(f.fill(part, p.lengths[i]))
		}
	}
	return number.String(), matches(number.String(), p.bare)
}

// fill adds or removes leading zeros until the part has its length.
func (f NumberFormat) fill(part string, length int) string {
	if f.LeadingZeros != ZerosOptional {
		return part
	}
	for len(part) > length && part[0] == '0' {
		part = part[1:]
	}
	return strings.Repeat("0", max(0, length-len(part))) + part
}

// bare is a pattern without what stands between its parts.
func bare(pattern string) string {
	return strings.Map(func(r rune) rune {
		if between(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, pattern)
}

// matches compares a bare number with a bare pattern.
func matches(number, pattern string) bool {
	if len(number) != len(pattern) {
		return false
	}
	for i := range len(number) {
		if !admits(pattern[i], rune(number[i])) {
			return false
		}
	}
	return true
}

func admits(pattern byte, r rune) bool {
	switch pattern {
	case '#':
		return digit(r)
	case '@':
		return letter(r)
	}
	return rune(pattern) == r
}

// Display writes a stored number as the town prints it; a number of no pattern
// stays as it is.
func (f NumberFormat) Display(number string) string {
	for _, pattern := range f.Patterns {
		if !matches(number, bare(pattern)) {
			continue
		}
		rest := number
		return strings.Map(func(r rune) rune {
			if between(r) {
				return r
			}
			next := rune(rest[0])
			rest = rest[1:]
			return next
		}, pattern)
	}
	return number
}

// MayBeCard reports whether numbers of this format can be taken for card
// numbers: 13 to 19 digits, the first of which a card can begin with. Doors must
// then be careful with what is typed until it has matched a utility account.
func (f NumberFormat) MayBeCard() bool {
	for _, pattern := range f.Patterns {
		p := bare(pattern)
		if len(p) >= 13 && len(p) <= 19 && strings.Trim(p, "#0123456789") == "" && strings.ContainsRune("#23456", rune(p[0])) {
			return true
		}
	}
	return false
}

// holds reports whether the check digit of a number is right.
func (c CheckDigit) holds(number string) bool {
	if c != Luhn && c != Weights731 {
		return true
	}
	sum, position := 0, 0
	for i := len(number) - 1; i >= 0; i-- {
		if !digit(rune(number[i])) {
			continue
		}
		sum += c.weigh(int(number[i]-'0'), position)
		position++
	}
	return sum%10 == 0
}

// weigh is what a digit adds, counted from the check digit, which is at 0.
func (c CheckDigit) weigh(value, position int) int {
	switch {
	case c == Weights731:
		return value * [...]int{1, 3, 7}[position%3]
	case position%2 == 0:
		return value
	}
	return value*2%10 + value*2/10
}

func digit(r rune) bool  { return '0' <= r && r <= '9' }
func letter(r rune) bool { return 'A' <= r && r <= 'Z' }
