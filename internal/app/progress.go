package app

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// progress is one line on a terminal that is written over and over. Where
// nobody watches it writes nothing.
type progress struct {
	out     io.Writer // nil: nobody watches
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

// at shows how far it has come.
func (p *progress) at(done int64) {
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
