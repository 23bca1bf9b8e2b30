package incident

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
)

// Desk is where incidents are opened, asked and answered.
type Desk struct {
	db        *db.DB
	occasions *exposure.Service
}

// New makes a desk for the incidents kept in d.
func New(d *db.DB) *Desk { return &Desk{d, exposure.New(d)} }

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,59}$`)

// Open opens an incident with its first revision. Returns [ErrNameMalformed] and
// [ErrNameTaken].
func (d *Desk) Open(ctx context.Context, city id.City, name, title string, scope Scope, by audit.Actor) error {
	if !nameForm.MatchString(name) {
		return ErrNameMalformed.With("Name", name)
	}
	err := d.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		insertIncident(tx, name, title, by)
		insertRevision(tx, name, Revision{Number: 1, Scope: scope, MadeBy: by})
		record(tx, by, "incident.open", name, 1, map[string]string{"scope": scope.String(), "title": title})
		return nil
	})
	if errors.Is(err, db.ErrDuplicate) {
		return ErrNameTaken.With("Name", name)
	}
	return wrapped("opening an incident", err)
}

// Rescope makes a new revision of an incident, and tells its number. Earlier ones
// stay as they are. Returns [ErrUnknown] and [ErrClosed].
func (d *Desk) Rescope(ctx context.Context, city id.City, name string, scope Scope, note string, by audit.Actor) (int, error) {
	var number int
	err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		if err := open(ctx, tx, name); err != nil {
			return err
		}
		known, err := revisions(ctx, tx, name)
		if err != nil {
			return err
		}
		number = len(known) + 1
		insertRevision(tx, name, Revision{Number: number, Scope: scope, Note: note, MadeBy: by})
		record(tx, by, "incident.scope", name, number, map[string]string{"scope": scope.String(), "note": note})
		return nil
	})
	return number, wrapped("revising an incident", err)
}

// List gives the incidents of a town, the newest first.
func (d *Desk) List(ctx context.Context, city id.City) ([]Incident, error) {
	var all []Incident
	err := d.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if all, err = incidents(ctx, tx); err != nil {
			return err
		}
		for i := range all {
			if all[i].Revisions, err = revisions(ctx, tx, all[i].Name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing incidents: %w", err)
	}
	return all, nil
}

// Find gives an incident with its revisions. Returns [ErrUnknown].
func (d *Desk) Find(ctx context.Context, city id.City, name string) (Incident, error) {
	all, err := d.List(ctx, city)
	if err != nil {
		return Incident{}, err
	}
	for _, incident := range all {
		if incident.Name == name {
			return incident, nil
		}
	}
	return Incident{}, ErrUnknown
}

// Revision gives a revision by its number, the newest for 0. Returns
// [ErrUnknown].
func (i Incident) Revision(number int) (Revision, error) {
	if number == 0 {
		number = len(i.Revisions)
	}
	if number < 1 || number > len(i.Revisions) {
		return Revision{}, ErrUnknown
	}
	return i.Revisions[number-1], nil
}

// LastFrozen gives the newest frozen revision before a number; false where there
// is none.
func (i Incident) LastFrozen(before int) (Revision, bool) {
	for number := min(before-1, len(i.Revisions)); number > 0; number-- {
		if r := i.Revisions[number-1]; r.State == Frozen {
			return r, true
		}
	}
	return Revision{}, false
}

// Record notes a fact with its evidence. Nothing that was recorded is changed:
// of two facts of one name, the later counts. Returns [ErrUnknown], [ErrClosed]
// and [ErrFactMalformed].
func (d *Desk) Record(ctx context.Context, city id.City, name string, f Fact) error {
	dated := !f.On.IsZero() && f.Cost.IsZero()
	costs := f.On.IsZero() && f.Cost.IsPositive()
	if strings.TrimSpace(f.Evidence) == "" || f.Name == Cost && !costs || f.Name != Cost && !dated {
		return ErrFactMalformed
	}
	err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		if err := open(ctx, tx, name); err != nil {
			return err
		}
		facts, err := facts(ctx, tx, name)
		if err != nil {
			return err
		}
		f.Number = len(facts) + 1
		insertFact(tx, name, f)
		detail := map[string]string{"fact": string(f.Name), "on": f.On.String(), "evidence": f.Evidence}
		record(tx, f.RecordedBy, "incident.fact", name, f.Number, detail)
		return nil
	})
	return wrapped("recording a fact of an incident", err)
}

// Facts lists what was recorded, the oldest first.
func (d *Desk) Facts(ctx context.Context, city id.City, name string) ([]Fact, error) {
	var all []Fact
	err := d.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		all, err = facts(ctx, tx, name)
		return err
	})
	return all, wrapped("listing facts of an incident", err)
}

// Known gives the day of the newest fact of a name, zero where there is none.
func Known(facts []Fact, name FactName) calendar.Date { return newest(facts, name).On }

func newest(facts []Fact, name FactName) Fact {
	var found Fact
	for _, f := range facts {
		if f.Name == name {
			found = f
		}
	}
	return found
}

// record writes an act on an incident into the audit log.
func record(tx *db.Tx, by audit.Actor, action, name string, number int, detail map[string]string) {
	detail["number"] = strconv.Itoa(number)
	audit.RecordTx(tx, audit.Event{Actor: by, Action: action, Thing: thing(name), Detail: detail})
}

// thing is how the audit log calls an incident.
func thing(name string) string { return "incident/" + name }

func wrapped(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
