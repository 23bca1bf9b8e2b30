package payment

import (
	"fmt"
	"strings"
)

// drawing collects the state diagram and the table of facts.
type drawing struct{ edges, rows strings.Builder }

func (d *drawing) edge(t transition) {
	fmt.Fprintf(&d.edges, "    %s --> %s: %s\n", t.from, t.to, t.on)
}

func (d *drawing) row(f Facts) {
	rest := "for ever"
	if !f.Terminal {
		rest = f.Rest.String()
	}
	fmt.Fprintf(&d.rows, "| %s | %s | %v | %s | %s |\n", f.State, f.Public, f.Terminal, f.Move, rest)
}

func (d *drawing) String() string {
	return "# The states of a payment\n\nDrawn from the transition table in `internal/payment/state.go` by its test; run that with `-update` after changing the table.\n\n" +
		"```mermaid\nstateDiagram-v2\n    [*] --> asking: ask\n    [*] --> away: send\n" + d.edges.String() +
		"```\n\n| state | public word | terminal | whose move | may rest |\n|---|---|---|---|---|\n" + d.rows.String()
}
