package ui

import (
	"fmt"
	"testing"
)

// A number that broke at the end of a line could neither be read nor dialled.
func TestTelephoneNumbersAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"Call (555) 555-0142.":           "[{Call  false} {(555) 555-0142 true} {. false}]",
		"1-877-322-8228":                 "[{ false} {1-877-322-8228 true} { false}]",
		"P.O. Box 105788, GA 30348-5788": "[{P.O. Box 105788, GA 30348-5788 false}]",
		"":                               "[{ false}]",
	} {
		if got := fmt.Sprint(spans(text)); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}
