package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestKindAndCodeSurviveWrapping(t *testing.T) {
	low := New(Refused, "amount_too_low")
	err := fmt.Errorf("starting payment: %w", low.With("minimum", "5.00").Because(errors.New("rule 3")))
	if !errors.Is(err, low) {
		t.Error("errors.Is does not find the sentinel")
	}
	if KindOf(err) != Refused || CodeOf(err) != "amount_too_low" {
		t.Errorf("KindOf, CodeOf = %v, %q", KindOf(err), CodeOf(err))
	}
	if len(low.Params) != 0 || low.Err != nil {
		t.Error("With or Because changed the sentinel")
	}
}

func TestUnnamedErrorsAreInternal(t *testing.T) {
	err := errors.New("disk on fire")
	if KindOf(err) != Internal || CodeOf(err) != "internal" {
		t.Errorf("KindOf, CodeOf = %v, %q", KindOf(err), CodeOf(err))
	}
	if errors.Is(New(Refused, "a"), New(Refused, "b")) {
		t.Error("two refusals are one")
	}
}
