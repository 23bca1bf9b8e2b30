package layout

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// shipped loads one of the layouts that ship.
func shipped(t testing.TB, name string) *Layout {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "layouts", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := Load(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestShippedLayoutsOnInventedFiles reads a file for each layout, with the
// mistakes that such files have, and compares all that comes out.
func TestShippedLayoutsOnInventedFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "shipped", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(path, ".txt")+".golden", describe(t, shipped(t, name), text))
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// describe reads a whole file and writes down everything it gives.
func describe(t testing.TB, l *Layout, text []byte) string {
	t.Helper()
	examined, err := Examine(l, bytes.NewReader(text), nil)
	if err != nil {
		return "refused: " + err.Error() + "\n"
	}
	r, err := examined.Open(bytes.NewReader(text), Position{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for r.Next() {
		if reject := r.Reject(); reject != nil {
			fmt.Fprintf(&out, "%d @%d %s: %s\n\t%s\n", reject.Line, reject.Offset, reject.Code, reject.Reason, reject.Raw)
			continue
		}
		fmt.Fprintf(&out, "%d @%d %s\n", r.Record().Line, r.Record().Offset, r.Record().Role)
		for n := range nounCount {
			if r.Record().Has(n) {
				fmt.Fprintf(&out, "\t%s = %s\n", n, value(r.Record(), n))
			}
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	totals := r.Totals()
	fmt.Fprintf(&out, "rows %d, accepted %d, skipped %d, refused %d, sum %s, usage %s\n",
		totals.Rows, totals.Accepted, totals.Skipped, totals.Refused, totals.Sum, totals.Usage)
	return out.String()
}

func value(r *Record, n Noun) string {
	is := vocabulary[n]
	switch {
	case is.text != nil:
		return fmt.Sprintf("%q", *is.text(r))
	case is.date != nil:
		return is.date(r).String()
	case is.moment != nil:
		return is.moment(r).String()
	case is.amount != nil:
		return is.amount(r).String()
	case is.quantity != nil:
		return is.quantity(r).String()
	case is.integer != nil:
		return fmt.Sprint(*is.integer(r))
	}
	return fmt.Sprint(*is.flag(r))
}

// A file whose captions were cut off lost its first bill, and nobody was told.
func TestAFileWithoutItsCaptionsIsRefused(t *testing.T) {
	for _, name := range []string{"infinity-bif951", "infinity-bif016"} {
		text, err := os.ReadFile(filepath.Join("testdata", "shipped", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		_, rows, _ := bytes.Cut(text, []byte("\n"))
		if _, err := Examine(shipped(t, name), bytes.NewReader(rows), nil); !errors.Is(err, ErrColumns) {
			t.Errorf("%s: got %v, want %v", name, err, ErrColumns)
		}
	}
}
