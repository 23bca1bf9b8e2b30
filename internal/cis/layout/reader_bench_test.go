package layout

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "shipped", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sipFile(rows int) []byte {
	var file bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&file, "11/01/2026,%010d,11/21/2026,$%d.%02d,Ana Example,%d MAIN STREET\r\n", i, i%900, i%100, i)
	}
	return file.Bytes()
}

func clearwellFile(t testing.TB, rows int) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(shipped(t, "clearwell"), &file, Control{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.Write(exampleBill(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

const benchmarkRows = 100_000

func BenchmarkOpenSip(b *testing.B)    { benchmark(b, "sip", sipFile(benchmarkRows), false) }
func BenchmarkExamineSip(b *testing.B) { benchmark(b, "sip", sipFile(benchmarkRows), true) }
func BenchmarkOpenClearwell(b *testing.B) {
	benchmark(b, "clearwell", clearwellFile(b, benchmarkRows), false)
}
func BenchmarkExamineClearwell(b *testing.B) {
	benchmark(b, "clearwell", clearwellFile(b, benchmarkRows), true)
}

func benchmark(b *testing.B, name string, file []byte, examine bool) {
	l := shipped(b, name)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if examine {
			if _, err := Examine(l, bytes.NewReader(file), nil); err != nil {
				b.Fatal(err)
			}
			continue
		}
		r, err := Open(l, bytes.NewReader(file))
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
		}
		if r.Err() != nil || r.Totals().Accepted != benchmarkRows {
			b.Fatal(r.Err(), r.Totals())
		}
	}
	b.ReportMetric(benchmarkRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
