package app

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"strings"

	"clearwell/internal/cis/layout"
)

// rejectFile is the list of rows that were not taken, with the reason of each.
// It is made when the first row comes, readable by its owner alone: it names
// residents.
type rejectFile struct {
	path  string
	count int64

	file *os.File
	rows *csv.Writer
}

func (r *rejectFile) write(reject *layout.Reject) error {
	if r.file == nil {
		if err := r.create(); err != nil {
			return err
		}
	}
	r.count++
	line := strconv.FormatInt(reject.Line, 10)
	if err := r.rows.Write([]string{line, string(reject.Code), reject.Reason, inert(reject.Raw)}); err != nil {
		return fmt.Errorf("writing rejects to %s: %w", r.path, err)
	}
	return nil
}

func (r *rejectFile) create() error {
	file, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("creating the reject file: %w", err)
	}
	r.file, r.rows = file, csv.NewWriter(file)
	if err := r.rows.Write([]string{"line", "code", "reason", "row"}); err != nil {
		return fmt.Errorf("writing rejects to %s: %w", r.path, err)
	}
	return nil
}

// close ends the file. Closing twice, or what was never made, is harmless.
func (r *rejectFile) close() error {
	if r.file == nil {
		return nil
	}
	r.rows.Flush()
	err := r.rows.Error()
	if closing := r.file.Close(); err == nil {
		err = closing
	}
	r.file = nil
	if err != nil {
		return fmt.Errorf("writing rejects to %s: %w", r.path, err)
	}
	return nil
}

// inert keeps a spreadsheet from taking a row for a formula.
func inert(raw string) string {
	if raw != "" && strings.ContainsRune("=+-@\t\r", rune(raw[0])) {
		return "'" + raw
	}
	return raw
}
