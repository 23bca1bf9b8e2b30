package letter

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"clearwell/internal/letter/imb"
)

// Presort puts recipients into the order that the Postal Service gives a better
// price for: by ZIP code and delivery point, those without one last. Print and
// list them in this order, so that both agree.
func Presort(all []Recipient) {
	slices.SortStableFunc(all, func(a, b Recipient) int {
		zipA, zipB := routing(a.Lines), routing(b.Lines)
		return cmp.Or(cmp.Compare(cmp.Or(zipA, "~"), cmp.Or(zipB, "~")), cmp.Compare(a.ID, b.ID))
	})
}

// listHead names the columns of the list for a mailing house.
func listHead() []string {
	return []string{
		"sequence", "id", "name", "address_1", "address_2", "address_3", "last_line", "zip", "language",
		"imb_tracking", "imb_routing", "imb",
	}
}

// WriteList writes recipients as a CSV file for a mailing house or its presort
// program, in the order in which a press prints them. Cells that a spreadsheet
// would take for a formula begin with an apostrophe.
func WriteList(to io.Writer, all []Recipient, mailing Mailing) error {
	out := csv.NewWriter(to)
	if err := out.Write(listHead()); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	for i, r := range all {
		row, err := listRow(i, r, mailing)
		if err != nil {
			return fmt.Errorf("writing the list, letter %s: %w", r.ID, err)
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("writing the list: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

func listRow(at int, r Recipient, mailing Mailing) ([]string, error) {
	street, last := r.Lines, ""
	if n := len(r.Lines); n > 0 {
		street, last = r.Lines[:n-1], r.Lines[n-1]
	}
	var address [3]string
	copy(address[:], street)
	if len(street) > len(address) {
		address[2] = strings.Join(street[2:], ", ")
	}
	zip := routing(r.Lines)
	tracking, bars, err := listed(at, zip, mailing)
	if err != nil {
		return nil, err
	}
	row := []string{
		fmt.Sprint(at + 1), r.ID, r.Name, address[0], address[1], address[2], last, zip,
		string(Spoken(r.Language)), tracking, zip, bars,
	}
	for i := range row {
		row[i] = inert(row[i])
	}
	return row, nil
}

// listed is the barcode of the letter at a place, or none.
func listed(at int, zip string, mailing Mailing) (tracking, bars string, err error) {
	if mailing.Mailer == "" || zip == "" {
		return "", "", nil
	}
	tracking, err = mailing.tracking(at)
	if err != nil {
		return "", "", err
	}
	bars, err = imb.Encode(tracking, zip)
	return tracking, bars, err
}

// inert keeps spreadsheets from running a cell (OWASP, CSV injection).
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
