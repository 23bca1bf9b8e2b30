package app

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"clearwell/internal/incident"
)

// A list that scrolls by leaves the house too.
func TestAListIsNotPrintedWhole(t *testing.T) {
	few := few{left: incident.Bulk}
	var out bytes.Buffer
	for n := range incident.Bulk + 7 {
		to := few.out(&out)
		fmt.Fprintf(to, "person %d\n", n)
		fmt.Fprintf(to, "  more of them\n")
	}
	few.out(&out) // somebody who was not looked for
	if err := few.say(&out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "person "); got != incident.Bulk {
		t.Errorf("%d people are printed", got)
	}
	if got := strings.Count(out.String(), "more of them"); got != incident.Bulk || !strings.Contains(out.String(), "7 more.") {
		t.Errorf("printed is %s", &out)
	}
}
