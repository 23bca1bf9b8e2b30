package app

import (
	"io"
	"log/slog"

	"clearwell/internal/logbook"
)

// logger writes lines to out, of what may stand in a log: see [logbook].
func logger(out io.Writer) *slog.Logger { return logbook.New(out) }
