package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"clearwell/internal/audit"
	"clearwell/internal/db"
)

func lastNumber(ctx context.Context, tx *db.Tx) (int, error) {
	var last int
	err := tx.QueryRow(ctx, "select coalesce(max(number), 0) from notices where city_id = $1", string(tx.City())).Scan(&last)
	return last, err
}

func insertNotice(tx *db.Tx, n Notice) error {
	facts, err := json.Marshal(n.Facts)
	if err != nil {
		return fmt.Errorf("writing the facts: %w", err)
	}
	tx.Exec(`insert into notices (city_id, number, incident, revision, facts, published_at, published_by, withdrawn_at, withdrawn_by)
		values ($1, $2, $3, $4, $5, $6, $7, 0, '')`,
		string(tx.City()), n.Number, n.Incident, n.Revision, string(facts), db.Micros(n.PublishedAt), string(n.PublishedBy))
	return nil
}

func updateWithdrawn(tx *db.Tx, by audit.Actor) {
	tx.Exec("update notices set withdrawn_at = $2, withdrawn_by = $3 where city_id = $1 and withdrawn_at = 0",
		string(tx.City()), db.Micros(tx.Now()), string(by))
}

// inForce gives the notice that was not withdrawn; the zero Notice where there is
// none.
func inForce(ctx context.Context, tx *db.Tx) (Notice, error) {
	var n Notice
	var facts string
	var published int64
	err := tx.QueryRow(ctx, `select number, incident, revision, facts, published_at, published_by from notices
		where city_id = $1 and withdrawn_at = 0`, string(tx.City())).Scan(&n.Number, &n.Incident, &n.Revision, &facts, &published, &n.PublishedBy)
	if errors.Is(err, db.ErrNoRows) {
		return Notice{}, nil
	}
	if err != nil {
		return Notice{}, err
	}
	n.PublishedAt = db.Time(published)
	return n, json.Unmarshal([]byte(facts), &n.Facts)
}

func insertBill(tx *db.Tx, name string, revision int, number string, a Answer) {
	tx.Exec(`insert into notice_bills (city_id, incident, revision, utility_account, holders, payers) values ($1, $2, $3, $4, $5, $6)
		on conflict (city_id, incident, revision, utility_account) do nothing`,
		string(tx.City()), name, revision, number, a.Holders, a.Payers)
}

// selectBill gives the zero answer where the utility account is not on the list.
func selectBill(ctx context.Context, tx *db.Tx, n Notice, number string) (Answer, error) {
	var a Answer
	err := tx.QueryRow(ctx, `select holders, payers from notice_bills
		where city_id = $1 and incident = $2 and revision = $3 and utility_account = $4`,
		string(tx.City()), n.Incident, n.Revision, number).Scan(&a.Holders, &a.Payers)
	if errors.Is(err, db.ErrNoRows) {
		return Answer{}, nil
	}
	return a, err
}
