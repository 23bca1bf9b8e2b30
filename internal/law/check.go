package law

import (
	"errors"
	"fmt"
	"slices"
)

// check refuses cells that could not be acted on, each by name.
func (b *Book) check() error {
	var all []error
	for _, place := range append([]Jurisdiction{b.networks}, b.inOrder()...) {
		for _, c := range place.cells() {
			if err := b.checkCell(c); err != nil {
				all = append(all, fmt.Errorf("%s, %s: %w", place.Name, c.part, err))
			}
		}
	}
	for _, c := range b.contacts {
		if c.Key == "" || c.Name == "" || len(c.Lines) == 0 || c.Phone == "" || b.sources[c.Source] == "" {
			all = append(all, fmt.Errorf("contact %s: it needs a name, an address, a telephone and a source on file", c.Key))
		}
	}
	for _, c := range b.electronic {
		if err := b.checkCell(c.cell()); err != nil {
			all = append(all, fmt.Errorf("e-mail beside letters: %w", err))
		}
	}
	return errors.Join(all...)
}

func (b *Book) inOrder() []Jurisdiction {
	var all []Jurisdiction
	for _, code := range b.Codes() {
		all = append(all, b.places[code])
	}
	return all
}

func (b *Book) checkCell(c cell) error {
	switch {
	case len(c.For) == 0 || slices.ContainsFunc(c.For, func(e Entity) bool { return e != Business && e != LocalGovernment }):
		return fmt.Errorf("it binds %v", c.For)
	case c.Citation == "":
		return errors.New("no citation")
	case b.sources[c.Source] == "":
		return fmt.Errorf("source %q is not in sources.yaml", c.Source)
	case !c.From.IsZero() && !c.Until.IsZero() && c.Until.Before(c.From):
		return errors.New("it ends before it begins")
	}
	return c.Deadline.check(c.timed)
}

// check: one way of counting, from a clock that exists.
func (d Deadline) check(timed bool) error {
	ways := 0
	for _, stated := range []bool{d.Immediately, d.Hours > 0, d.Days > 0, d.BusinessDays > 0} {
		if stated {
			ways++
		}
	}
	clocks := []Clock{VendorKnew, Discovered, Determined, Told, Recovered}
	switch {
	case ways > 1:
		return errors.New("it counts in two ways")
	case min(d.Hours, d.Days, d.BusinessDays) < 0:
		return errors.New("it counts backwards")
	case timed && !slices.Contains(clocks, d.Clock):
		return fmt.Errorf("clock %q", d.Clock)
	}
	return nil
}
