package audit

import (
	"bytes"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"clearwell/internal/id"
)

func drawRow(t *rapid.T, label string) Row {
	text := rapid.StringN(0, 6, -1)
	return Row{
		ID: text.Draw(t, label+"id"), RecordedAt: rapid.Int64().Draw(t, label+"at"), Actor: text.Draw(t, label+"actor"),
		Action: text.Draw(t, label+"action"), Thing: text.Draw(t, label+"thing"), Detail: text.Draw(t, label+"detail"),
	}
}

// The verifier's tree is the sealer's, and both are tlog's.
func TestFrontierIsTheTree(t *testing.T) {
	var f frontier
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var all []tlog.Hash
		for _, index := range indexes {
			all = append(all, stored[index])
		}
		return all, nil
	})
	for n := int64(0); n <= 130; n++ {
		want, err := tlog.TreeHash(n, reader)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.root(); got != want {
			t.Fatalf("root of %d leaves is %s, want %s", n, got, want)
		}
		leaf := tlog.RecordHash([]byte{byte(n)})
		hashes, err := tlog.StoredHashesForRecordHash(n, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hashes...)
		f.add(leaf)
	}
}

// No two rows are written alike, wherever one field ends and the next begins.
func TestCanonicalIsUnambiguous(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawRow(t, "a "), drawRow(t, "b ")
		if same := bytes.Equal(a.canonical("town"), b.canonical("town")); same != (a == b) {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
	shifted := []Row{{ID: "1:a\n", Actor: ""}, {ID: "1:a", Actor: "\n"}, {ID: "", Actor: "1:a\n"}}
	for i, a := range shifted {
		for j, b := range shifted {
			if i != j && bytes.Equal(a.canonical("town"), b.canonical("town")) {
				t.Errorf("%+v and %+v are written alike", a, b)
			}
		}
	}
}

// These bytes are hashed for ever: other programs rely on them.
func TestCanonicalStays(t *testing.T) {
	row := Row{ID: "aud_1", RecordedAt: 1764000000000000, Actor: "guest", Action: "payment.start", Thing: "pay_é", Detail: `{"a":"b"}`}
	want := "clearwell audit row 1\n10:sampletown\n5:aud_1\n16:1764000000000000\n5:guest\n13:payment.start\n6:pay_é\n9:{\"a\":\"b\"}\n"
	if got := string(row.canonical("sampletown")); got != want {
		t.Errorf("written as %q, want %q", got, want)
	}
	const hash = "cJjna7EfjlRj4AdziHp/2r1o8iKXatFBzJprEvyCS3k="
	if got := row.leaf("sampletown").String(); got != hash {
		t.Errorf("hash %s, want %s", got, hash)
	}
}

// grown is a tree in memory, with a signed checkpoint at each size.
type grown struct {
	tree *growth
	rows []Row
	at   []Checkpoint
}

func grow(t *rapid.T, city id.City, size int) grown {
	g := grown{tree: &growth{load: func(indexes []int64) ([]tlog.Hash, error) { return inOrder(indexes, nil) }, known: map[int64]tlog.Hash{}}}
	empty := frontier{}
	g.at = append(g.at, Checkpoint{City: city, Root: empty.root()})
	for i := range size {
		row := Row{ID: string(rune('a' + i)), Detail: "{}"}
		next, err := g.tree.append(g.at[i], []Row{row})
		if err != nil {
			t.Fatal(err)
		}
		g.rows, g.at = append(g.rows, row), append(g.at, next)
	}
	return g
}

func signed(t *rapid.T, c Checkpoint, key Key) string {
	text, err := c.sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestProofsHoldForWhatIsTrueAlone(t *testing.T) {
	key, _, err := NewKey("audit.example.com")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(2, 40).Draw(t, "size")
		older := rapid.IntRange(1, size).Draw(t, "older")
		place := rapid.IntRange(0, size-1).Draw(t, "place")
		g := grow(t, "town", size)
		path, err := tlog.ProveRecord(int64(size), int64(place), g.tree)
		if err != nil {
			t.Fatal(err)
		}
		p := Inclusion{"town", int64(place), g.rows[place], path, signed(t, g.at[size], key)}
		checkInclusion(t, p, key)
		growth, err := tlog.ProveTree(int64(size), int64(older), g.tree)
		if err != nil {
			t.Fatal(err)
		}
		checkConsistency(t, Consistency{"town", signed(t, g.at[older], key), p.Checkpoint, growth}, g, key)
	})
}

// checkInclusion takes the proof, and none with anything changed.
func checkInclusion(t *rapid.T, p Inclusion, key Key) {
	keys := []string{key.Verifier()}
	if err := p.Check(keys); err != nil {
		t.Fatal(err)
	}
	wrong := map[string]Inclusion{"row": p, "place": p, "city": p, "hash": p, "checkpoint": p}
	for name, w := range wrong {
		switch name {
		case "row":
			w.Row.Actor = "other"
		case "place":
			w.Place++
		case "city":
			w.City = "other"
		case "hash":
			w.Hashes = w.Hashes[1:]
		case "checkpoint":
			w.Checkpoint = w.Checkpoint[1:]
		}
		if w.Check(keys) == nil {
			t.Fatalf("a proof holds with its %s changed", name)
		}
	}
	if p.Check(nil) == nil {
		t.Fatal("a proof holds without a key")
	}
}

// checkConsistency takes the proof, and none from another history.
func checkConsistency(t *rapid.T, p Consistency, g grown, key Key) {
	keys := []string{key.Verifier()}
	if err := p.Check(keys); err != nil {
		t.Fatal(err)
	}
	forked, err := parseCheckpoint(g.at[1].text())
	if err != nil {
		t.Fatal(err)
	}
	older, err := openWith(keys, p.Older, p.City)
	if err != nil {
		t.Fatal(err)
	}
	forked.Size, forked.Root = older.Size, tlog.RecordHash([]byte("another"))
	p.Older = signed(t, forked, key)
	if p.Check(keys) == nil {
		t.Fatal("a proof holds for another history")
	}
}

func TestCheckpointIsReadOnlyAsWritten(t *testing.T) {
	empty := frontier{}
	good := Checkpoint{City: "town", Size: 3, Root: empty.root()}.text()
	if _, err := parseCheckpoint(good); err != nil {
		t.Fatal(err)
	}
	lines := []string{"", good + "more\n", good[1:], "go.sum database tree\n" + good}
	for _, change := range [][2]string{{"\n3\n", "\n03\n"}, {"\n3\n", "\n-3\n"}, {"\n3\n", "\n+3\n"}, {"Z\n", "+00:00\n"}, {"=\n", "\n"}} {
		lines = append(lines, string(bytes.Replace([]byte(good), []byte(change[0]), []byte(change[1]), 1)))
	}
	for _, text := range lines {
		if c, err := parseCheckpoint(text); err == nil {
			t.Errorf("%q was read as %+v", text, c)
		}
	}
}
