package watch

import (
	"context"
	"math/rand/v2"
	"slices"

	"clearwell/internal/clock"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
)

// View is one way to look, in one guise.
type View struct {
	Name   string
	Face   string
	From   string // where the visitor comes from; empty for nowhere
	Walker visit.Walker
}

// Prober compares one town's pages with its manifest.
type Prober struct {
	Manifest manifest.Manifest
	Fields   map[string]string // the sample utility account, by the names of fields
	Ignored  []string          // headers of the town's own proxy
	Clock    clock.Clock
}

// Look walks the path in each language with each view, in an order that nobody
// can foresee, and reports. A walk that breaks off is tried once more; what it saw
// counts all the same.
func (p Prober) Look(ctx context.Context, views []View) (Report, []Exhibit) {
	report := Report{City: p.Manifest.City, Start: p.Manifest.Start, PageManifest: p.Manifest.PageManifest, At: p.Clock.Now()}
	var exhibits []Exhibit
	for _, w := range p.walks(views) {
		seen, err := p.walk(ctx, w)
		if err != nil && ctx.Err() == nil {
			exhibits = append(exhibits, p.judge(&report, w, seen)...)
			seen, err = p.walk(ctx, w)
		}
		exhibits = append(exhibits, p.judge(&report, w, seen)...)
		if err != nil {
			report.Troubles = append(report.Troubles, Trouble{w.view.Name, w.language, err.Error()})
		}
	}
	return report, exhibits
}

type walk struct {
	view     View
	language string
}

func (p Prober) walks(views []View) []walk {
	var all []walk
	for _, language := range p.Manifest.Languages() {
		for _, view := range views {
			all = append(all, walk{view, language})
		}
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func (p Prober) walk(ctx context.Context, w walk) ([]visit.Sight, error) {
	return w.view.Walker.Walk(ctx, visit.Errand{
		Start: p.Manifest.Start, Language: w.language, Fields: p.Fields, Ignored: p.Ignored, From: w.view.From, Again: true,
		Doubt: func(s visit.Sight) bool { return len(p.compare(s, w.language)) > 0 },
	})
}

// judge compares what a walk saw, and keeps the pages of a walk on which
// something differs.
func (p Prober) judge(report *Report, w walk, seen []visit.Sight) []Exhibit {
	differs := false
	var all []Exhibit
	for _, sight := range seen {
		report.Pages++
		found := p.compare(sight, w.language)
		differs = differs || len(found) > 0
		for _, difference := range found {
			finding := Finding{w.view.Name, w.view.Face, w.language, sight.Kind, difference}
			if !slices.Contains(report.Findings, finding) {
				report.Findings = append(report.Findings, finding)
			}
		}
		all = append(all, Exhibit{w.view.Name, w.language, sight})
	}
	if !differs {
		return nil
	}
	return all
}

// compare lists how a page differs from what is stated. A page at another place is
// another page: the rest of it would differ in everything.
func (p Prober) compare(sight visit.Sight, language string) []manifest.Difference {
	page, ok := p.Manifest.Page(sight.Kind, language)
	if !ok || page.Path != sight.Path {
		return []manifest.Difference{{Change: manifest.Changed, Subject: manifest.Place, Name: string(sight.Kind), Was: page.Path, Is: sight.Path}}
	}
	return manifest.Compare(append(page.Facts, p.Manifest.Contents()...), sight.Facts)
}
