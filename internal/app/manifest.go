package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"clearwell/internal/id"
	"clearwell/internal/watch/manifest"
)

// manifestCommand states what is served on the payment path.
type manifestCommand struct {
	Make   makeManifest   `cmd:"" default:"withargs" help:"State what this release serves for a town, signed. The prober compares by it."`
	Key    manifestKey    `cmd:"" help:"Make a signing key, in a file for its owner alone, and print its public half."`
	Verify verifyManifest `cmd:"" help:"Check a manifest's signature, and say what it states. Needs nothing but the file."`
}

// makeManifest walks the payment path of a stage: this very program with the
// town's settings, a database of its own, and a sample bill. So what it states
// cannot have been changed by whoever has changed the town's database or pages.
type makeManifest struct {
	Config string `default:"clearwell.yaml" placeholder:"FILE" help:"The configuration (clearwell.yaml)."`
	City   string `required:"" placeholder:"CITY" help:"The town."`
	Key    string `required:"" placeholder:"FILE" help:"The key to sign with, made by \"clearwell manifest key\"."`
	Out    string `placeholder:"FILE" help:"Where to write it (standard output)."`
}

// Run makes the manifest, signs it and reads it back before it is given out.
func (c makeManifest) Run(ctx context.Context, p Process) error {
	key, err := manifest.ReadKey(c.Key)
	if err != nil {
		return err
	}
	cfg, name, text, err := c.settings(ctx, p)
	if err != nil {
		return err
	}
	stated, err := stateTown(ctx, cfg, name, text)
	if err != nil {
		return fmt.Errorf("stating what %s is served: %w", c.City, err)
	}
	signed, err := stated.Sign(key)
	if err != nil {
		return err
	}
	if _, err := manifest.Open(signed, key.Public()); err != nil {
		return err
	}
	if c.Out == "" {
		_, err = io.WriteString(p.Out, signed)
		return err
	}
	file := &lazyFile{path: c.Out}
	if _, err := io.WriteString(file, signed); err != nil {
		return errors.Join(err, file.close())
	}
	return file.keep()
}

// settings are the configuration, and the town's file as it is in force.
func (c makeManifest) settings(ctx context.Context, p Process) (cfg Config, name string, text []byte, err error) {
	cfg, err = readConfig(c.Config)
	if err != nil {
		return cfg, "", nil, err
	}
	err = inTown(ctx, p, c.Config, c.City, func(w *works, town townOf) error {
		text, err = w.registry.Kept(ctx, town.City, town.Version.Number)
		return err
	})
	return cfg, c.City + ".yaml", text, err
}

// manifestKey makes a key.
type manifestKey struct {
	Name string `required:"" placeholder:"NAME" help:"Whose it is, such as sampletown.example."`
	File string `arg:"" help:"The key file, which must not exist."`
}

// Run makes the key.
func (c manifestKey) Run(p Process) error {
	key, err := manifest.CreateKey(c.File, c.Name)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, key.Public())
	return err
}

// verifyManifest reads a manifest.
type verifyManifest struct {
	Key  string `required:"" placeholder:"KEY" help:"The public key to trust, as it was printed."`
	File string `arg:"" help:"The manifest."`
}

// Run says what the manifest states.
func (c verifyManifest) Run(p Process) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading a manifest: %w", err)
	}
	m, err := manifest.Open(string(text), c.Key)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	fmt.Fprintf(p.Out, "city           %s\nstart          %s\nmade           %s\nrelease        %s\npage_manifest  %s\nassets         %d\n",
		id.City(m.City), m.Start, m.MadeAt.Format("2006-01-02 15:04 MST"), m.Release, m.PageManifest, len(m.Assets)+len(m.Files))
	for _, page := range m.Pages {
		fmt.Fprintf(p.Out, "%-4s %s  %3d facts  %s\n", page.Kind, page.Language, len(page.Facts), page.Path)
	}
	_, err = fmt.Fprintln(p.Out, "The signature is right.")
	return err
}
