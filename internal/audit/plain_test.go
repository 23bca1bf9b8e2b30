package audit

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
)

// written are lines as an export writes them, and as it does not.
func written(t testing.TB) (plainly, otherwise []string) {
	t.Helper()
	place, hash := int64(1_204), tlog.RecordHash([]byte("an event"))
	encode := func(l line) string {
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	row := Row{ID: "evt_1", RecordedAt: 1_764_513_000_000_000, Actor: "operator:ana", Action: "city.apply", Thing: "sampletown", Detail: `{"why":"a \"reason\" \\ more"}`}
	strange := row
	strange.Thing = "Muñoz & <sons>\n"
	before := row
	before.RecordedAt = -1
	plainly = []string{encode(line{Place: &place, Hash: &hash, Event: "evt_1"}), encode(line{Place: &place, Row: &row})}
	otherwise = []string{
		encode(line{Place: &place, Row: &strange}), encode(line{Place: &place, Row: &before}), encode(line{Place: &place, Hash: &hash}),
		encode(line{Size: &place, Checkpoint: "a note"}), encode(line{Unsealed: &place}), encode(line{Format: exportFormat, City: "odessa"}),
		`{"place":01,"hash":"","event":"e"}`, `{ "place":1}`, plainly[0] + " ", plainly[1][:40], "",
	}
	return plainly, otherwise
}

func TestPlainLinesAreReadAsTheyAreDecoded(t *testing.T) {
	plainly, otherwise := written(t)
	for _, text := range plainly {
		got, ok := readPlain(text)
		want, err := decodeLine([]byte(text))
		if diff := cmp.Diff(want, got); !ok || err != nil || diff != "" {
			t.Errorf("%s: %v, %v (-decoded +plain):\n%s", text, ok, err, diff)
		}
	}
	for _, text := range otherwise {
		if _, ok := readPlain(text); ok {
			t.Errorf("%s passes for plain", text)
		}
	}
}

// What is read letter by letter is what decoding reads, to the last letter, and
// nothing that decoding would refuse.
func FuzzPlainLine(f *testing.F) {
	plainly, otherwise := written(f)
	for _, text := range append(plainly, otherwise...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := readPlain(text)
		if !ok {
			return
		}
		want, err := decodeLine([]byte(text))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v (-decoded +plain):\n%s", text, err, diff)
		}
	})
}
