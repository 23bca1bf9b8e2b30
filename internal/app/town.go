package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"clearwell/internal/approval"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/processor/sandbox"
)

// townOf is the town that a command is about.
type townOf = *city.City

// inWorks opens what a configuration describes, for one command.
func inWorks(ctx context.Context, p Process, config string, do func(*works) error) error {
	cfg, err := readConfig(config)
	if err != nil {
		return err
	}
	cfg.apart = true // the sandbox is inside the program that serves
	k, err := readKeys(cfg.Keys)
	if err != nil {
		return err
	}
	w, err := open(ctx, cfg, k, clock.System(), logger(p.Err))
	if err != nil {
		return err
	}
	if err := w.reach(w.Sandbox); err != nil {
		return errors.Join(err, w.close())
	}
	return errors.Join(w.inWords(do(w)), w.close())
}

// reach makes the adapter to the sandbox of the program that serves, if there is
// one. A command asks it as it would ask any company.
func (w *works) reach(company *Sandbox) error {
	if company == nil {
		return nil
	}
	client, err := sandbox.NewClient(sandbox.ClientConfig{URL: company.Origin, SecretKey: w.derived("sandbox.key"), HTTP: outbound()})
	if err != nil {
		return err
	}
	w.companies[client.Name()] = client
	return nil
}

// inTown is inWorks, for a command that is about one town.
func inTown(ctx context.Context, p Process, config, slug string, do func(*works, townOf) error) error {
	return inWorks(ctx, p, config, func(w *works) error {
		town, err := w.townNamed(slug)
		if err != nil {
			return err
		}
		return do(w, town)
	})
}

// What staff are told who ask for a town that is not in force.
var (
	errNoTownYet  = fault.New(fault.NotFound, "town_none_yet")
	errNoSuchTown = fault.New(fault.NotFound, "town_not_here")
)

func (w *works) townNamed(slug string) (townOf, error) {
	town, err := w.towns.ByID(id.City(slug))
	if errors.Is(err, city.ErrUnknown) {
		err = w.noTown(slug)
	}
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", slug, err)
	}
	return town, nil
}

// noTown says what to do next: right after init no town is in force, because
// serve has not applied its file yet.
func (w *works) noTown(slug string) error {
	apply := strings.Join([]string{"clearwell city apply --config", w.file, w.fileOf(slug)}, " ")
	var here []string
	for _, town := range w.towns.All() {
		here = append(here, string(town.City))
	}
	if len(here) == 0 {
		return errNoTownYet.With("Command", apply)
	}
	return errNoSuchTown.With("Town", slug).With("Towns", strings.Join(here, ", ")).With("Command", apply)
}

// fileOf is the city file that the configuration names for a town, or where init
// would have written it.
func (w *works) fileOf(slug string) string {
	name := slug + ".yaml"
	for _, file := range w.Cities {
		if filepath.Base(file) == name {
			return file
		}
	}
	return name
}

type cityCommand struct {
	Apply   applyCity   `cmd:"" help:"Put a city file in force, showing what it changes."`
	Check   checkCity   `cmd:"" help:"Say what is wrong with a city file. Needs no configuration."`
	Show    showCity    `cmd:"" help:"Print the city file that is in force."`
	Waiting cityWaiting `cmd:"" help:"List the files that have money go elsewhere: they wait for a day."`
	Stop    cityStop    `cmd:"" help:"Stop a file that waits. One person may."`
}

// checkCity reads a city file.
type checkCity struct {
	File string `arg:"" help:"The city file."`
}

// Run reads the file and reports every mistake, then every warning.
func (c checkCity) Run(p Process) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading a city file: %w", err)
	}
	file, err := city.Parse(filepath.Base(c.File), text)
	if err != nil {
		return err
	}
	warn(p, file)
	if len(file.Forbidden) > 0 {
		return fmt.Errorf("%s: %w", c.File, city.ErrFileInvalid)
	}
	_, err = fmt.Fprintf(p.Out, "%s is right.\n", c.File)
	return err
}

// warn prints what may stand in a file, but somebody should know, and what may
// stand only where it is in force already.
func warn(p Process, file city.File) {
	for _, forbidden := range file.Forbidden {
		fmt.Fprintf(p.Out, "forbidden: %s\n", forbidden)
	}
	for _, warning := range file.Warnings {
		fmt.Fprintf(p.Out, "warning: %s\n", warning)
	}
}

// applyCity puts a city file in force.
type applyCity struct {
	DryRun  bool   `xor:"step" help:"Show what would change, and change nothing."`
	Ask     bool   `xor:"step" help:"Print the request for two people to sign, where the file is one that they decide."`
	As      string `placeholder:"NAME" help:"With --ask: who asks, a name of people in the configuration (who runs the command)."`
	Request string `xor:"step" placeholder:"NUMBER" help:"Carry out the request that two people have signed."`
	Config  string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	File    string `arg:"" help:"The city file."`
}

// Run shows the changes and makes them. The program that serves follows within
// seconds.
func (c applyCity) Run(ctx context.Context, p Process) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading a city file: %w", err)
	}
	return inWorks(ctx, p, c.Config, func(w *works) error {
		plan, err := w.registry.Plan(ctx, filepath.Base(c.File), text)
		if err != nil {
			return err
		}
		if c.Ask {
			return w.askFor(p, approval.Draft{City: plan.File.City, Action: city.ApplyAction, Content: plan.Words(), By: c.As})
		}
		tellFileChange(p, plan)
		if c.DryRun || len(plan.Changes) == 0 && !plan.Decided() && !plan.New() {
			_, err = fmt.Fprintln(p.Out, "Nothing was changed.")
			return err
		}
		return c.apply(ctx, p, w, plan)
	})
}

// tellFileChange says what a file changes, and what two people decide of it.
func tellFileChange(p Process, plan city.Plan) {
	warn(p, plan.File)
	for _, change := range plan.Changes {
		fmt.Fprintln(p.Out, change)
	}
	for _, lost := range plan.Weakenings {
		fmt.Fprintf(p.Out, "takes protection away: %s\n", lost)
	}
	for _, change := range plan.Payee {
		fmt.Fprintf(p.Out, "has money go elsewhere: %s\n", change)
	}
}

func (c applyCity) apply(ctx context.Context, p Process, w *works, plan city.Plan) error {
	apply := func() (city.Version, error) { return w.registry.Apply(ctx, plan, operator()) }
	if c.Request != "" {
		request, err := findApproval(ctx, w, plan.File.City, c.Request)
		if err != nil {
			return w.inWords(err)
		}
		warrant := city.Warrant{People: w.approvals.People(), Request: request.ID}
		if len(plan.Payee) > 0 {
			return c.await(ctx, p, w, plan, warrant)
		}
		apply = func() (city.Version, error) { return w.registry.ApplyApproved(ctx, plan, warrant, operator()) }
	}
	version, err := apply()
	if err != nil {
		return w.inWords(err)
	}
	_, err = fmt.Fprintf(p.Out, "Version %d of %s is in force.\n", version.Number, plan.File.City)
	return err
}

// showCity prints a city file.
type showCity struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `arg:"" help:"The town."`
}

// Run prints the file byte for byte as it was applied.
func (c showCity) Run(ctx context.Context, p Process) error {
	return inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		text, err := w.registry.Kept(ctx, town.City, town.Version.Number)
		if err != nil {
			return err
		}
		_, err = p.Out.Write(text)
		return err
	})
}
