package law

import (
	"strings"
	"unicode"
)

// Key names a duty as people type it, such as "tx-individuals" or
// "tx-attorney-general". It is the same whichever day is asked about, so that
// what was noted of a duty is found again; a remark in parentheses is left out,
// because offices are renamed.
func (d Duty) Key() string {
	what := string(d.Kind)
	if d.Who != "" {
		what, _, _ = strings.Cut(d.Who, " (")
	}
	words := strings.FieldsFunc(strings.ToLower(d.Jurisdiction+" "+what), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "-")
}
