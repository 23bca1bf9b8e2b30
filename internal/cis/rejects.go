package cis

import (
	"encoding/csv"
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
	r.put("line", "result", "reason code", "reason", "row")
	return r
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
