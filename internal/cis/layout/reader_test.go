package layout

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"clearwell/internal/cardscan"
)

const clearwellHeader = "record,utility_account,name,service_address,bill_number,bill_date,due_date,amount_due\n"

var fixedHeader = fmt.Sprintf("H20261124%-71s\r\n", "batch")

func clearwellBill(i int, amount string) string {
	return fmt.Sprintf("BILL,10-%04d,Ana Example,%d Main Street,B%d,2026-11-01,2026-11-21,%s\n", i, i, i, amount)
}

func TestWholeFileRefusals(t *testing.T) {
	sip := "11/01/2026,0000010001,11/21/2026,11.80,Ana Example,12 MAIN STREET\n"
	two := clearwellHeader + clearwellBill(1, "10.00") + clearwellBill(2, "-2.50")
	for _, c := range []struct {
		name, layout, text string
		want               error
	}{
		{"nothing", "sip", "", ErrEmpty},
		{"blank lines", "sip", "\n\r\n  \n", ErrEmpty},
		{"a header and no rows", "nycha", "TDS #,EDP,# days,Current Charges,Consumption\n", ErrEmpty},
		{"cut in a row", "sip", sip + sip[:30], ErrTruncated},
		{"cut in the last column", "sip", sip + strings.TrimSuffix(sip, " STREET\n"), ErrTruncated},
		{"cut before the line end", "sip", strings.TrimSuffix(sip, "\n"), ErrTruncated},
		{"cut in the header", "nycha", "TDS #,EDP,# days,Current Char", ErrTruncated},
		{"no trailer", "clearwell", two, ErrTruncated},
		{"cut in the trailer", "clearwell", two + "TRAILER,2", ErrTruncated},
		{"cut in the trailer's total", "clearwell", two + "TRAILER,2,7", ErrControlTotals},
		{"wrong count", "clearwell", two + "TRAILER,3,7.50\n", ErrControlTotals},
		{"wrong total", "clearwell", two + "TRAILER,2,7.51\n", ErrControlTotals},
		{"unreadable trailer", "clearwell", two + "TRAILER,two,7.50\n", ErrControlTotals},
		{"a row whose amount is unreadable", "clearwell", clearwellHeader + clearwellBill(1, "ten") + "TRAILER,1,0.00\n", ErrControlTotals},
		{"a row of unknown type", "clearwell", two + "CREDIT\nTRAILER,3,7.50\n", ErrControlTotals},
		{"two files in one", "clearwell", two + "TRAILER,2,7.50\n" + two + "TRAILER,2,7.50\n", ErrAfterTrailer},
		{"a renamed column", "nycha", "TDS,EDP,# days,Current Charges,Consumption\n", ErrColumns},
		{"a column twice", "nycha", "TDS #,EDP,edp,# days,Current Charges,Consumption\n", ErrColumns},
		{"both names of a column", "cayenta-bills", "TU_ID,tu_number\n", ErrColumns},
		{"an optional column twice", "clearwell", strings.Replace(clearwellHeader, "\n", ",zip,ZIP\n", 1), ErrColumns},
		{"two headers", "fixed-posting", fixedHeader + fixedHeader, ErrAfterTrailer},
		{"UTF-16", "sip", "\xff\xfe1\x001\x00", ErrEncoding},
		{"a spreadsheet", "sip", "PK\x03\x04\x14\x00\x06\x00", ErrEncoding},
		{"another header record", "fixed-posting", "X" + strings.Repeat(" ", 79) + "\r\n", ErrColumns},
	} {
		t.Run(c.name, func(t *testing.T) {
			examined, err := Examine(shipped(t, c.layout), strings.NewReader(c.text), nil)
			if !errors.Is(err, c.want) || examined != nil {
				t.Errorf("Examine = %v, %v; want %v", examined, err, c.want)
			}
		})
	}
}

func TestWholeFilesThatAreGood(t *testing.T) {
	two := clearwellHeader + clearwellBill(1, "10.00") + clearwellBill(2, "-2.50")
	for _, c := range []struct{ name, layout, text string }{
		{"right totals", "clearwell", two + "TRAILER,2,7.50\n"},
		{"no bills", "clearwell", clearwellHeader + "TRAILER,0,0.00\n"},
		{"a byte order mark", "clearwell", byteOrderMark + two + "TRAILER,2,7.50\n"},
		{"blank lines after the trailer", "clearwell", two + "TRAILER,2,7.50\n\n  \r\n"},
		{"a refused row counts in the trailer", "clearwell", two + clearwellBill(2, "1.00") + "TRAILER,3,8.50\n"},
		{"columns in another order and case", "nycha", "EDP,Consumption,tds  #,CURRENT CHARGES,# Days\n1,2,3,4,5\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Examine(shipped(t, c.layout), strings.NewReader(c.text), nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestReadErrorIsNotTheEndOfTheFile(t *testing.T) {
	broken := errors.New("cable")
	file := io.MultiReader(strings.NewReader("11/01/2026,1,11/21/2026,1.00,A,B\n"), iotest.ErrReader(broken))
	if _, err := Examine(shipped(t, "sip"), file, nil); !errors.Is(err, broken) {
		t.Errorf("Examine = %v, want %v", err, broken)
	}
}

// collect reads the rest of a file as one line for each row.
func collect(t testing.TB, r *Reader, limit int) []string {
	t.Helper()
	var rows []string
	for len(rows) < limit && r.Next() {
		if reject := r.Reject(); reject != nil {
			rows = append(rows, fmt.Sprintf("%+v", *reject))
			continue
		}
		rows = append(rows, fmt.Sprintf("%+v", *r.Record()))
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return rows
}

const all = 1 << 30

func TestInterruptedReadingGoesOn(t *testing.T) {
	l := shipped(t, "clearwell")
	text := clearwellHeader + clearwellBill(1, "1.00") + "\n" + clearwellBill(2, "2.00") +
		clearwellBill(4, "4.00") + clearwellBill(4, "4.00") + "TRAILER,4,11.00\n"
	examined, err := Examine(l, strings.NewReader(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := examined.Open(strings.NewReader(text), Position{})
	if err != nil {
		t.Fatal(err)
	}
	whole := collect(t, r, all)
	for stop := range len(whole) + 2 {
		first, err := examined.Open(strings.NewReader(text), Position{})
		if err != nil {
			t.Fatal(err)
		}
		rows := collect(t, first, stop)
		rest, err := examined.Open(strings.NewReader(text), first.Position())
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, collect(t, rest, all)...)
		if strings.Join(rows, "\n") != strings.Join(whole, "\n") {
			t.Errorf("stopped after %d rows: got\n%s\nwant\n%s", stop, strings.Join(rows, "\n"), strings.Join(whole, "\n"))
		}
	}
}

func TestChangedFileIsRefused(t *testing.T) {
	l := shipped(t, "sip")
	row := "11/01/2026,0000010001,11/21/2026,11.80,Ana Example,12 MAIN STREET\n"
	next := strings.Replace(row, "0001", "0002", 1)
	examined, err := Examine(l, strings.NewReader(row+next), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, changed := range []string{
		row, row + next + "\n", row + strings.Repeat(" ", len(next)-1) + "\n",
	} {
		r, err := examined.Open(strings.NewReader(changed), Position{})
		if err != nil {
			t.Fatal(err)
		}
		for r.Next() {
		}
		if !errors.Is(r.Err(), ErrChanged) {
			t.Errorf("%q: Err = %v, want %v", changed, r.Err(), ErrChanged)
		}
	}
}

func TestDigestIsOfTheBytes(t *testing.T) {
	l := shipped(t, "sip")
	row := "11/01/2026,0000010001,11/21/2026,11.80,Ana Example,12 MAIN STREET\n"
	a, errA := Examine(l, strings.NewReader(row), nil)
	b, errB := Examine(l, strings.NewReader(strings.Replace(row, "\n", "\r\n", 1)), nil)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if a.Digest == b.Digest || a.Size != int64(len(row)) {
		t.Errorf("digests %x and %x, size %d", a.Digest, b.Digest, a.Size)
	}
}

// TestDroppedColumnsNeverLeave puts a number where the social security number
// stands, breaks the row in every way, and looks for the number in all that
// comes out.
func TestDroppedColumnsNeverLeave(t *testing.T) {
	text := string(testdata(t, "smartfusion-usage"))
	first := text[:strings.Index(text, "\n")+1]
	const secret = "078051120"
	if !strings.Contains(first, secret) {
		t.Fatal("the fixture lost its number")
	}
	broken := []string{first, strings.ToLower(first), " " + first, first[1:], strings.Replace(first, "261031", "26103X", 1),
		strings.Replace(first, "0000156", "\x00\x01\x02\x03\x04\x05\x06", 1), strings.Repeat(first[:253], 300) + "\n"}
	for i, row := range broken {
		if out := describe(t, shipped(t, "smartfusion-usage"), []byte(first+row)); strings.Contains(out, secret) {
			t.Errorf("row %d shows what is dropped:\n%s", i, out)
		}
	}
}

func TestUndeclaredColumnsNeverLeave(t *testing.T) {
	header := strings.TrimSuffix(clearwellHeader, "\n") + ",ssn\n"
	row := strings.TrimSuffix(clearwellBill(1, "1.00"), "\n") + ",078051120\n"
	for i, row := range []string{row, strings.Replace(row, "2026-11-01", "yesterday", 1), strings.Replace(row, "Ana", "Ana,Bo", 1),
		strings.Replace(row, "Ana", `"Ana`, 1), strings.Replace(row, "BILL", "CREDIT", 1)} {
		r, err := Open(shipped(t, "clearwell"), strings.NewReader(header+row+row))
		if err != nil {
			t.Fatal(err)
		}
		for r.Next() {
			if r.Reject() != nil && strings.Contains(fmt.Sprint(*r.Reject()), "078051120") {
				t.Errorf("row %d shows an undeclared column: %+v", i, *r.Reject())
			}
		}
	}
}

func TestCardNumbersAreRefusedAndNotRepeated(t *testing.T) {
	for _, name := range []string{"4111 1111 1111 1111", "4111-1111-1111-1111", "４１１１１１１１１１１１１１１１", "４１１１ １１１１ １１１１ １１１１", "NDExMTExMTExMTExMTExMQ=="} {
		row := "11/01/2026,0000010001,11/21/2026,11.80," + name + ",12 MAIN STREET\n"
		r, err := Open(shipped(t, "sip"), strings.NewReader(row))
		if err != nil {
			t.Fatal(err)
		}
		if !r.Next() || r.Reject() == nil {
			t.Errorf("%s was taken", name)
			continue
		}
		if r.Reject().Code != CodeCardNumber || cardscan.Contains([]byte(r.Reject().Raw)) {
			t.Errorf("%s: %+v", name, *r.Reject())
		}
	}
}

// A row whose utility account number did not fit stood in the reject file with
// nothing of it, so that a clerk could not see whose it was.
func TestANumberThatDoesNotFitIsShownUnlessItMayBeACards(t *testing.T) {
	l := shipped(t, "sip").Numbered(func(string) (string, bool) { return "", false })
	for number, want := range map[string]string{
		"12-A": "12-A", "12345678901": "12345678901",
		"123456789012": "************", "1234 5678 9012": "**************", "4111111111111111": "****************", "4111.1111.1111.1112": "*******************",
		"NDExMTExMTExMTExMTExMQ==": "************************",
	} {
		r, err := Open(l, strings.NewReader("11/01/2026,"+number+",11/21/2026,11.80,ANA EXAMPLE,12 MAIN STREET\n"))
		if err != nil {
			t.Fatal(err)
		}
		if !r.Next() || r.Reject() == nil {
			t.Errorf("%s was taken", number)
			continue
		}
		if got, line := r.Reject().Raw, "11/01/2026,"+want+",11/21/2026,11.80,ANA EXAMPLE,12 MAIN STREET"; r.Reject().Code == CodeNumbering && got != line || cardscan.Contains([]byte(got)) {
			t.Errorf("%s: %q, want %q", number, got, line)
		}
		if r.Reject().Code != CodeNumbering && r.Reject().Code != CodeCardNumber {
			t.Errorf("%s: %+v", number, *r.Reject())
		}
	}
}

func TestControlCharactersAndWrongEncodings(t *testing.T) {
	for _, c := range []struct {
		name string
		code Code
	}{
		{"A\tB", ""}, {"Zoë", ""}, {"A\x07B", CodeEncoding}, {"Jos\xe9", CodeEncoding}, {"A\u0085B", CodeEncoding}, {"A\x7fB", CodeEncoding},
	} {
		row := "11/01/2026,0000010001,11/21/2026,11.80," + c.name + ",12 MAIN STREET\n"
		r, err := Open(shipped(t, "sip"), strings.NewReader(row))
		if err != nil {
			t.Fatal(err)
		}
		r.Next()
		if c.code == "" && r.Record() == nil || c.code != "" && (r.Reject() == nil || r.Reject().Code != c.code) {
			t.Errorf("%q: %+v", c.name, r.Reject())
		}
	}
}

// TestRejects gives the code of each row that is wrong as a whole or in its
// amount; the invented files have the other kinds.
func TestRejects(t *testing.T) {
	clearwell := strings.TrimSuffix(clearwellBill(1, "1.00"), "\n")
	sip := "11/01/2026,0000010001,11/21/2026,11.80,Ana Example,12 MAIN STREET"
	for _, c := range []struct {
		name, layout, text string
		code               Code
	}{
		{"a column more than the header", "clearwell", clearwellHeader + clearwell + ",\n", CodeShape},
		{"a column less than the header", "clearwell", clearwellHeader + strings.TrimSuffix(clearwell, ",1.00") + "\n", CodeShape},
		{"a column less than declared", "sip", strings.TrimSuffix(sip, ",12 MAIN STREET") + "\n", CodeShape},
		{"an amount beyond all money", "sip", strings.Replace(sip, "11.80", "99999999999999.00", 1) + "\n", CodeAmount},
		{"a quote inside a cell", "sip", strings.Replace(sip, "Ana", `Ana "Bo"`, 1) + "\n", CodeQuote},
		{"text behind a quote", "sip", strings.Replace(sip, "Ana Example", `"Ana" Example`, 1) + "\n", CodeQuote},
		{"an unknown type", "clearwell", clearwellHeader + strings.Replace(clearwell, "BILL", "MEMO", 1) + "\n", CodeUnknown},
		{"a name too long", "sip", strings.Replace(sip, "Ana", strings.Repeat("ñ", 51), 1) + "\n", CodeTooLong},
	} {
		r, err := Open(shipped(t, c.layout), strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if !r.Next() || r.Reject() == nil || r.Reject().Code != c.code {
			t.Errorf("%s: %+v, want %s", c.name, r.Reject(), c.code)
		}
	}
}

func TestLastRowMayLackItsLineEndWhereDeclared(t *testing.T) {
	text := strings.Replace(good, "dates:", "columns: 3\nfinal_newline: optional\ndates:", 1)
	l, err := Load("example.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Examine(l, strings.NewReader("1,2.00,11/01/2026"), nil); err != nil {
		t.Error(err)
	}
	if _, err := Examine(l, strings.NewReader("1,2.00,11/01/2026\n2,3.0"), nil); !errors.Is(err, ErrTruncated) {
		t.Errorf("Examine = %v, want %v", err, ErrTruncated)
	}
	r, err := Open(l, strings.NewReader("1,2.00,11/01/2026,078051120\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Next(); r.Reject() == nil || !strings.Contains(r.Reject().Raw, "078051120") {
		t.Errorf("a layout that keeps every column withholds a line: %+v", r.Reject())
	}
}

func TestLinesOfUnknownWidthAreWithheld(t *testing.T) {
	l, err := Load("example.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(l, strings.NewReader("1,2.00,11/01/2026,\"078051120\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Next(); r.Reject() == nil || strings.Contains(r.Reject().Raw, "078051120") {
		t.Errorf("a line that cannot be cut is shown: %+v", r.Reject())
	}
}

func TestLongLinesAreRefusedInConstantMemory(t *testing.T) {
	row := "11/01/2026,0000010001,11/21/2026,11.80,Ana Example,12 MAIN STREET\n"
	file := io.MultiReader(strings.NewReader(row), bytes.NewReader(bytes.Repeat([]byte("x"), 4*maxLine)), strings.NewReader("\n"+row))
	r, err := Open(shipped(t, "sip"), file)
	if err != nil {
		t.Fatal(err)
	}
	rows := collect(t, r, all)
	if len(rows) != 3 || r.Totals().Refused != 1 || r.Totals().Accepted != 2 {
		t.Errorf("%d rows, %+v", len(rows), r.Totals())
	}
}
