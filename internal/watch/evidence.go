package watch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"clearwell/internal/watch/visit"
)

// Exhibit is a page that was seen, to be kept.
type Exhibit struct {
	View     string
	Language string
	visit.Sight
}

// keep writes a report and its exhibits into a new folder, and gives its path.
// What is written is for its owner alone: pages show the sample bill. The digests
// stand beside, so that evidence can be told from what was made of it.
func keep(folder string, report Report, exhibits []Exhibit) (string, error) {
	path := filepath.Join(folder, report.At.Format("2006-01-02T150405.000Z")+"-"+string(report.Verdict()))
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("keeping evidence: %w", err)
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return "", fmt.Errorf("keeping evidence: %w", err)
	}
	files := map[string][]byte{"report.json": text}
	for i, e := range exhibits {
		var header bytes.Buffer
		if err := e.Header.Write(&header); err != nil {
			return "", fmt.Errorf("keeping evidence: %w", err)
		}
		name := fmt.Sprintf("%02d-%s-%s-%s", i+1, e.View, e.Language, e.Kind)
		files[name+".html"], files[name+".headers"] = e.HTML, header.Bytes()
		if e.Picture != nil {
			files[name+".png"] = e.Picture
		}
	}
	return path, writeAll(path, files)
}

func writeAll(folder string, files map[string][]byte) error {
	var sums strings.Builder
	var errs []error
	for name, content := range files {
		errs = append(errs, os.WriteFile(filepath.Join(folder, name), content, 0o600))
		fmt.Fprintf(&sums, "%s  %s\n", visit.Digest(content), name) // the form of sha256sum
	}
	errs = append(errs, os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(sums.String()), 0o600))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("keeping evidence: %w", err)
	}
	return nil
}

// note adds a line for a run to the record of all of them, the evidence of PCI
// DSS 11.6.1 that the mechanism runs.
func note(folder string, report Report) error {
	line, err := json.Marshal(struct {
		Report
		Verdict Verdict `json:"verdict"`
	}{report, report.Verdict()})
	if err != nil {
		return fmt.Errorf("recording a run: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(folder, "runs.jsonl"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("recording a run: %w", err)
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}
