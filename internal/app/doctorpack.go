package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"clearwell/internal/doctor"
	"clearwell/internal/web/hook"
	"clearwell/internal/web/resident"
	"clearwell/internal/web/ui"
)

// errBlind: there is nothing to lay out of an installation nobody looks into.
var errBlind = errors.New("--pack needs the inside, with the schema of this release")

// pack lays out what PCI DSS asks a portal with the processor's own fields for.
func (p *patient) pack(ctx context.Context, report doctor.Report) error {
	if p.NoInside || !p.current {
		return errBlind
	}
	sheets := []doctor.Sheet{}
	for _, make := range []func(context.Context, doctor.Report) (doctor.Sheet, error){
		p.reported, p.flow, p.scripts, p.proberLog, p.retention, p.checkpoints, p.access, p.duties, p.providers, p.materials,
	} {
		sheet, err := make(ctx, report)
		if err != nil {
			return err
		}
		sheets = append(sheets, sheet)
	}
	brought, err := p.brought()
	if err != nil {
		return err
	}
	return doctor.Pack(p.Pack, p.clock.Now(), p.release, append(sheets, brought...))
}

// table is CSV.
func table(rows [][]string) ([]byte, error) {
	var text bytes.Buffer
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		return nil, fmt.Errorf("writing a table: %w", err)
	}
	return text.Bytes(), nil
}

func (p *patient) reported(_ context.Context, report doctor.Report) (doctor.Sheet, error) {
	text, err := report.JSON()
	return doctor.Sheet{Proves: "each control as it was found, with the canary card refused (1)", Name: "doctor.json", Text: text}, err
}

// flow is made of the addresses that the program serves, so that it cannot be
// out of date.
func (p *patient) flow(context.Context, doctor.Report) (doctor.Sheet, error) {
	var b strings.Builder
	b.WriteString("# Where card data goes\n\n    resident's browser --(frame or page of another origin)--> processor\n    resident's browser --(token, brand, last four)--> clearwell --(token)--> processor\n\n")
	b.WriteString("Card data goes from the browser to the processor. No address below takes it: what looks like a card number is refused before it is read further.\n\n")
	for _, pattern := range slices.Sorted(maps.Keys(resident.New(resident.Config{}).Routes())) {
		b.WriteString("- `" + pattern + "`\n")
	}
	b.WriteString("- `POST " + hook.Prefix + "{processor}`: notices, signed by the processor\n")
	return doctor.Sheet{Proves: "where card data goes (1)", Name: "data-flow.md", Text: []byte(b.String())}, nil
}

// scripts is the inventory of 6.4.3.
func (p *patient) scripts(context.Context, doctor.Report) (doctor.Sheet, error) {
	files, err := ui.Manifest()
	if err != nil {
		return doctor.Sheet{}, err
	}
	why := map[string]string{
		"enhance": "small comforts on every page; nothing depends on it", "pay": "places the processor's frame, and takes its token into the form",
		"wait":    "asks whether the processor has answered",
		"passkey": "asks the browser for a passkey on the sign-in pages; nowhere near a card",
	}
	rows := [][]string{{"script", "sha256", "justification", "authorised by"}}
	for _, file := range files {
		if name, _, _ := strings.Cut(filepath.Base(file.Path), "."); strings.HasSuffix(file.Path, ".js") {
			rows = append(rows, []string{file.Path, file.SHA256, why[name], "release " + p.release})
		}
	}
	for _, town := range p.towns.All() {
		rows = append(rows, []string{"inside the frame of " + town.Processor.Name, "", "the card fields; the processor's to list and protect", string(town.City)})
	}
	text, err := table(rows)
	return doctor.Sheet{Proves: "inventory of scripts, authorised and whole (2; 6.4.3)", Name: "script-inventory.csv", Text: text}, err
}

// proberLog is what is known here of the prober; its own record is on its machine.
func (p *patient) proberLog(ctx context.Context, _ doctor.Report) (doctor.Sheet, error) {
	state, saw := p.watched(ctx)
	text, err := table([][]string{{"at", "state", "seen"}, {p.clock.Now().UTC().Format(time.RFC3339), string(state), saw}})
	return doctor.Sheet{
		Proves: "the page is watched from outside (3; 11.6.1)", Name: "prober-log.csv", Text: text,
		Lacks: "each run: the folder of the prober, from the town's own machine",
	}, err
}

// retention says since when each log goes back.
func (p *patient) retention(ctx context.Context, _ doctor.Report) (doctor.Sheet, error) {
	rows := [][]string{{"log", "events", "oldest", "newest checkpoint"}}
	for _, city := range p.all() {
		report, err := p.audit.Verify(ctx, city)
		if err != nil {
			return doctor.Sheet{}, err
		}
		rows = append(rows, []string{string(city), fmt.Sprint(report.Events), instant(report.Oldest), instant(report.Newest.At)})
	}
	text, err := table(rows)
	return doctor.Sheet{
		Proves: "logs go back far enough (7; 10.5.1)", Name: "log-retention.csv", Text: text, Lacks: "a restored backup that is twelve months old, with its digest",
	}, err
}

// instant is a time, or nothing where there was none.
func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func (p *patient) checkpoints(ctx context.Context, _ doctor.Report) (doctor.Sheet, error) {
	var b strings.Builder
	for _, city := range p.all() {
		signed, err := p.audit.Newest(ctx, city)
		if err != nil {
			return doctor.Sheet{}, err
		}
		b.WriteString(signed + "\n")
	}
	b.WriteString("key " + p.keys.audit.Verifier() + "\n")
	return doctor.Sheet{Proves: "the logs as they were when this was made (10.3.4)", Name: "checkpoints.txt", Text: []byte(b.String())}, nil
}

// access says what there is, and no more.
func (p *patient) access(context.Context, doctor.Report) (doctor.Sheet, error) {
	text := "# Access\n\nThe program is administered by commands on its machine, each recorded in the audit log with the name and machine of whoever ran it. What one person may not decide needs signatures of two (`approval`). Sign-in to the machine itself is outside the program.\n"
	return doctor.Sheet{
		Proves: "how administrators come in (6)", Name: "access.md", Text: []byte(text), Lacks: "how people sign in to the machine: factors, lock-out, passwords, as tested",
	}, nil
}

func (p *patient) duties(context.Context, doctor.Report) (doctor.Sheet, error) {
	text, err := doctor.Duties(doctor.Profile(p.Profile))
	return doctor.Sheet{Proves: "who answers for what (9; 12.8.5, 12.9.2)", Name: "responsibilities.csv", Text: text}, err
}

func (p *patient) providers(context.Context, doctor.Report) (doctor.Sheet, error) {
	rows := [][]string{{"town", "provider", "for", "merchant"}}
	for _, town := range p.towns.All() {
		rows = append(rows, []string{string(town.City), town.Processor.Name, "card payments, " + string(town.Processor.Mode), town.Processor.Merchant})
	}
	text, err := table(rows)
	return doctor.Sheet{Proves: "service providers (9; 12.8.1)", Name: "providers.csv", Text: text}, err
}

func (p *patient) materials(context.Context, doctor.Report) (doctor.Sheet, error) {
	text, err := components(p.release)
	return doctor.Sheet{Proves: "what the program is made of (5; 6.3.2)", Name: "components.json", Text: text}, err
}

// documents are what others write, by the beginning of the file's name.
func documents() []struct{ name, proves, from string } {
	return []struct{ name, proves, from string }{
		{"aoc", "the processor's attestation of compliance (4)", "the processor"},
		{"faq1588", "the processor's fields are protected against scripts (4)", "the processor"},
		{"asv", "scans of the last four quarters (5; 11.3.2)", "an approved scanning vendor"},
		{"pentest", "penetration test (5; 11.4)", "whoever made it"},
		{"plan", "plan for incidents, and its last test (8; 12.10)", "the town"},
		{"contacts", "who is reachable at all hours, brands and acquirer (8)", "the town"},
	}
}

// brought lays what others have written beside the rest, or names who owes it.
func (p *patient) brought() ([]doctor.Sheet, error) {
	var entries []fs.DirEntry
	if p.Documents != "" {
		var err error
		if entries, err = os.ReadDir(p.Documents); err != nil {
			return nil, fmt.Errorf("reading documents: %w", err)
		}
	}
	var all []doctor.Sheet
	for _, d := range documents() {
		had := len(all)
		for _, entry := range entries {
			if entry.Type().IsRegular() && strings.HasPrefix(strings.ToLower(entry.Name()), d.name) {
				text, err := os.ReadFile(filepath.Join(p.Documents, entry.Name()))
				if err != nil {
					return nil, fmt.Errorf("reading documents: %w", err)
				}
				all = append(all, doctor.Sheet{Proves: d.proves, Name: entry.Name(), Text: text})
			}
		}
		if len(all) == had {
			all = append(all, doctor.Sheet{Proves: d.proves, Lacks: d.name + ": from " + d.from})
		}
	}
	return all, nil
}
