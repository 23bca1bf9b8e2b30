package incident

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
)

// peopleColumns are written by cells, in the same order, behind the key.
const peopleColumns = `person, household, kind, name, address_then, now_1, now_2, now_city, now_state, now_zip,
	email, phone, language, residence, utility_accounts, occasions, first_on, last_on, links, marks, reasons`

// errStored: a row is not as this package writes it.
var errStored = errors.New("the list is stored in another form")

// cells writes a person as texts, as they are stored and digested.
func (p *Person) cells() []string {
	return []string{
		p.ID, p.Household, string(p.Kind), p.Name, p.Then, p.Now.Lines[0], p.Now.Lines[1], p.Now.City, p.Now.State, p.Now.ZIP,
		p.Email, p.Phone, string(p.Language), p.State, strings.Join(p.UtilityAccounts, "\t"), strconv.Itoa(p.Occasions),
		p.First.String(), p.Last.String(), join(p.Links), spaced(p.marks), verdictText(p.Verdict),
	}
}

func spaced(marks []Mark) string {
	texts := make([]string, len(marks))
	for i, m := range marks {
		texts[i] = m.String()
	}
	return strings.Join(texts, " ")
}

func verdictText(v Verdict) string {
	text, _ := json.Marshal(v) // plain fields always encode
	return string(text)
}

// insertPeople writes down people from a place on, and their occasions.
func insertPeople(ctx context.Context, tx *db.Tx, name string, r Revision, from int, people []Person) error {
	city := string(tx.City())
	columns := append([]string{"city_id", "incident", "revision", "place"}, columnNames()...)
	next := 0
	_, err := tx.CopyIn(ctx, "incident_people", columns, func() ([]any, error) {
		if next == len(people) {
			return nil, nil
		}
		p := &people[next]
		row := []any{city, name, r.Number, from + next}
		for i, cell := range p.cells() {
			if i == occasionsCell {
				row = append(row, p.Occasions)
				continue
			}
			row = append(row, cell)
		}
		next++
		return row, nil
	})
	if err != nil {
		return err
	}
	return insertMembers(ctx, tx, name, r, from, people)
}

// occasionsCell is the one cell that is a number.
const occasionsCell = 15

func columnNames() []string {
	return strings.FieldsFunc(peopleColumns, func(c rune) bool { return strings.ContainsRune(", \n\t", c) })
}

func insertMembers(ctx context.Context, tx *db.Tx, name string, r Revision, from int, people []Person) error {
	city := string(tx.City())
	person, member := 0, 0
	columns := []string{"city_id", "incident", "revision", "place", "exposure_id"}
	_, err := tx.CopyIn(ctx, "incident_members", columns, func() ([]any, error) {
		for person < len(people) && member == len(people[person].members) {
			person, member = person+1, 0
		}
		if person == len(people) {
			return nil, nil
		}
		member++
		return []any{city, name, r.Number, from + person, people[person].members[member-1].String()}, nil
	})
	return err
}

// deletePeople removes a list that was not frozen.
func deletePeople(tx *db.Tx, name string, number int) {
	const unfrozen = ` where city_id = $1 and incident = $2 and revision = $3 and exists (
		select 1 from incident_revisions where city_id = $1 and incident = $2 and number = $3 and state <> 'frozen')`
	tx.Exec("delete from incident_people"+unfrozen, string(tx.City()), name, number)
	tx.Exec("delete from incident_members"+unfrozen, string(tx.City()), name, number)
}

func countPeople(ctx context.Context, tx *db.Tx, name string, number int) (int, error) {
	var count int
	err := tx.QueryRow(ctx, "select count(*) from incident_people where city_id = $1 and incident = $2 and revision = $3",
		string(tx.City()), name, number).Scan(&count)
	return count, err
}

// knownMarks gives the names of all who are on a frozen list, by their marks. The
// latest list says.
func knownMarks(ctx context.Context, tx *db.Tx, name string) (map[string]string, error) {
	rows, err := tx.Query(ctx, `select p.person, p.marks from incident_people p
		join incident_revisions r on r.city_id = p.city_id and r.incident = p.incident and r.number = p.revision
		where p.city_id = $1 and p.incident = $2 and r.state = 'frozen' order by p.revision, p.place`, string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	err = rows.Each(func(scan func(...any) error) error {
		var person, marks string
		if err := scan(&person, &marks); err != nil {
			return err
		}
		for _, mark := range strings.Fields(marks) {
			known[mark] = person
		}
		return nil
	})
	return known, err
}

// selectPeople reads a page of a list, with their occasions.
func selectPeople(ctx context.Context, tx *db.Tx, name string, number, from, most int) ([]Person, error) {
	rows, err := tx.Query(ctx, "select place, "+peopleColumns+` from incident_people
		where city_id = $1 and incident = $2 and revision = $3 and place >= $4 and place < $5 order by place`,
		string(tx.City()), name, number, from, from+most)
	if err != nil {
		return nil, err
	}
	var people []Person
	err = rows.Each(func(scan func(...any) error) error {
		place, p, err := scanPerson(scan)
		if err == nil && place != from+len(people) {
			err = fmt.Errorf("person %d is gone", from+len(people))
		}
		people = append(people, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return people, selectMembers(ctx, tx, name, number, from, people)
}

func scanPerson(scan func(...any) error) (int, Person, error) {
	var p Person
	var place int
	var utilities, first, last, links, marks, reasons string
	err := scan(&place, &p.ID, &p.Household, &p.Kind, &p.Name, &p.Then, &p.Now.Lines[0], &p.Now.Lines[1], &p.Now.City,
		&p.Now.State, &p.Now.ZIP, &p.Email, &p.Phone, &p.Language, &p.State, &utilities, &p.Occasions, &first, &last, &links, &marks, &reasons)
	if err != nil {
		return 0, p, err
	}
	p.UtilityAccounts = strings.FieldsFunc(utilities, func(c rune) bool { return c == '\t' })
	for _, link := range strings.FieldsFunc(links, func(c rune) bool { return c == ',' }) {
		p.Links = append(p.Links, Link(link))
	}
	return place, p, p.parse(first, last, marks, reasons)
}

// parse reads what is stored as text.
func (p *Person) parse(first, last, marks, reasons string) error {
	var err error
	if p.First, err = calendar.Parse(first); err != nil {
		return fmt.Errorf("reading the days of %s: %w", p.ID, err)
	}
	if p.Last, err = calendar.Parse(last); err != nil {
		return fmt.Errorf("reading the days of %s: %w", p.ID, err)
	}
	for _, text := range strings.Fields(marks) {
		m, err := parseMark(text)
		if err != nil {
			return err
		}
		p.marks = append(p.marks, m)
	}
	if err := json.Unmarshal([]byte(reasons), &p.Verdict); err != nil {
		return fmt.Errorf("reading the reasons of %s: %w", p.ID, err)
	}
	return nil
}

func parseMark(text string) (Mark, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return Mark{}, errStored
	}
	a, err := strconv.ParseUint(parts[1], 16, 64)
	if err != nil {
		return Mark{}, fmt.Errorf("reading a mark: %w", err)
	}
	b, err := strconv.ParseUint(parts[2], 16, 64)
	if err != nil {
		return Mark{}, fmt.Errorf("reading a mark: %w", err)
	}
	return Mark{Link(parts[0]), a, b}, nil
}

func selectMembers(ctx context.Context, tx *db.Tx, name string, number, from int, people []Person) error {
	rows, err := tx.Query(ctx, `select place, exposure_id from incident_members
		where city_id = $1 and incident = $2 and revision = $3 and place >= $4 and place < $5 order by place, exposure_id`,
		string(tx.City()), name, number, from, from+len(people))
	if err != nil {
		return err
	}
	return rows.Each(func(scan func(...any) error) error {
		var place int
		var member exposure.ID
		if err := scan(&place, &member); err != nil {
			return err
		}
		people[place-from].members = append(people[place-from].members, member)
		return nil
	})
}
