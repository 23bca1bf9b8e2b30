package app

import (
	"strings"
	"testing"

	"clearwell/internal/locale"
	"clearwell/internal/processor/sandbox"
)

// The card that goes by the amount says "see below", so that there must be
// something below.
func TestTheDemoSaysWhatAmountsDo(t *testing.T) {
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := amounts(&out, catalogue.Printer(locale.English)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n  ."); n != len(sandbox.ScriptByAmount()) || !strings.Contains(out.String(), ".51   Declined: insufficient funds") {
		t.Errorf("%d endings are told:\n%s", n, out.String())
	}
	script := sandbox.Script()
	if script[len(script)-1].Does != sandbox.ByAmount {
		t.Error("it is not the last card")
	}
}
