package city

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Change is one setting that a new file changes. An empty Old was not there
// before, an empty New is there no more.
type Change struct {
	Path     string // "rules[2026-1].fees[card-fee].flat"
	Old, New string
}

// String reads "name.en: City of Sampletown -> Town of Sampletown".
func (c Change) String() string {
	switch {
	case c.Old == "":
		return fmt.Sprintf("+ %s: %s", c.Path, oneLine(c.New))
	case c.New == "":
		return fmt.Sprintf("- %s: %s", c.Path, oneLine(c.Old))
	}
	return fmt.Sprintf("  %s: %s -> %s", c.Path, oneLine(c.Old), oneLine(c.New))
}

// Diff lists what changes from one file to another: what goes or differs in the
// order of the old file, then what is new in the order of the new one. Settings
// are compared as they were understood, defaults included, so that a change of
// layout or of comments is no change. The zero File is no file.
func Diff(old, new File) []Change {
	before, after := index(old.settings), index(new.settings)
	var changes []Change
	for _, s := range old.settings {
		if after[s.path] != s.value {
			changes = append(changes, Change{s.path, s.value, after[s.path]})
		}
	}
	for _, s := range new.settings {
		if _, known := before[s.path]; !known {
			changes = append(changes, Change{s.path, "", s.value})
		}
	}
	return changes
}

func index(settings []setting) map[string]string {
	byPath := make(map[string]string, len(settings))
	for _, s := range settings {
		byPath[s.path] = s.value
	}
	return byPath
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// digest names a file by its content.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
