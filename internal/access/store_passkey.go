package access

import (
	"context"
	"encoding/json"

	"github.com/go-webauthn/webauthn/webauthn"

	"clearwell/internal/db"
	"clearwell/internal/retain"
)

func insertPasskey(tx *db.Tx, p Passkey) {
	tx.Exec(`insert into login_passkeys (city_id, id, login_id, name, credential, made_at, used_at) values ($1, $2, $3, $4, $5, $6, 0)`,
		tx.City(), p.ID, p.login, p.Name, packed(p.credential), db.Micros(tx.Now()))
}

// packed is a credential as it is stored. It always can be.
func packed(c webauthn.Credential) string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // which reads as no credential
	}
	return string(text)
}

func selectPasskeys(ctx context.Context, tx *db.Tx, login LoginID) (all []Passkey, err error) {
	rows, err := tx.Query(ctx, `select id, name, credential, made_at, used_at from login_passkeys
		where city_id = $1 and login_id = $2 order by made_at, id`, tx.City(), login)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		one := Passkey{login: login}
		var credential string
		var made, used int64
		if err := scan(&one.ID, &one.Name, &credential, &made, &used); err != nil {
			return err
		}
		one.MadeAt, one.UsedAt = db.Time(made), db.Time(used)
		all = append(all, one)
		return json.Unmarshal([]byte(credential), &all[len(all)-1].credential)
	})
	return all, err
}

// selectOwner finds the login of a user handle, with its passkeys.
func selectOwner(ctx context.Context, tx *db.Tx, handle string) (owner, error) {
	var login LoginID
	if err := login.UnmarshalText([]byte(handle)); err != nil {
		return owner{}, ErrPasskey
	}
	found, err := selectLogin(ctx, tx, login)
	if err != nil {
		return owner{}, err
	}
	passkeys, err := selectPasskeys(ctx, tx, login)
	return owner{found, passkeys}, err
}

func savePasskey(tx *db.Tx, id string, c webauthn.Credential) {
	tx.ExecOne(ErrPasskey, `update login_passkeys set credential = $1, used_at = $2 where city_id = $3 and id = $4`,
		packed(c), db.Micros(tx.Now()), tx.City(), id)
}

func removePasskey(tx *db.Tx, login LoginID, id string) {
	tx.Exec(`delete from login_passkeys where city_id = $1 and login_id = $2 and id = $3`+retain.Unheld("login_passkeys"), tx.City(), login, id)
	// Under a legal hold it stays, and is nobody's.
	tx.Exec(`update login_passkeys set login_id = '' where city_id = $1 and login_id = $2 and id = $3`, tx.City(), login, id)
}

// deletePasskeysOver destroys those of logins that were given up, or of nobody.
func deletePasskeysOver(ctx context.Context, tx *db.Tx) (int64, error) {
	return tx.Count(ctx, `delete from login_passkeys where not exists (select 1 from logins where logins.city_id = login_passkeys.city_id
		and logins.id = login_passkeys.login_id and logins.deleted_at = 0)`+retain.Unheld("login_passkeys"))
}
