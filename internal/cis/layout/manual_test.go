package layout

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestManualIsTrue loads the example layout of docs/layouts.md and reads its
// example file.
func TestManualIsTrue(t *testing.T) {
	manual, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "layouts.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load("layouts.md", []byte(fenced(t, string(manual), "```yaml\n"))); err != nil {
		t.Error(err)
	}
	file := fenced(t, string(manual), "```\nrecord,")
	examined, err := Examine(shipped(t, "clearwell"), strings.NewReader("record,"+file), nil)
	if err != nil || examined.Rows != 3 {
		t.Errorf("Examine = %+v, %v", examined, err)
	}
	for n := range nounCount {
		if word := n.String(); !strings.HasPrefix(word, "mailing_") && !strings.Contains(string(manual), "`"+word+"`") {
			t.Errorf("the manual does not name %s", word)
		}
	}
}

// fenced gives the rest of the first code block that begins so.
func fenced(t *testing.T, manual, begin string) string {
	t.Helper()
	_, after, found := strings.Cut(manual, begin)
	block, _, closed := strings.Cut(after, "```")
	if !found || !closed {
		t.Fatalf("the manual has no block %q", begin)
	}
	return block
}
