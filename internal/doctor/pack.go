package doctor

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Sheet is one piece of evidence.
type Sheet struct {
	Proves string // what the assessor asks for
	Name   string // of the file; empty where somebody else must bring it
	Text   []byte
	Lacks  string // what is missing, and who brings it; empty where nothing is
}

// Pack lays sheets out in a new folder, with an index that names each, its digest
// and what is missing. It refuses a folder that exists: evidence is not written
// over.
func Pack(folder string, at time.Time, release string, sheets []Sheet) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return fmt.Errorf("laying out the evidence: %w", err)
	}
	for _, s := range sheets {
		if s.Name == "" {
			continue
		}
		if s.Name != filepath.Base(s.Name) {
			return fmt.Errorf("laying out the evidence: %q is no name of a file", s.Name)
		}
		if err := lay(filepath.Join(folder, s.Name), s.Text); err != nil {
			return fmt.Errorf("laying out the evidence: %w", err)
		}
	}
	if err := lay(filepath.Join(folder, "index.md"), []byte(index(at, release, sheets))); err != nil {
		return fmt.Errorf("laying out the evidence: %w", err)
	}
	return nil
}

func lay(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// index is the first page. Whoever has its own digest can check all the others.
func index(at time.Time, release string, sheets []Sheet) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Evidence for PCI DSS 4.0.1\n\nMade %s by release %s.\n\n", at.UTC().Format(time.RFC3339), release)
	b.WriteString("| what it shows | file | SHA-256 | missing |\n|---|---|---|---|\n")
	for _, s := range sheets {
		digest := ""
		if s.Name != "" {
			sum := sha256.Sum256(s.Text)
			digest = hex.EncodeToString(sum[:])
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", s.Proves, s.Name, digest, s.Lacks)
	}
	return b.String()
}
