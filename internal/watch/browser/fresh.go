package browser

import (
	"context"

	"clearwell/internal/watch/visit"
)

// Fresh walks each time in a browser that is started for it and thrown away.
type Fresh struct{ Config }

// Walk starts a browser and walks. Returns [ErrNone].
func (f Fresh) Walk(ctx context.Context, errand visit.Errand) ([]visit.Sight, error) {
	b, err := Start(ctx, f.Config)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return b.Walk(ctx, errand)
}
