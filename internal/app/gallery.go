package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"clearwell/internal/locale"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui/gallery"
)

// galleryCommand shows every page in every state and language, with values of
// nobody.
type galleryCommand struct {
	Port int `default:"8090" help:"Its port, or the next that is free (${default})."`
}

// Run serves the gallery until it is told to stop.
func (c galleryCommand) Run(ctx context.Context, p Process) error {
	words, err := locale.Load()
	if err != nil {
		return err
	}
	pages, err := gallery.Handler(words, view.States())
	if err != nil {
		return err
	}
	at, err := listenFrom(c.Port)
	if err != nil {
		return fmt.Errorf("opening the gallery: %w", err)
	}
	fmt.Fprintf(p.Out, "Every page in every state: http://localhost:%d/\nPress Ctrl-C to stop.\n", port(at))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var running sync.WaitGroup
	server := start(&running, stop, slog.New(slog.DiscardHandler), pages, at)
	<-ctx.Done()
	err = server.Shutdown(context.WithoutCancel(ctx))
	running.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) && !errors.Is(cause, http.ErrServerClosed) {
		err = errors.Join(cause, err)
	}
	return err
}
