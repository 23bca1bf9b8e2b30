package layout

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/cardscan"
)

func cardContains(text string) bool { return cardscan.Contains([]byte(text)) }

// write gives a field's value as the layout writes it. Width is that of a
// fixed-width field, for leading zeros; 0 in a delimited file.
func (s *step) write(r *Record, width int) (string, error) {
	switch {
	case s.constant:
		return s.fixed, nil
	case s.drop:
		return "", nil
	case !r.Has(s.noun):
		return s.unstated()
	}
	from := &vocabulary[s.noun]
	switch {
	case from.text != nil:
		return s.writeText(*from.text(r))
	case from.date != nil:
		return s.patterns[0].format(from.date(r).Start(time.UTC)), nil
	case from.moment != nil:
		return s.patterns[0].format(*from.moment(r)), nil
	case from.amount != nil:
		return s.number.format(from.amount(r).Cents(), amountDecimals, width, s.zeros)
	case from.quantity != nil:
		return s.number.format(int64(*from.quantity(r)), quantityDecimals, width, s.zeros)
	case from.integer != nil:
		return s.writeInteger(*from.integer(r), width), nil
	}
	return s.writeFlag(*from.flag(r)), nil
}

// unstated is what stands for a value that the record does not have.
func (s *step) unstated() (string, error) {
	switch {
	case s.required:
		return "", errors.New("it is required and not stated")
	case len(s.blank) > 0:
		return s.blank[0], nil
	}
	return "", nil
}

func (s *step) writeText(text string) (string, error) {
	if s.max > 0 && len([]rune(text)) > s.max && !s.cut {
		return "", fmt.Errorf("it is longer than %d characters", s.max)
	}
	if len(s.codes) == 0 {
		return text, nil
	}
	var codes []string
	for code, word := range s.codes {
		if word == text {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return "", fmt.Errorf("the layout has no code for %q", text)
	}
	return slices.Min(codes), nil
}

func (s *step) writeInteger(value int64, width int) string {
	text := strconv.FormatInt(value, 10)
	if s.zeros && len(text) < width {
		return strings.Repeat("0", width-len(text)) + text
	}
	return text
}

func (s *step) writeFlag(value bool) string {
	switch {
	case value:
		return s.flag.set[0]
	case len(s.flag.clear) > 0:
		return s.flag.clear[0]
	}
	return ""
}
