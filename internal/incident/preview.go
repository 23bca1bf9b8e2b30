package incident

import (
	"context"
	"fmt"

	"clearwell/internal/exposure"
	"clearwell/internal/id"
)

// Preview is how many answer a question, before anything is written down.
type Preview struct {
	City id.City
	Counts
	Unsure    int // of Occasions: in only because nobody recorded what the scope asks for
	Out       int // occasions of the scope's window that are not in
	ByOutcome map[string]int
	ByFlow    map[string]int
	ByCapture map[string]int
}

// Shown is how an outcome is counted when nothing came of an occasion.
const Shown = "shown"

// Preview counts the occasions, people and households of a scope.
func (d *Desk) Preview(ctx context.Context, city id.City, scope Scope) (Preview, error) {
	p := Preview{City: city, ByOutcome: map[string]int{}, ByFlow: map[string]int{}, ByCapture: map[string]int{}}
	crowd := newCrowd()
	window := scope.Window()
	err := d.occasions.Tallies(ctx, city, exposure.Days(window), func(t exposure.Tally) error {
		answer := scope.Judge(t.Shape.Story(t.On)).Answer
		if answer == No {
			p.Out += t.Occasions()
			return nil
		}
		p.add(t, answer)
		for face := range t.Faces() {
			crowd.add(face)
		}
		return nil
	})
	if err != nil {
		return Preview{}, fmt.Errorf("previewing an incident: %w", err)
	}
	p.People, p.Households = crowd.count()
	return p, nil
}

func (p *Preview) add(t exposure.Tally, answer Answer) {
	n := t.Occasions()
	p.Occasions += n
	if answer == Maybe {
		p.Unsure += n
	}
	p.ByFlow[string(t.Shape.Flow)] += n
	p.ByCapture[string(t.Shape.CapturePath)] += n
	outcome := string(t.Shape.Outcome)
	if outcome == "" {
		outcome = Shown
	}
	p.ByOutcome[outcome] += n
}

// PreviewEverywhere is [Desk.Preview] of each town with occasions in the scope,
// for the operator.
func (d *Desk) PreviewEverywhere(ctx context.Context, scope Scope) ([]Preview, error) {
	towns, err := d.occasions.Cities(ctx)
	if err != nil {
		return nil, err
	}
	var all []Preview
	for _, city := range towns {
		p, err := d.Preview(ctx, city, scope)
		if err != nil {
			return nil, err
		}
		if p.Occasions > 0 {
			all = append(all, p)
		}
	}
	return all, nil
}
