package app

import (
	"fmt"
	"os"
	"path/filepath"

	"clearwell/internal/cis/layout"
	"clearwell/internal/cis/layouts"
)

// findLayout loads a layout that ships, by its name, or a town's own, by the path
// of its file, which ends in .yaml.
func findLayout(name string) (*layout.Layout, error) {
	if filepath.Ext(name) != ".yaml" {
		return layouts.Find(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading a layout: %w", err)
	}
	return layout.Load(filepath.Base(name), text)
}
