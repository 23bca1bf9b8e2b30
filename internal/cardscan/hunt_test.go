package cardscan

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"mime/quotedprintable"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

const canary = "4242424242424242"

// TestHuntFindsEveryDisguise hides a number in the middle of what a program
// leaves behind.
func TestHuntFindsEveryDisguise(t *testing.T) {
	forms := disguises()
	maps.Copy(forms, map[string]func(string) string{
		"reversed":         reverse,
		"reversed, spaced": func(digits string) string { return embossing(reverse(digits), " ") },
		"reversed, base64": func(digits string) string { return base64.StdEncoding.EncodeToString([]byte(reverse(digits))) },
		"gzip":             func(digits string) string { return gzipped(t, filler+digits+filler) },
		"gzip twice":       func(digits string) string { return gzipped(t, gzipped(t, digits)) },
		"gzip of UTF-16":   func(digits string) string { return gzipped(t, utf16Bytes(digits, binary.BigEndian)) },
		"gzip cut short":   func(digits string) string { return gzipped(t, digits+strings.Repeat(filler, 200))[:150] },
		"base64 of gzip":   func(digits string) string { return base64.StdEncoding.EncodeToString([]byte(gzipped(t, digits))) },
		"zlib":             func(digits string) string { return zlibbed(t, filler+digits) },
		"zip":              func(digits string) string { return zipped(t, filler+digits) },
		"mail, base64": func(digits string) string {
			return wrapped(base64Of(base64.StdEncoding)(filler+filler+digits+filler), 76)
		},
		"mail, broken in the card": func(digits string) string { return wrapped(base64Of(base64.StdEncoding)(digits), 10) },
		"mail, attachment":         func(digits string) string { return wrapped(base64Of(base64.StdEncoding)(gzipped(t, digits)), 20) },
		"quoted-printable":         func(digits string) string { return quoted(t, strings.Repeat("x", 70)+digits) },
		"quoted-printable base64": func(digits string) string {
			return quoted(t, strings.Repeat("x", 60)+" "+base64Of(base64.StdEncoding)(digits))
		},
		"integer":                func(digits string) string { return integer(t, digits, binary.BigEndian) },
		"integer, little-endian": func(digits string) string { return integer(t, digits, binary.LittleEndian) },
		"packed":                 func(digits string) string { return string(appendHex(nil, digits)) },
		"gzip of an integer":     func(digits string) string { return gzipped(t, integer(t, digits, binary.LittleEndian)) },
	})
	noise := make([]byte, 2*window)
	random := rand.NewChaCha8([32]byte{})
	if _, err := random.Read(noise); err != nil {
		t.Fatal(err)
	}
	if hits := Hunt(noise, canary); len(hits) > 0 {
		t.Fatalf("Hunt found %v in noise", hits)
	}
	for name, disguise := range forms {
		for _, before := range []string{"", filler, string(noise[:window-20]) + " ", string(noise) + "\n"} {
			data := before + disguise(canary) + " " + filler
			hits := Hunt([]byte(data), canary)
			if len(hits) == 0 {
				t.Errorf("%s not found after %d bytes", name, len(before))
			}
			for _, hit := range hits {
				if hit.Offset < len(before) || hit.Offset >= len(data) {
					t.Errorf("%s: %v is not where it was put, %d", name, hit, len(before))
				}
			}
		}
	}
}

func TestHuntTellsForms(t *testing.T) {
	for text, want := range map[string][]Hit{
		"at 4242424242424242":                                {{"plain", 3}},
		"4242-4242-4242-4242":                                {{"separated", 0}},
		"x 2424242424242424":                                 {{"reversed plain", 2}},
		"4\x002\x004\x002\x004\x002\x00424":                  nil,
		utf16Bytes("a4242424242424242", binary.LittleEndian): {{"UTF-16", 2}},
		"4242424242424241":                                   nil,
		"4242 4242 x4242 4242":                               nil,
		"":                                                   nil,
	} {
		got := Hunt([]byte(text), canary)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Hunt(%q):\n%s", text, diff)
		}
	}
	nested := "see " + gzipped(t, "token "+base64Of(base64.StdEncoding)(canary))
	if diff := cmp.Diff([]Hit{{"plain in base64 in gzip", 4}}, Hunt([]byte(nested), canary)); diff != "" {
		t.Errorf("Hunt of a nested number:\n%s", diff)
	}
}

func TestHuntForOtherNumbers(t *testing.T) {
	bank := "routing 111000025 number 000123456789"
	if hits := Hunt([]byte(bank), "000123456789"); len(hits) != 1 {
		t.Errorf("Hunt for a bank account number = %v", hits)
	}
	for _, unusable := range []string{"", "12345", "4242 4242 4242 4242", "４２４２４２"} {
		if hits := Hunt([]byte(bank), unusable); len(hits) != 1 || !strings.HasPrefix(hits[0].Form, "not searched") {
			t.Errorf("Hunt for %q = %v, want a report that nothing was searched", unusable, hits)
		}
	}
}

func TestHuntTellsWhatItCouldNotSearch(t *testing.T) {
	h := hunter{forwards: canary, backwards: reverse(canary), left: 1000}
	hits := h.search([]byte(gzipped(t, strings.Repeat("a", 1001))), huntDepth)
	if diff := cmp.Diff([]Hit{{"not searched: too much in gzip", 0}}, hits); diff != "" {
		t.Error(diff)
	}
}

func wrapped(text string, width int) string {
	var lines []string
	for ; len(text) > width; text = text[width:] {
		lines = append(lines, text[:width])
	}
	return strings.Join(append(lines, text), "\r\n")
}

func quoted(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	w, err := archive.Create("letter.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func integer(t testing.TB, digits string, order binary.AppendByteOrder) string {
	t.Helper()
	value, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return string(order.AppendUint64(nil, value))
}
