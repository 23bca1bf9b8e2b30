package app

import (
	"io"
	"log/slog"

	"clearwell/internal/cardscan"
)

// logger writes lines to out. Nothing that may be logged holds a card number;
// should one get there all the same, it is blotted out before it is written
// (PCI DSS 3.4.1). A record is one whole line, so that nothing is held back.
func logger(out io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(cardscan.NewWriter(out), nil))
}
