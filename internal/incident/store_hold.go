package incident

import (
	"context"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/control"
	"clearwell/internal/db"
)

func insertStandstill(tx *db.Tx, s Standstill) {
	tx.Exec(`insert into incident_holds (city_id, incident, number, reason, scope_service, scope_processor, scope_release,
			holds, visits_ended, thrown_by, thrown_at, rotated_at, lifted_by, lifted_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', 0)`,
		string(tx.City()), s.Name, s.Number, s.Stop.Reason, s.Stop.Scope.Service, s.Stop.Scope.Processor, s.Stop.Scope.Release,
		listed(s.Holds), s.VisitsEnded, string(s.Stop.By), db.Micros(s.ThrownAt))
}

func noteRotated(tx *db.Tx, s Standstill) {
	tx.ExecOne(ErrNotHeld, `update incident_holds set rotated_at = $1
		where city_id = $2 and incident = $3 and number = $4 and lifted_at = 0`,
		db.Micros(tx.Now()), string(tx.City()), s.Name, s.Number)
}

func noteLifted(tx *db.Tx, s Standstill, by audit.Actor) {
	tx.ExecOne(ErrNotHeld, `update incident_holds set lifted_at = $1, lifted_by = $2
		where city_id = $3 and incident = $4 and number = $5 and lifted_at = 0`,
		db.Micros(tx.Now()), string(by), string(tx.City()), s.Name, s.Number)
}

// keptStandstill is a standstill as it is kept: lifted ones stay.
type keptStandstill struct {
	Standstill
	lifted bool
}

func standstills(ctx context.Context, tx *db.Tx, name string) ([]keptStandstill, error) {
	rows, err := tx.Query(ctx, `select number, reason, scope_service, scope_processor, scope_release, holds, visits_ended,
			thrown_by, thrown_at, rotated_at, lifted_at
		from incident_holds where city_id = $1 and incident = $2 order by number`, string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	var all []keptStandstill
	err = rows.Each(func(scan func(...any) error) error {
		s := keptStandstill{Standstill: Standstill{City: tx.City(), Name: name, Stop: Stop{Name: name}}}
		var holds string
		var thrown, rotated, lifted int64
		err := scan(&s.Number, &s.Stop.Reason, &s.Stop.Scope.Service, &s.Stop.Scope.Processor, &s.Stop.Scope.Release, &holds, &s.VisitsEnded,
			&s.Stop.By, &thrown, &rotated, &lifted)
		if err != nil {
			return err
		}
		s.ThrownAt, s.RotatedAt, s.lifted = db.Time(thrown), db.Time(rotated), lifted != 0
		s.Holds, err = unlisted(holds)
		all = append(all, s)
		return err
	})
	return all, err
}

// listed writes holds as "card_entry hold_… autopay hold_…".
func listed(holds map[control.Kind]control.ID) string {
	var words []string
	for _, kind := range Kinds() {
		words = append(words, string(kind), holds[kind].String())
	}
	return strings.Join(words, " ")
}

func unlisted(text string) (map[control.Kind]control.ID, error) {
	holds := map[control.Kind]control.ID{}
	words := strings.Fields(text)
	for i := 0; i+1 < len(words); i += 2 {
		var hold control.ID
		if err := hold.UnmarshalText([]byte(words[i+1])); err != nil {
			return nil, err
		}
		holds[control.Kind(words[i])] = hold
	}
	return holds, nil
}
