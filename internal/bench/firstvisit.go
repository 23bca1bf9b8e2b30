package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"clearwell/internal/web/weight"
)

const (
	firstVisitKB       = 60.0 // thousands of bytes
	firstVisitRequests = 8
)

// firstVisit counts what a browser fetches from us that opens the page with the
// card fields and has kept nothing. The processor's frame is the processor's.
func firstVisit(ctx context.Context, s *site) (f Figure, err error) {
	f = Figure{What: "first visit of the pay page, all our bytes on the wire, headers included", Unit: "kB", BaselineIs: "the same without compression"}
	in, err := install(ctx, s, 1)
	if err != nil {
		return f, err
	}
	if err := in.fill(ctx, 1); err != nil {
		return f, err
	}
	served, err := in.serve(ctx)
	if err != nil {
		return f, err
	}
	p := openPortal(served)
	defer func() { err = errors.Join(err, p.stop()) }()
	page, err := p.guest(in.towns[0], 1).payPage(ctx)
	if err != nil {
		return f, err
	}
	visit, err := weight.Of(p.client, page)
	f.Value, f.Baseline, f.Requests = float64(visit.Packed())/1000, float64(visit.Plain())/1000, len(visit)
	f.Ratio, f.Target = f.Value/f.Baseline, fmt.Sprintf("≤ %.0f kB in ≤ %d requests", firstVisitKB, firstVisitRequests)
	f.Met = f.Value <= firstVisitKB && f.Requests <= firstVisitRequests
	return f, err
}

// payPage goes to the page with the card fields, and stops before it.
func (g *guest) payPage(ctx context.Context) (*http.Request, error) {
	bill, err := g.look(ctx, 0)
	if err != nil {
		return nil, err
	}
	pay, err := g.toCard(ctx, bill)
	if err != nil {
		return nil, err
	}
	return g.request(ctx, http.MethodGet, pay, nil)
}
