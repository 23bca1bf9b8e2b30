package app

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// progress is one line on a terminal that is written over and over. Where
// nobody watches it writes nothing, or, of a few steps, a line for each.
type progress struct {
	out     io.Writer // nil: nobody watches
	steps   io.Writer // of what is no terminal; nil: none are told
	unit    string    // of the steps
	label   string
	total   int64
	percent int64 // as last shown
}

func newProgress(out io.Writer, label string, total int64) *progress {
	file, ok := out.(*os.File)
	if !ok || !isatty.IsTerminal(file.Fd()) || total <= 0 {
		return &progress{}
	}
	return &progress{out: out, label: label, total: total, percent: -1}
}

// newSteps is progress of so few steps that each may have a line of its own where
// there is no terminal.
func newSteps(out io.Writer, label, unit string, total int64) *progress {
	p := newProgress(out, label, total)
	if p.out == nil {
		*p = progress{steps: out, label: label, unit: unit, total: total}
	}
	return p
}

// at shows how far it has come.
func (p *progress) at(done int64) {
	if p.steps != nil {
		fmt.Fprintf(p.steps, "%s: %d of %d %s\n", p.label, done, p.total, p.unit)
	}
	if p.out == nil {
		return
	}
	if now := done * 100 / p.total; now != p.percent {
		p.percent = now
		fmt.Fprintf(p.out, "\r%s %3d %%", p.label, now)
	}
}

// end takes the line away.
func (p *progress) end() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
