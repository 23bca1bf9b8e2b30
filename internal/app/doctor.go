package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/control"
	"clearwell/internal/db"
	"clearwell/internal/doctor"
)

// doctorCommand looks at an installation that runs. It changes nothing.
type doctorCommand struct {
	Config    string   `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	NoInside  bool     `help:"Look from outside only; needs no configuration, and belongs on another machine."`
	NoOutside bool     `help:"Look from inside only."`
	Release   string   `placeholder:"DIGEST" help:"With --no-inside: the release that should run (that of this program)."`
	Backups   string   `placeholder:"FOLDER" help:"Where backups are put; the newest must be younger than 26 hours."`
	Manifest  string   `placeholder:"FILE" help:"The signed manifest that the prober compares with."`
	Trust     string   `placeholder:"KEY" help:"The public key of that manifest."`
	JSON      bool     `help:"Write the report as JSON."`
	Pack      string   `placeholder:"FOLDER" help:"Also lay out the evidence that PCI DSS asks for, in a new folder."`
	Documents string   `placeholder:"FOLDER" help:"With --pack: letters and reports of others, to be laid beside: aoc, faq1588, asv, pentest, plan, contacts."`
	Profile   string   `enum:"town,vendor" default:"town" help:"With --pack: who runs the program, the town itself or a vendor for it."`
	Start     []string `arg:"" optional:"" help:"First pages to look at from outside (each town's own)."`
}

// errUnwell ends the command with a status that timers notice.
var errUnwell = errors.New("something is not as it must be")

// Run looks, reports, and ends with status 0 when all is good, 1 when something
// is bad or could not be seen, 3 when somebody should know of something.
func (c doctorCommand) Run(ctx context.Context, p Process) error {
	digest, err := release()
	if err != nil {
		return err
	}
	patient := &patient{doctorCommand: c, clock: clock.System(), release: digest, process: p}
	if !c.NoInside {
		if err := patient.open(ctx); err != nil {
			return err
		}
		defer patient.close()
	}
	report := doctor.Run(ctx, patient.clock.Now(), digest, patient.checks())
	if err := c.print(p, report); err != nil {
		return err
	}
	if c.Pack != "" {
		if err := patient.pack(ctx, report); err != nil {
			return err
		}
	}
	switch report.Worst() {
	case doctor.Good:
		return nil
	case doctor.Look:
		return fmt.Errorf("somebody should know: %w", errPartlyTaken)
	}
	return errUnwell
}

func (c doctorCommand) print(p Process, report doctor.Report) error {
	if !c.JSON {
		_, err := fmt.Fprint(p.Out, report.Text())
		return err
	}
	text, err := report.JSON()
	if err != nil {
		return err
	}
	_, err = p.Out.Write(text)
	return err
}

// patient is the installation that is looked at.
type patient struct {
	doctorCommand
	cfg     Config
	clock   clock.Clock
	release string
	process Process
	keys    keys
	db      *db.DB
	audit   *audit.Log
	holds   *control.Service
	towns   *city.Directory
	current bool // the database has the schema of this release, and can be asked
}

// open opens the database and migrates nothing: what is looked at stays as it is.
func (p *patient) open(ctx context.Context) error {
	var err error
	if p.cfg, err = readConfig(p.Config); err != nil {
		return err
	}
	if p.keys, err = readKeys(p.cfg.Keys); err != nil {
		return err
	}
	if p.db, err = db.Open(ctx, db.Config{URL: p.cfg.Database.Reveal(), Clock: p.clock}); err != nil {
		return err
	}
	p.audit, p.holds, p.towns = audit.New(p.db, p.keys.audit), control.New(p.db), city.NewDirectory(p.db, p.keys.digests)
	has, knows, err := p.db.Schema(ctx)
	if err != nil {
		return errors.Join(err, p.db.Close())
	}
	if p.current = has == knows; p.current {
		if err := p.towns.Refresh(ctx); err != nil {
			return errors.Join(err, p.db.Close())
		}
	}
	return nil
}

func (p *patient) close() {
	if err := p.db.Close(); err != nil {
		fmt.Fprintf(p.process.Err, "clearwell: %s\n", err)
	}
}

// checks are those from inside, and those of each first page.
func (p *patient) checks() []doctor.Check {
	var all []doctor.Check
	starts := p.Start
	if !p.NoInside {
		all = p.inside()
		if len(starts) == 0 {
			starts = p.starts()
		}
	}
	if p.NoOutside {
		return all
	}
	should := p.release
	if p.Release != "" {
		should = p.Release
	}
	for _, start := range starts {
		outside := doctor.Outside{Client: doctor.Client(), Start: start, Release: should, Clock: p.clock}
		for _, check := range outside.Checks() {
			if len(starts) > 1 {
				check.Name += " " + start
			}
			all = append(all, check)
		}
	}
	return all
}

// starts are the first pages of all towns.
func (p *patient) starts() []string {
	var all []string
	for _, town := range p.towns.All() {
		s := &stage{&works{Config: p.cfg}, town}
		all = append(all, s.start())
	}
	return all
}

// servingNote is the file in the data folder in which serve says how it runs.
func servingNote(data string) string { return filepath.Join(data, "serving.json") }
