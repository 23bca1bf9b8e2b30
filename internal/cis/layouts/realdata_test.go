package layouts

import (
	"os"
	"path/filepath"
	"testing"

	"clearwell/internal/cis/layout"
)

// The figures of published files that are not ours to copy. They lie beside
// the repository on the machines that have them.
func TestPublishedFilesToTheCent(t *testing.T) {
	for _, want := range []struct {
		file, layout string
		rows         int64
		sum          string
	}{
		{"sip_simple_bill.csv", "sip", 152, "1811.40"},
		{"nycha_water.csv", "nycha", 24_000, "38078590.42"},
	} {
		t.Run(want.layout, func(t *testing.T) {
			got := totals(t, want.layout, open(t, published(t, want.file)))
			if got.Rows != want.rows || got.Accepted != want.rows || got.Sum.String() != want.sum {
				t.Errorf("rows, accepted, sum = %d, %d, %s; want %d, %s", got.Rows, got.Accepted, got.Sum, want.rows, want.sum)
			}
		})
	}
}

// published finds a file in the folder that CLEARWELL_PUBLISHED names, or in
// the folder beside the repository.
func published(t *testing.T, name string) string {
	t.Helper()
	folder := os.Getenv("CLEARWELL_PUBLISHED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "shared", "data", "bills")
	}
	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not on this machine: set CLEARWELL_PUBLISHED to the folder that has it", name)
	}
	return path
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

func totals(t *testing.T, name string, file *os.File) layout.Totals {
	t.Helper()
	l, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	examined, err := layout.Examine(l, file, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := examined.Open(file, layout.Position{})
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return r.Totals()
}
