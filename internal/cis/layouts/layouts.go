// Package layouts holds the file layouts that ship with the portal: those of
// billing systems whose layout is published completely enough, and our own.
// Each is a YAML file of this folder; docs/layouts.md says how to write one.
//
// It owns no table. It promises that every layout it lists loads: a test reads
// them all. It never holds a layout that somebody has not published or vouched
// for; each names its source.
package layouts

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"clearwell/internal/cis/layout"
	"clearwell/internal/fault"
)

//go:embed *.yaml
var files embed.FS

// ErrUnknown: no layout of that name ships.
var ErrUnknown = fault.New(fault.NotFound, "layout_unknown")

// Names lists the layouts that ship, in order.
func Names() []string {
	entries, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil // the pattern is constant and good
	}
	for i, name := range entries {
		entries[i] = strings.TrimSuffix(name, ".yaml")
	}
	return entries
}

// Find loads the layout of that name.
//
// Returns [ErrUnknown].
func Find(name string) (*layout.Layout, error) {
	text, err := files.ReadFile(name + ".yaml")
	if err != nil {
		return nil, ErrUnknown.Because(fmt.Errorf("no layout %q ships; those that do: %s", name, strings.Join(Names(), ", ")))
	}
	return layout.Load(name+".yaml", text)
}
