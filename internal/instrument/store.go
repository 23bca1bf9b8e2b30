package instrument

import (
	"context"
	"fmt"
	"strings"

	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/retain"
)

// kept is a bank account as it is stored.
type kept struct {
	BankAccount
	sealed []byte
}

const columns = `id, city_id, owner, holder, kind, held_by, routing, bank, sealed, last4, fingerprint, state, state_at, reason, saved_at, corrected_at`

func insert(tx *db.Tx, b BankAccount, sealed []byte) {
	tx.Exec(`insert into bank_accounts (`+columns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0)`,
		b.ID, tx.City(), b.Owner, b.Name, b.Kind, b.Holder, b.Routing, b.Bank, sealed, b.Last4, b.Fingerprint, b.State,
		db.Micros(b.StateAt), b.Reason, db.Micros(b.SavedAt))
}

// selectWhere reads the city's bank accounts by a condition whose arguments begin
// at $2.
func selectWhere(ctx context.Context, tx *db.Tx, which string, args ...any) (all []kept, err error) {
	rows, err := tx.Query(ctx, `select `+columns+` from bank_accounts where city_id = $1 and `+which, append([]any{tx.City()}, args...)...)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		k, err := scanKept(scan)
		all = append(all, k)
		return err
	})
	return all, err
}

func scanKept(scan func(...any) error) (k kept, err error) {
	var stateAt, savedAt, correctedAt int64
	err = scan(&k.ID, &k.City, &k.Owner, &k.Name, &k.Kind, &k.Holder, &k.Routing, &k.Bank, &k.sealed, &k.Last4, &k.Fingerprint,
		&k.State, &stateAt, &k.Reason, &savedAt, &correctedAt)
	k.StateAt, k.SavedAt, k.CorrectedAt = db.Time(stateAt), db.Time(savedAt), db.Time(correctedAt)
	return k, err
}

// atOnce is how many are asked for in one query: well below the most arguments
// that either database takes.
const atOnce = 500

func selectMany(ctx context.Context, tx *db.Tx, banks []ID) (all []kept, err error) {
	for len(banks) > 0 && err == nil {
		some := banks[:min(atOnce, len(banks))]
		banks = banks[len(some):]
		marks, args := make([]string, len(some)), make([]any, len(some))
		for i := range some {
			marks[i], args[i] = fmt.Sprintf("$%d", i+2), some[i]
		}
		var found []kept
		found, err = selectWhere(ctx, tx, "id in ("+strings.Join(marks, ", ")+")", args...)
		all = append(all, found...)
	}
	return all, err
}

func remove(tx *db.Tx, bank ID) {
	tx.ExecOne(ErrUnknown, `update bank_accounts set state = 'removed', state_at = $1 where city_id = $2 and id = $3 and state <> 'removed'`,
		db.Micros(tx.Now()), tx.City(), bank)
}

func refuse(tx *db.Tx, fingerprint, code string) {
	tx.Exec(`update bank_accounts set state = 'refused', state_at = $1, reason = $2 where city_id = $3 and fingerprint = $4 and state = 'live'`,
		db.Micros(tx.Now()), code, tx.City(), fingerprint)
}

func allow(tx *db.Tx, fingerprint string) {
	tx.Exec(`update bank_accounts set state = 'live', state_at = $1, reason = '' where city_id = $2 and fingerprint = $3 and state = 'refused'`,
		db.Micros(tx.Now()), tx.City(), fingerprint)
}

func updateCorrected(tx *db.Tx, k kept) {
	tx.ExecOne(ErrUnknown, `update bank_accounts set holder = $1, kind = $2, routing = $3, sealed = $4, last4 = $5, fingerprint = $6, corrected_at = $7
		where city_id = $8 and id = $9`,
		k.Name, k.Kind, k.Routing, k.sealed, k.Last4, k.Fingerprint, db.Micros(tx.Now()), tx.City(), k.ID)
}

func forget(tx *db.Tx, bank ID) {
	tx.Exec(`update bank_accounts set sealed = $1 where city_id = $2 and id = $3 and state = 'removed'`+retain.Unheld("bank_accounts"),
		[]byte{}, tx.City(), bank)
}

// row is where a sealed number stands.
type row struct {
	city   id.City
	bank   ID
	sealed []byte
}

// selectSealed reads the sealed numbers of all towns behind a place, in order.
func selectSealed(ctx context.Context, tx *db.Tx, after row, most int) (all []row, err error) {
	rows, err := tx.Query(ctx, `select city_id, id, sealed from bank_accounts
		where (city_id > $1 or (city_id = $1 and id > $2)) and length(sealed) > 0 order by city_id, id limit $3`,
		after.city, after.bank.String(), most)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		var r row
		err := scan(&r.city, &r.bank, &r.sealed)
		all = append(all, r)
		return err
	})
	return all, err
}

// updateSealed is a compare-and-set: a number that was corrected meanwhile is
// sealed with the new key already.
func updateSealed(tx *db.Tx, before, after []byte, bank ID) {
	tx.Exec(`update bank_accounts set sealed = $1 where city_id = $2 and id = $3 and sealed = $4`, after, tx.City(), bank, before)
}
