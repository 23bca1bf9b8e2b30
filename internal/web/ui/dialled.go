package ui

import "regexp"

// phoneNumber is one as people in the United States write it.
var phoneNumber = regexp.MustCompile(`(?:1-)?(?:\(\d{3}\) |\d{3}-)\d{3}-\d{4}`)

// span is a part of a sentence: words, or a telephone number.
type span struct {
	text  string
	phone bool
}

// spans parts a sentence at its telephone numbers.
func spans(text string) []span {
	var all []span
	done := 0
	for _, at := range phoneNumber.FindAllStringIndex(text, -1) {
		all = append(all, span{text: text[done:at[0]]}, span{text: text[at[0]:at[1]], phone: true})
		done = at[1]
	}
	return append(all, span{text: text[done:]})
}
