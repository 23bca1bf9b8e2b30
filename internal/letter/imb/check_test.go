package imb

import (
	"errors"
	"testing"
)

// Characters that are all well drawn still have to agree with their check.
func TestAWrongCheckIsNoticed(t *testing.T) {
	value := number("00270123456000000042", "797610001")
	sum := checkSequence(value)
	for bit := range 11 {
		wrong := sum ^ 1<<bit
		if _, _, err := Decode(bars(characters(codewords(value, wrong), wrong))); !errors.Is(err, ErrCheckSequence) {
			t.Errorf("check %011b for %011b: %v", wrong, sum, err)
		}
	}
}
