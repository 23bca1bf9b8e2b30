package cardscan

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

// testNumber is a published test card number.
type testNumber struct {
	digits string
	luhn   bool
}

func testNumbers(t testing.TB) []testNumber {
	t.Helper()
	file, err := os.Open("testdata/test_pans.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var numbers []testNumber
	for _, row := range rows[1:] {
		numbers = append(numbers, testNumber{row[0], row[3] == "1"})
	}
	return numbers
}

// embossing writes digits in groups as cards of their length have them.
func embossing(digits, mark string) string {
	sizes := []int{4, 4, 4, 4, 4}
	switch len(digits) {
	case 14:
		sizes = []int{4, 6, 4}
	case 15:
		sizes = []int{4, 6, 5}
	}
	var groups []string
	for _, size := range sizes {
		size = min(size, len(digits))
		if groups = append(groups, digits[:size]); size == len(digits) {
			break
		}
		digits = digits[size:]
	}
	return strings.Join(groups, mark)
}

func eachDigit(digits, format string) string {
	var b strings.Builder
	for _, d := range digits {
		fmt.Fprintf(&b, format, d)
	}
	return b.String()
}

// shifted writes digits in another script, by its zero.
func shifted(digits string, zero rune) string {
	return strings.Map(func(d rune) rune { return d - '0' + zero }, digits)
}

func utf16Bytes(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

func between(mark string) func(string) string {
	return func(digits string) string { return strings.Join(strings.Split(digits, ""), mark) }
}

func grouped(mark string) func(string) string {
	return func(digits string) string { return embossing(digits, mark) }
}

func format(verb string) func(string) string {
	return func(digits string) string { return eachDigit(digits, verb) }
}

func script(zero rune) func(string) string {
	return func(digits string) string { return shifted(digits, zero) }
}

func chained(first, then func(string) string) func(string) string {
	return func(digits string) string { return then(first(digits)) }
}

func base64Of(encoding *base64.Encoding) func(string) string {
	return func(text string) string { return encoding.EncodeToString([]byte(text)) }
}

func hexOf(text string) string { return hex.EncodeToString([]byte(text)) }

// disguises are the ways of writing that every number must be found through.
func disguises() map[string]func(string) string {
	std := base64Of(base64.StdEncoding)
	all := map[string]func(string) string{
		"plain":                 func(digits string) string { return digits },
		"spaced":                grouped(" "),
		"dashed":                grouped("-"),
		"dotted":                grouped("."),
		"underscored":           grouped("_"),
		"form spaces":           grouped("+"),
		"wide spaces":           grouped(" - "),
		"no-break spaces":       grouped("\u00a0"),
		"thin spaces":           grouped("\u2009"),
		"en dashes":             grouped("–"),
		"minus signs":           grouped("−"),
		"full-width dashes":     grouped("－"),
		"middle dots":           grouped("·"),
		"digit by digit":        between(" "),
		"dash by dash":          between("-"),
		"pairs":                 func(digits string) string { return pairs(digits, " ") },
		"zero-width":            between("\u200b"),
		"soft hyphens":          between("\u00ad"),
		"zero-width joiners":    between("\u200d"),
		"byte order marks":      between("\ufeff"),
		"NULs":                  between("\x00"),
		"Hangul fillers":        between("\u3164"),
		"keycaps":               between("\ufe0f\u20e3"),
		"struck through":        between("\u0336"),
		"full width":            script('０'),
		"full width, spaced":    chained(grouped(" "), fullWidth),
		"Arabic":                script('٠'),
		"Devanagari":            script('०'),
		"mathematical bold":     script('𝟎'),
		"mathematical mono":     script('𝟶'),
		"superscript":           superscript,
		"circled":               circled,
		"Chinese":               chinese,
		"Suzhou, no zeros":      func(digits string) string { return strings.ReplaceAll(shifted(digits, '〠'), "〠", "〇") },
		"tags":                  script('\U000E0030'),
		"UTF-16 LE":             func(digits string) string { return utf16Bytes(digits, binary.LittleEndian) },
		"UTF-16 BE":             func(digits string) string { return utf16Bytes(digits, binary.BigEndian) },
		"UTF-16 LE, spaced":     func(digits string) string { return utf16Bytes(embossing(digits, " "), binary.LittleEndian) },
		"UTF-32":                between("\x00\x00\x00"),
		"percent":               format("%%%02X"),
		"percent twice":         format("%%25%02x"),
		"percent thrice":        format("%%2525%02x"),
		"percent, spaced":       func(digits string) string { return url.PathEscape(embossing(digits, " ")) },
		"percent, full width":   func(digits string) string { return url.QueryEscape(shifted(digits, '０')) },
		"entities":              format("&#%d;"),
		"bare entities":         format("&#%d "),
		"hexadecimal entities":  format("&#x%x;"),
		"padded entities":       format("&#x000%X;"),
		"entities as spaces":    grouped("&nbsp;"),
		"JSON escapes":          format(`\u%04x`),
		"JSON escapes, spaced":  func(digits string) string { return eachDigit(embossing(digits, " "), `\u%04x`) },
		"JSON surrogates":       func(digits string) string { return jsonEscaped(shifted(digits, '𝟎')) },
		"JavaScript escapes":    format(`\u{%x}`),
		"byte escapes":          format(`\x%x`),
		"base64":                std,
		"base64, skewed":        func(digits string) string { return std("n" + digits) },
		"base64, skewed twice":  func(digits string) string { return std("no" + digits) },
		"base64, unpadded":      base64Of(base64.RawStdEncoding),
		"base64, URL":           base64Of(base64.URLEncoding),
		"base64, spaced":        chained(grouped(" "), std),
		"base64, full width":    chained(script('０'), std),
		"base64, UTF-16":        func(digits string) string { return std(utf16Bytes(digits, binary.LittleEndian)) },
		"base64 of JSON":        func(digits string) string { return std(`{"number":"` + digits + `","cvc":"123"}`) },
		"base64, percent":       chained(std, url.QueryEscape),
		"base64 of percent":     chained(format("%%%02X"), std),
		"base64 twice":          chained(std, std),
		"base64 within a token": func(digits string) string { return "xy" + base64Of(base64.RawStdEncoding)(digits) + "__" },
		"hex":                   hexOf,
		"hex, upper case":       chained(grouped("-"), func(text string) string { return strings.ToUpper(hexOf(text)) }),
		"hex, shifted":          func(digits string) string { return "f" + hexOf(digits) },
		"hex of base64":         chained(std, hexOf),
		"base64 of hex":         chained(hexOf, std),
	}
	for _, mark := range []string{",", "/", ";", "|", "*", "\n", "\r\n", "\t", `","`, "'"} {
		all[fmt.Sprintf("fours with %q", mark)] = grouped(mark)
	}
	return all
}

func pairs(digits, mark string) string {
	var groups []string
	for ; len(digits) > 2; digits = digits[2:] {
		groups = append(groups, digits[:2])
	}
	return strings.Join(append(groups, digits), mark)
}

func chinese(digits string) string {
	return strings.Map(func(d rune) rune { return []rune("〇一二三四五六七八九")[d-'0'] }, digits)
}

func fullWidth(text string) string {
	return strings.Map(func(d rune) rune {
		if d < '0' || d > '9' {
			return d
		}
		return d - '0' + '０'
	}, text)
}

func superscript(digits string) string {
	return strings.Map(func(d rune) rune { return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[d-'0'] }, digits)
}

func circled(digits string) string {
	return strings.Map(func(d rune) rune { return []rune("⓪①②③④⑤⑥⑦⑧⑨")[d-'0'] }, digits)
}

func jsonEscaped(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, `\u%04x`, unit)
	}
	return b.String()
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zlibbed(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
