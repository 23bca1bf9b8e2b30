package app

import (
	"context"
	"fmt"

	"clearwell/internal/approval"
	"clearwell/internal/incident"
)

// releaseIncident ends a legal hold.
type releaseIncident struct {
	incidentFlags
	Reason  string `xor:"step" required:"" placeholder:"TEXT" help:"Print the request for two people to sign, with this reason."`
	As      string `placeholder:"NAME" help:"With --reason: who asks, a name of people in the configuration (who runs the command)."`
	Request string `xor:"step" required:"" placeholder:"NUMBER" help:"Carry out the request that two people have signed."`
	Name    string `arg:"" help:"The incident."`
}

// Run prints what is to be signed, or does what was.
func (c releaseIncident) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		desk := incident.New(w.db)
		if c.Request == "" {
			kept, err := desk.Kept(ctx, town.City, c.Name)
			if err != nil {
				return w.inWords(err)
			}
			return w.askFor(p, approval.Draft{
				City: town.City, Action: incident.ReleaseAction, Content: incident.ReleaseWords(town.City, kept, c.Reason), By: c.As,
			})
		}
		request, err := findApproval(ctx, w, town.City, c.Request)
		if err != nil {
			return w.inWords(err)
		}
		if err := desk.Release(ctx, town.City, c.Name, w.approvals.People(), request, operator()); err != nil {
			return w.inWords(err)
		}
		_, err = fmt.Fprintf(p.Out, "The legal hold of %s is ended. What is older than its schedule is destroyed from now on:\n  clearwell retain list --city %s\n", c.Name, town.City)
		return err
	})
}
