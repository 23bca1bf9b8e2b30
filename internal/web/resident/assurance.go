package resident

import (
	"context"
	"strings"

	"clearwell/internal/id"
	"clearwell/internal/sbom"
	"clearwell/internal/web"
	"clearwell/internal/web/resident/view"
)

const (
	componentsAddress = web.AssuranceAddress + "/components.json"
	checkpointAddress = web.AssuranceAddress + "/checkpoint.txt"
)

// Openness knows what an installation tells everybody about itself.
type Openness interface {
	Release() string
	Components() []byte // a bill of materials: see [sbom]
	AuditKey() string
	Checkpoint(ctx context.Context, city id.City) (signed string, err error)
	Watched(city id.City) view.Watched
}

// showAssurance says what runs here, and how anybody can check it.
func (d *Door) showAssurance(r *web.Request) (web.Answer, error) {
	checkpoint, err := d.Openness.Checkpoint(r.Context(), r.Town.City())
	if err != nil {
		return web.Answer{}, err
	}
	page := r.Page()
	page.Public = true
	contact := r.Town.File.Contact.SecurityAddress()
	return web.Show(view.Assurance{
		Page: page, Report: contact, ReportText: strings.TrimPrefix(contact, "mailto:"), SecurityText: r.Address(web.SecurityAddress),
		Release: d.Openness.Release(), Components: r.Address(componentsAddress),
		AuditKey: d.Openness.AuditKey(), Checkpoint: checkpoint, CheckpointText: r.Address(checkpointAddress),
		Watched: d.Openness.Watched(r.Town.City()),
	}), nil
}

// giveComponents gives the bill of materials.
func (d *Door) giveComponents(*web.Request) (web.Answer, error) {
	return web.Text(sbom.MediaType, d.Openness.Components()), nil
}

// giveCheckpoint gives the newest checkpoint of the town's audit log, for whoever
// keeps it. Before the first event there is none, and the text is empty.
func (d *Door) giveCheckpoint(r *web.Request) (web.Answer, error) {
	checkpoint, err := d.Openness.Checkpoint(r.Context(), r.Town.City())
	return web.Text("text/plain; charset=utf-8", []byte(checkpoint)), err
}
