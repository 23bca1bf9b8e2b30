package mailing

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/db"
)

func insertMailing(tx *db.Tx, name string, m Mailing) error {
	terms, err := json.Marshal(m.Terms)
	if err != nil {
		return fmt.Errorf("writing the terms: %w", err)
	}
	tx.Exec(`insert into mailings (city_id, incident, number, kind, round, revision, content, terms, state, letters, first_serial,
			made_at, made_by, posted_on, evidence)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 'preparing', 0, 0, $9, $10, null, '')`,
		string(tx.City()), name, m.Number, string(m.Kind), string(m.Round), m.Revision, m.Content, string(terms),
		db.Micros(tx.Now()), string(m.MadeBy))
	return nil
}

func selectMailings(ctx context.Context, tx *db.Tx, name string) ([]Mailing, error) {
	rows, err := tx.Query(ctx, `select number, kind, round, revision, content, terms, state, letters, first_serial, made_at, made_by,
			posted_on, evidence
		from mailings where city_id = $1 and incident = $2 order by number`, string(tx.City()), name)
	if err != nil {
		return nil, err
	}
	var all []Mailing
	err = rows.Each(func(scan func(...any) error) error {
		var m Mailing
		var terms string
		var made int64
		err := scan(&m.Number, &m.Kind, &m.Round, &m.Revision, &m.Content, &terms, &m.State, &m.Letters, &m.FirstSerial, &made, &m.MadeBy,
			&m.PostedOn, &m.Evidence)
		if err != nil {
			return err
		}
		m.MadeAt = db.Time(made)
		all = append(all, m)
		return json.Unmarshal([]byte(terms), &all[len(all)-1].Terms)
	})
	return all, err
}

func stillPreparing(ctx context.Context, tx *db.Tx, name string, number int) error {
	var preparing int
	err := tx.QueryRow(ctx, "select count(*) from mailings where city_id = $1 and incident = $2 and number = $3 and state = 'preparing'",
		string(tx.City()), name, number).Scan(&preparing)
	if err == nil && preparing == 0 {
		return ErrOvertaken
	}
	return err
}

func updateReady(tx *db.Tx, name string, number, letters, serial int) {
	tx.ExecOne(ErrOvertaken, `update mailings set state = 'ready', letters = $4, first_serial = $5
		where city_id = $1 and incident = $2 and number = $3 and state = 'preparing'`, string(tx.City()), name, number, letters, serial)
}

func updatePosted(tx *db.Tx, name string, number int, on calendar.Date, evidence string) {
	tx.ExecOne(ErrOvertaken, `update mailings set state = 'posted', posted_on = $4, evidence = $5
		where city_id = $1 and incident = $2 and number = $3 and state = 'ready'`, string(tx.City()), name, number, on.String(), evidence)
}

// nextSerial is behind the barcodes of every mailing of the town.
func nextSerial(ctx context.Context, tx *db.Tx) (int, error) {
	var next int
	err := tx.QueryRow(ctx, "select coalesce(max(first_serial + letters), 0) from mailings where city_id = $1", string(tx.City())).Scan(&next)
	return next, err
}

func nextNumber(ctx context.Context, tx *db.Tx) (Number, error) {
	var next int
	err := tx.QueryRow(ctx, "select coalesce(max(number), 0) + 1 from mailing_letters where city_id = $1", string(tx.City())).Scan(&next)
	return Number(next), err
}

// insertLetter writes a letter down unless its person has that text.
func insertLetter(ctx context.Context, tx *db.Tx, name string, m Mailing, n Number, one Addressee) (bool, error) {
	count, err := tx.Count(ctx, `insert into mailing_letters (city_id, incident, content, person, number, name, residence, language, utility_accounts)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (city_id, incident, content, person) do nothing`,
		string(tx.City()), name, m.Content, one.Person, int(n), one.Name, one.State, string(one.Language), strings.Join(one.UtilityAccounts, "\t"))
	return count == 1, err
}

func insertPosting(tx *db.Tx, name string, mailing int, p Piece) {
	tx.Exec(`insert into mailing_postings (city_id, number, posting, incident, mailing, address, returned_on, why, corrected)
		values ($1, $2, $3, $4, $5, $6, null, '', '')`,
		string(tx.City()), int(p.Number), p.Posting, name, mailing, strings.Join(p.Lines, "\n"))
}

func countPostings(ctx context.Context, tx *db.Tx, name string, mailing int) (int, error) {
	var count int
	err := tx.QueryRow(ctx, "select count(*) from mailing_postings where city_id = $1 and incident = $2 and mailing = $3",
		string(tx.City()), name, mailing).Scan(&count)
	return count, err
}

// selectPieces gives the postings of a mailing with their letters; of mailing 0,
// the newest posting of each letter of the incident.
func selectPieces(ctx context.Context, tx *db.Tx, name string, mailing int) ([]Piece, error) {
	rows, err := tx.Query(ctx, `select l.number, l.person, l.content, l.name, l.residence, l.language, l.utility_accounts,
			p.posting, p.mailing, p.address, p.returned_on, p.why, p.corrected
		from mailing_postings p join mailing_letters l on l.city_id = p.city_id and l.number = p.number
		where p.city_id = $1 and p.incident = $2 and (p.mailing = $3 or $3 = 0 and p.posting = (
			select max(q.posting) from mailing_postings q where q.city_id = p.city_id and q.number = p.number))
		order by l.number`, string(tx.City()), name, mailing)
	if err != nil {
		return nil, err
	}
	var all []Piece
	err = rows.Each(func(scan func(...any) error) error {
		var p Piece
		var accounts, address, corrected string
		err := scan(&p.Number, &p.Person, &p.Content, &p.Name, &p.State, &p.Language, &accounts,
			&p.Posting, &p.Mailing, &address, &p.ReturnedOn, &p.Why, &corrected)
		p.UtilityAccounts, p.Lines, p.Corrected = parts(accounts, "\t"), parts(address, "\n"), parts(corrected, "\n")
		all = append(all, p)
		return err
	})
	return all, err
}

// parts splits what was joined; nothing has no parts.
func parts(text, by string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, by)
}

func selectRegister(ctx context.Context, tx *db.Tx, name string) (register, error) {
	g := register{letters: map[string][]string{}, covered: map[string]string{}, coded: map[string]bool{}}
	rows, err := tx.Query(ctx, "select person, content, utility_accounts from mailing_letters where city_id = $1 and incident = $2",
		string(tx.City()), name)
	if err != nil {
		return g, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		var person, content, accounts string
		err := scan(&person, &content, &accounts)
		g.letters[person] = append(g.letters[person], content)
		for _, number := range parts(accounts, "\t") {
			g.covered[number] += "," + content
		}
		return err
	})
	if err != nil {
		return g, err
	}
	handed, err := selectCodes(ctx, tx, name)
	for person := range handed {
		g.coded[person] = true
	}
	return g, err
}
