package incident

import (
	"context"
	"strings"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Warn notes a step of the operator's warning to a town, whether the incident is
// open there or not. With also, something else is done in the same transaction,
// such as queueing the mail that says it. Returns [ErrNameMalformed],
// [ErrWordMalformed] and [ErrWordEarly].
func (d *Desk) Warn(ctx context.Context, city id.City, name string, word Word, also func(*db.Tx) error) error {
	if !nameForm.MatchString(name) {
		return ErrNameMalformed.With("Name", name)
	}
	word.Evidence, word.Person = strings.TrimSpace(word.Evidence), strings.TrimSpace(word.Person)
	err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("incident warnings")
		all, err := warnings(ctx, tx)
		if err != nil {
			return err
		}
		warning := warningOf(all, name)
		if err := warning.check(word, tx.Now()); err != nil {
			return err
		}
		word.Number = len(warning.Words) + 1
		insertWord(tx, name, word)
		record(tx, word.RecordedBy, "incident.warning_"+string(word.Step), name, word.Number, map[string]string{
			"at": word.At.UTC().Format(time.RFC3339), "person": word.Person, "way": word.Way, "evidence": word.Evidence,
		})
		if also == nil {
			return nil
		}
		return also(tx)
	})
	return wrapped("noting a warning", err)
}

func warningOf(all []Warning, name string) Warning {
	for _, w := range all {
		if w.Name == name {
			return w
		}
	}
	return Warning{Name: name}
}

// Warnings lists the warnings of a town, the oldest first.
func (d *Desk) Warnings(ctx context.Context, city id.City) (all []Warning, err error) {
	err = d.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		all, err = warnings(ctx, tx)
		return err
	})
	return all, wrapped("listing warnings", err)
}

// Alarm notes an alarm for each warning of a town whose next step is overdue, and
// gives those for which none was raised today. Somebody above makes the noise.
func (d *Desk) Alarm(ctx context.Context, city id.City, now time.Time) ([]Warning, error) {
	all, err := d.Warnings(ctx, city)
	if err != nil {
		return nil, err
	}
	var loud []Warning
	for _, w := range all {
		if !w.Alarming(now) {
			continue
		}
		step, _ := w.Waits()
		word := Word{Step: Alarmed, At: now, Evidence: "not " + string(step), RecordedBy: audit.System}
		if err := d.Warn(ctx, city, w.Name, word, nil); err != nil {
			return loud, err
		}
		loud = append(loud, w)
	}
	return loud, nil
}
