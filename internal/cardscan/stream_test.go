package cardscan

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

const filler = "Agua limpia, cubierta, esperando. {\"city\":\"sampletown\",\"at\":1764003600123456}\n"

// inPieces hands out text cut at the given sizes, then whole.
type inPieces struct {
	text  string
	sizes []int
}

func (p *inPieces) Read(b []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	size := len(p.text)
	if len(p.sizes) > 0 {
		size, p.sizes = min(size, p.sizes[0]), p.sizes[1:]
	}
	n := copy(b, p.text[:size])
	p.text = p.text[n:]
	return n, nil
}

func sizes() *rapid.Generator[[]int] {
	return rapid.SliceOfN(rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, window+reach)), 0, 12)
}

// hidden draws text of up to some windows with a disguised number in it.
func hidden(t *rapid.T) (text, number string) {
	all := disguises()
	var names []string
	for name := range all {
		names = append(names, name)
	}
	before := rapid.OneOf(rapid.IntRange(0, 300), rapid.IntRange(window-500, window+500), rapid.IntRange(2*window-200, 2*window+reach)).Draw(t, "before")
	number = all[rapid.SampledFrom(sorted(names)).Draw(t, "disguise")]("4242424242424242")
	long := strings.Repeat(filler, 1+before/len(filler))[:before]
	return long + " " + number + " " + filler, number
}

func TestReaderStopsAtACard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, number := hidden(t)
		passed, err := io.ReadAll(NewReader(&inPieces{text, sizes().Draw(t, "sizes")}))
		if !errors.Is(err, ErrCard) {
			t.Fatalf("Reader passes %q: %v", number, err)
		}
		if at := strings.Index(text, number); len(passed) > at {
			t.Fatalf("Reader passed on %d bytes of %q", len(passed)-at, number)
		}
	})
}

func TestReaderPassesTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat(filler, rapid.IntRange(0, 1500).Draw(t, "lines"))
		passed, err := io.ReadAll(NewReader(&inPieces{text, sizes().Draw(t, "sizes")}))
		if err != nil || string(passed) != text {
			t.Fatalf("Reader changed %d bytes into %d: %v", len(text), len(passed), err)
		}
	})
}

func TestReaderAsReader(t *testing.T) {
	text := strings.Repeat(filler, 1000)
	if err := iotest.TestReader(NewReader(strings.NewReader(text)), []byte(text)); err != nil {
		t.Error(err)
	}
}

func TestReaderForgets(t *testing.T) {
	r := NewReader(strings.NewReader("note=4242424242424242"))
	for range 3 {
		if n, err := r.Read(make([]byte, 100)); n != 0 || !errors.Is(err, ErrCard) {
			t.Errorf("Read = %d, %v; want ErrCard for good", n, err)
		}
	}
	if r.held.Len() != 0 {
		t.Error("the number is still held")
	}
}

func TestReaderTellsOfTheSource(t *testing.T) {
	broken := errors.New("connection reset")
	passed, err := io.ReadAll(NewReader(io.MultiReader(strings.NewReader("begun"), iotest.ErrReader(broken))))
	if string(passed) != "begun" || !errors.Is(err, broken) {
		t.Errorf("ReadAll = %q, %v", passed, err)
	}
}

func TestWriterRedacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, number := hidden(t)
		var written bytes.Buffer
		w := NewWriter(&written)
		for source := (&inPieces{text, sizes().Draw(t, "sizes")}); source.text != ""; {
			piece := make([]byte, window)
			n, err := source.Read(piece)
			if err != nil {
				t.Fatal(err)
			}
			if m, err := w.Write(piece[:n]); err != nil || m != n {
				t.Fatalf("Write = %d, %v", m, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(number, "\n") && written.String() != Redact(text) {
			t.Fatalf("Writer wrote %d bytes, Redact gives %d", written.Len(), len(Redact(text)))
		}
	})
}

// TestWriterRedactsLongLines: a line too long to hold is written in parts.
func TestWriterRedactsLongLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, number := hidden(t)
		if strings.Contains(number, "\n") {
			return
		}
		text = strings.ReplaceAll(text, "\n", " ")
		var written bytes.Buffer
		w := NewWriter(&written)
		for _, piece := range []string{text[:len(text)/2], text[len(text)/2:]} {
			if _, err := w.Write([]byte(piece)); err != nil {
				t.Fatal(err)
			}
		}
		if len(w.held) >= window+reach {
			t.Fatalf("Writer holds %d bytes", len(w.held))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if written.String() != Redact(text) {
			t.Fatalf("Writer wrote %d bytes, Redact gives %d", written.Len(), len(Redact(text)))
		}
	})
}

// TestWriterCutsNoCard: wherever a number lies across the place where a long
// line is cut.
func TestWriterCutsNoCard(t *testing.T) {
	const number = "4242 4242 4242 4242"
	for shift := range 2 * len(number) {
		before := strings.Repeat("x", window-shift)
		text := before + number + strings.Repeat("y", window+reach-len(before)-len(number))
		var written bytes.Buffer
		w := NewWriter(&written)
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if written.String() != Redact(text) {
			t.Errorf("a number %d bytes before the cut is not redacted", shift)
		}
	}
}

func TestWriterWritesLinesAtOnce(t *testing.T) {
	var written bytes.Buffer
	w := NewWriter(&written)
	for _, c := range []struct{ piece, want string }{
		{"card 4242 4242 ", ""},
		{"4242 4242\nnext", "card " + Mask + "\n"},
	} {
		if _, err := io.WriteString(w, c.piece); err != nil || written.String() != c.want {
			t.Errorf("after %q: %q, %v", c.piece, written.String(), err)
		}
	}
	if err := w.Close(); err != nil || written.String() != "card "+Mask+"\nnext" {
		t.Errorf("after Close: %q, %v", written.String(), err)
	}
}

func TestWriterTellsOfTheTarget(t *testing.T) {
	read, write := io.Pipe()
	full := errors.New("disk full")
	if err := read.CloseWithError(full); err != nil {
		t.Fatal(err)
	}
	w := NewWriter(write)
	for range 2 {
		if n, err := io.WriteString(w, "line\n"); n != 0 || !errors.Is(err, full) {
			t.Errorf("Write = %d, %v; want the target's error for good", n, err)
		}
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Errorf("Close = %v", err)
	}
}
