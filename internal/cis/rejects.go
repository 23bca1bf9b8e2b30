package cis

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"clearwell/internal/cis/layout"
)

// rejects writes the reject file: CSV that a clerk opens in a spreadsheet.
type rejects struct{ csv *csv.Writer }

func newRejects(to io.Writer) *rejects {
	if to == nil {
		to = io.Discard
	}
	r := &rejects{csv.NewWriter(to)}
	r.put(columns()...)
	return r
}

func columns() []string { return []string{"line", "result", "reason code", "reason", "row"} }

// IsRejects reports whether a file begins as a reject file does, so that whoever
// writes one knows which files it may take the place of. One with nothing in it
// may be one.
func IsRejects(file io.Reader) (bool, error) {
	header := strings.Join(columns(), ",") + "\n"
	begins := make([]byte, len(header))
	n, err := io.ReadFull(file, begins)
	if n == 0 && errors.Is(err, io.EOF) {
		return true, nil
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	return string(begins[:n]) == header, nil
}

func (r *rejects) write(reject layout.Reject) {
	result := "refused"
	if reject.Skipped() {
		result = "skipped"
	}
	r.put(strconv.FormatInt(reject.Line, 10), result, string(reject.Code), reject.Reason, inert(reject.Raw))
}

// put writes a line; its error comes out of flush.
func (r *rejects) put(cells ...string) { _ = r.csv.Write(cells) }

func (r *rejects) flush() error {
	r.csv.Flush()
	return r.csv.Error()
}

// inert keeps a spreadsheet from taking a row of somebody's file for a formula.
func inert(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}
