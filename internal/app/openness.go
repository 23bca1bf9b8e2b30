package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/id"
	"clearwell/internal/sbom"
	"clearwell/internal/settings"
	"clearwell/internal/watch"
	"clearwell/internal/web/resident/view"
	"clearwell/internal/web/ui"
)

const (
	// beatsEvery is how often a prober's sign of life is read.
	beatsEvery = time.Minute
	// beatLasts is how old one may be before the prober counts as silent: three
	// runs at its usual interval.
	beatLasts = 15 * time.Minute
)

// openness is what the installation tells everybody about itself.
type openness struct {
	audit      *audit.Log
	settings   *settings.Service
	towns      *city.Directory
	key        string // by which the log is checked
	release    string
	components []byte
	probers    map[id.City]Prober
	clock      clock.Clock
	log        *slog.Logger
	fetch      *http.Client

	mu    sync.Mutex
	beats map[id.City]string // as they were signed
}

// components is the bill of materials of the release.
func components(release string) ([]byte, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil, errors.New("finding what the program is made of: its linker has written nothing")
	}
	files, err := ui.Manifest()
	if err != nil {
		return nil, err
	}
	var inside []sbom.File
	for _, file := range files {
		inside = append(inside, sbom.File{Path: file.Path, SHA256: file.SHA256})
	}
	return sbom.Write(release, info, inside)
}

func newOpenness(w *works) (*openness, error) {
	bill, err := components(w.release)
	if err != nil {
		return nil, err
	}
	return &openness{
		audit: w.audit, settings: w.settings, towns: w.towns, key: w.keys.audit.Verifier(), release: w.release, components: bill, probers: w.Watch,
		clock: w.clock, log: w.log, fetch: outbound(), beats: map[id.City]string{},
	}, nil
}

// Program is the digest of the program, and the public key by which the audit log
// is checked.
func (o *openness) Program() (release, auditKey string) { return o.release, o.key }

// Components is its bill of materials.
func (o *openness) Components() []byte { return o.components }

// Checkpoint is the newest checkpoint of a town's log.
func (o *openness) Checkpoint(ctx context.Context, city id.City) (string, error) {
	return o.audit.Newest(ctx, city)
}

// Settings are the digests of the town's file and of the settings in force. What
// was not taken here has none.
func (o *openness) Settings(ctx context.Context, town id.City) (file, installation string, err error) {
	inForce, err := o.settings.InForce(ctx)
	if err != nil && !errors.Is(err, settings.ErrNotSealed) {
		return "", "", err
	}
	of, err := o.towns.ByID(town)
	if err != nil {
		return "", "", err
	}
	return of.Version.Digest, inForce.Digest, nil
}

// Watched is what the town's prober has last said. A sign that is not signed by
// its key, or is another town's, is none.
func (o *openness) Watched(city id.City) view.Watched {
	prober, known := o.probers[city]
	if !known {
		return view.Watched{}
	}
	o.mu.Lock()
	signed := o.beats[city]
	o.mu.Unlock()
	beat, err := watch.CheckBeat(signed, prober.Key, o.clock.Now(), beatLasts)
	seen := view.Watched{State: view.WatchSilent, At: beat.At}
	switch {
	case errors.Is(err, watch.ErrNoBeat) || beat.City != string(city) || errors.Is(err, watch.ErrEarly):
		return view.Watched{State: view.WatchSilent}
	case errors.Is(err, watch.ErrAlarming):
		seen.State = view.WatchState(beat.Verdict)
	case err == nil:
		seen.State = view.WatchGood
	}
	return seen
}

// follow reads what the probers say, until the context ends.
func (o *openness) follow(ctx context.Context) {
	if len(o.probers) == 0 {
		return
	}
	ticker := time.NewTicker(beatsEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		o.listen(ctx)
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// listen reads each prober's sign of life once. What cannot be read leaves the
// last one, which grows old.
func (o *openness) listen(ctx context.Context) {
	for city, prober := range o.probers {
		signed, err := o.read(ctx, prober)
		if err != nil {
			o.log.WarnContext(ctx, "reading a prober's sign of life", "city", string(city), "err", err.Error())
			continue
		}
		o.mu.Lock()
		o.beats[city] = string(signed)
		o.mu.Unlock()
	}
}

func (o *openness) read(ctx context.Context, prober Prober) ([]byte, error) {
	if prober.remote() {
		return fetchBeat(ctx, o.fetch, prober.Beat)
	}
	file, err := os.Open(prober.Beat)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, largestBeat))
}
