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
	// Program is the digest of the program, and the public key by which the audit
	// log is checked.
	Program() (release, auditKey string)
	Components() []byte // a bill of materials: see [sbom]
	Checkpoint(ctx context.Context, city id.City) (signed string, err error)
	Watched(city id.City) view.Watched
	// Settings are the digests of the town's file and of what protects the
	// installation, as they are in force.
	Settings(ctx context.Context, city id.City) (town, installation string, err error)
}

// showAssurance says what runs here, and how anybody can check it.
func (d *Door) showAssurance(r *web.Request) (web.Answer, error) {
	checkpoint, err := d.Openness.Checkpoint(r.Context(), r.Town.City())
	if err != nil {
		return web.Answer{}, err
	}
	town, installation, err := d.Openness.Settings(r.Context(), r.Town.City())
	if err != nil {
		return web.Answer{}, err
	}
	release, key := d.Openness.Program()
	page := r.Page()
	page.Public = true
	contact := r.Town.File.Contact.SecurityAddress()
	return web.Show(view.Assurance{
		Page: page, Report: contact, ReportText: strings.TrimPrefix(contact, "mailto:"), SecurityText: r.Address(web.SecurityAddress),
		Release: release, Components: r.Address(componentsAddress),
		AuditKey: key, Checkpoint: checkpoint, CheckpointText: r.Address(checkpointAddress),
		TownSettings: town, Installation: installation, Watched: d.Openness.Watched(r.Town.City()),
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
