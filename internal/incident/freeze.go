package incident

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// chunk is how many people one transaction writes down. It takes about 30
// milliseconds on SQLite, for which payments wait.
const chunk = 500

// Freeze writes down who answers a revision, 0 for the newest: the people, each
// with their occasions, counted and digested, with the digest in the audit log.
// It goes on where an earlier Freeze was interrupted, if the answer is still the
// same, and begins anew otherwise. With agreed, it refuses a list of another
// number of people than somebody has seen and agreed to. Returns [ErrUnknown],
// [ErrClosed], [ErrFrozen] and [ErrOvertaken].
func (d *Desk) Freeze(ctx context.Context, city id.City, name string, number int, agreed *int, by audit.Actor) (Revision, error) {
	incident, err := d.Find(ctx, city, name)
	if err != nil {
		return Revision{}, err
	}
	revision, err := incident.Revision(number)
	if err != nil {
		return Revision{}, err
	}
	if revision.State == Frozen {
		return Revision{}, ErrFrozen
	}
	list, err := d.Answer(ctx, incident, revision)
	if err != nil {
		return Revision{}, err
	}
	if agreed != nil && *agreed != list.Counts.People {
		return Revision{}, ErrOvertaken
	}
	revision.Counts, revision.Digest, revision.FrozenBy = list.Counts, digest(list.People), by
	if err := d.writeDown(ctx, city, name, revision, list.People); err != nil {
		return Revision{}, wrapped("freezing an incident", err)
	}
	incident, err = d.Find(ctx, city, name)
	if err != nil {
		return Revision{}, err
	}
	return incident.Revision(revision.Number)
}

// Answer lists who answers a revision as things are now, each under the name that
// they have in earlier frozen revisions, and with what they were told.
func (d *Desk) Answer(ctx context.Context, incident Incident, revision Revision) (List, error) {
	list, err := d.People(ctx, incident.City, revision.Scope, false)
	if err != nil {
		return List{}, err
	}
	err = d.db.Read(ctx, incident.City, func(ctx context.Context, tx *db.Tx) error {
		known, err := knownMarks(ctx, tx, incident.Name)
		if err != nil {
			return err
		}
		told, err := tellings(ctx, tx, incident.Name)
		if err != nil {
			return err
		}
		recognise(list, known, told)
		return nil
	})
	return list, wrapped("recognising people of an incident", err)
}

// recognise gives people the names under which they are known: by any of their
// marks. Of several such names, one that was told is taken, so that nobody is
// told twice; where two people would have one name, the first has it.
func recognise(list List, known map[string]string, told map[string][]Telling) {
	taken := map[string]bool{}
	renamed := map[string]string{}
	for i := range list.People {
		p := &list.People[i]
		was := p.ID
		for _, name := range candidates(p, known) {
			if !taken[name] && (p.Told == nil || told[name] != nil) {
				p.ID, p.Told = name, told[name]
			}
			if p.Told != nil {
				break
			}
		}
		for taken[p.ID] {
			p.ID = named(p.ID + was)
		}
		taken[p.ID], renamed[was] = true, p.ID
	}
	for _, doubt := range list.Doubts {
		for i, person := range doubt.People {
			doubt.People[i] = renamed[person]
		}
	}
}

// candidates lists the names by which a person is known, in the order of marks.
func candidates(p *Person, known map[string]string) []string {
	var names []string
	for _, m := range p.marks {
		if name := known[m.String()]; name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (d *Desk) writeDown(ctx context.Context, city id.City, name string, r Revision, people []Person) error {
	at, err := d.begin(ctx, city, name, r)
	if err != nil {
		return err
	}
	for ; at < len(people); at += chunk {
		part := people[at:min(at+chunk, len(people))]
		err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
			return insertPeople(ctx, tx, name, r, at, part)
		})
		if err != nil {
			return fmt.Errorf("writing down people from %d: %w", at, err)
		}
	}
	err = d.finish(ctx, city, name, r)
	if errors.Is(err, ErrOvertaken) {
		return errors.Join(err, d.forget(ctx, city, name, r))
	}
	return err
}

// forget removes what was written down, so that the next Freeze begins anew. A
// list that somebody else has frozen meanwhile stays.
func (d *Desk) forget(ctx context.Context, city id.City, name string, r Revision) error {
	return d.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		deletePeople(tx, name, r.Number)
		return nil
	})
}

// begin marks a revision as being frozen, and tells how many people are written
// down already. What was written down of another answer is removed.
func (d *Desk) begin(ctx context.Context, city id.City, name string, r Revision) (int, error) {
	var written int
	err := d.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		if err := open(ctx, tx, name); err != nil {
			return err
		}
		before, err := digestOf(ctx, tx, name, r.Number)
		if err != nil {
			return err
		}
		if before != r.Digest {
			deletePeople(tx, name, r.Number)
		}
		updateFreezing(tx, name, r)
		written, err = countPeople(ctx, tx, name, r.Number)
		return err
	})
	return written, err
}

// finish reads back what was written down, and freezes it in one transaction with
// its event.
func (d *Desk) finish(ctx context.Context, city id.City, name string, r Revision) error {
	found, err := d.readBack(ctx, city, name, r.Number)
	if err != nil {
		return err
	}
	if found != r.seal() {
		return ErrOvertaken
	}
	return d.db.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		updateFrozen(tx, name, r)
		detail := found.detail()
		detail["scope"] = r.Scope.String()
		record(tx, r.FrozenBy, frozenAction, name, r.Number, detail)
		return nil
	})
}

const frozenAction = "incident.freeze"

// seal is what the audit log keeps of a list.
type seal struct {
	Counts
	digest string
}

func (r Revision) seal() seal { return seal{r.Counts, r.Digest} }

func (s seal) detail() map[string]string {
	return map[string]string{
		"people": strconv.Itoa(s.People), "households": strconv.Itoa(s.Households),
		"occasions": strconv.Itoa(s.Occasions), "sha256": s.digest,
	}
}

// readBack counts and digests a list as it is stored.
func (d *Desk) readBack(ctx context.Context, city id.City, name string, number int) (seal, error) {
	var found seal
	hash := sha256.New()
	households := map[string]bool{}
	err := d.eachPerson(ctx, city, name, number, func(p Person) error {
		found.People++
		found.Occasions += len(p.members)
		households[p.Household] = true
		_, err := hash.Write(p.canonical())
		return err
	})
	found.Households, found.digest = len(households), hex.EncodeToString(hash.Sum(nil))
	return found, err
}

func digest(people []Person) string {
	hash := sha256.New()
	for i := range people {
		hash.Write(people[i].canonical())
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// canonical is a line of the frozen list, as it is digested: a JSON array of
// texts, in the order of the columns, and a line feed. docs/incidents.md explains
// it to other programs.
func (p *Person) canonical() []byte {
	cells := append(p.cells(), p.memberTexts()...)
	var line bytes.Buffer
	writer := json.NewEncoder(&line)
	writer.SetEscapeHTML(false)
	_ = writer.Encode(cells) // texts always encode
	return line.Bytes()
}

func (p *Person) memberTexts() []string {
	all := make([]string, len(p.members))
	for i, m := range p.members {
		all[i] = m.String()
	}
	return all
}

// Verdicts of [Desk.Verify].
const (
	Intact  = "intact"
	Changed = "changed"  // the list is not the one whose digest the audit log has
	Missing = "unlogged" // the audit log knows of no such list
)

// Verify recomputes the digest of a frozen list from what is stored, and compares
// it with what the audit log recorded when it was frozen. It trusts the log: see
// audit.Log.Verify. Returns [ErrUnknown] and [ErrNotFrozen].
func (d *Desk) Verify(ctx context.Context, log *audit.Log, city id.City, name string, number int) (string, Revision, error) {
	revision, err := d.frozen(ctx, city, name, number)
	if err != nil {
		return "", revision, err
	}
	found, err := d.readBack(ctx, city, name, revision.Number)
	if err != nil {
		return "", revision, wrapped("reading the list of an incident", err)
	}
	rows, err := log.History(ctx, city, thing(name))
	if err != nil {
		return "", revision, err
	}
	for _, row := range rows {
		var logged map[string]string
		if row.Action != frozenAction || json.Unmarshal([]byte(row.Detail), &logged) != nil || logged["number"] != strconv.Itoa(revision.Number) {
			continue
		}
		if matches(found.detail(), logged) && found == revision.seal() && logged["scope"] == revision.Scope.String() {
			return Intact, revision, nil
		}
		return Changed, revision, nil
	}
	return Missing, revision, nil
}

// matches reports whether all that was found is what was logged.
func matches(found, logged map[string]string) bool {
	for key, value := range found {
		if logged[key] != value {
			return false
		}
	}
	return true
}

// frozen finds a frozen revision; 0 is the newest of them.
func (d *Desk) frozen(ctx context.Context, city id.City, name string, number int) (Revision, error) {
	incident, err := d.Find(ctx, city, name)
	if err != nil {
		return Revision{}, err
	}
	if number == 0 {
		revision, found := incident.LastFrozen(len(incident.Revisions) + 1)
		if !found {
			return Revision{}, ErrNotFrozen
		}
		return revision, nil
	}
	revision, err := incident.Revision(number)
	if err == nil && revision.State != Frozen {
		err = ErrNotFrozen
	}
	return revision, err
}
