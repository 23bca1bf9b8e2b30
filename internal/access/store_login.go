package access

import (
	"context"
	"errors"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/locale"
	"clearwell/internal/retain"
)

const loginColumns = `l.id, l.email, l.language, l.password_hash, l.made_at`

// into is where a login's columns go, and completes it afterwards.
func (l *Login) into() (dest []any, complete func()) {
	var lang string
	var made int64
	return []any{&l.ID, &l.Email, &lang, &l.hash, &made}, func() { l.Language, l.MadeAt = locale.Lang(lang), db.Time(made) }
}

func insertLogin(tx *db.Tx, l Login) {
	tx.Exec(`insert into logins (city_id, id, email, language, password_hash, made_at, deleted_at) values ($1, $2, $3, $4, $5, $6, 0)`,
		tx.City(), l.ID, l.Email, string(l.Language), l.hash, db.Micros(l.MadeAt))
}

// selectByEmail finds the login of an address, if it has one.
func selectByEmail(ctx context.Context, tx *db.Tx, email string) (l Login, known bool, err error) {
	dest, complete := l.into()
	err = tx.QueryRow(ctx, `select `+loginColumns+` from logins l where l.city_id = $1 and l.email = $2 and l.deleted_at = 0`,
		tx.City(), email).Scan(dest...)
	if errors.Is(err, db.ErrNoRows) {
		return Login{}, false, nil
	}
	complete()
	return l, err == nil, err
}

func selectLogin(ctx context.Context, tx *db.Tx, id LoginID) (l Login, err error) {
	dest, complete := l.into()
	err = tx.QueryRow(ctx, `select `+loginColumns+` from logins l where l.city_id = $1 and l.id = $2 and l.deleted_at = 0`,
		tx.City(), id).Scan(dest...)
	complete()
	return l, err
}

func saveHash(tx *db.Tx, login LoginID, hash string) {
	tx.ExecOne(ErrNoSession, `update logins set password_hash = $1 where city_id = $2 and id = $3 and deleted_at = 0`, hash, tx.City(), login)
}

func saveEmail(tx *db.Tx, login LoginID, email string) {
	tx.ExecOne(ErrNoSession, `update logins set email = $1 where city_id = $2 and id = $3 and deleted_at = 0`, email, tx.City(), login)
}

func saveLanguage(tx *db.Tx, login LoginID, lang locale.Lang) {
	tx.Exec(`update logins set language = $1 where city_id = $2 and id = $3`, string(lang), tx.City(), login)
}

func giveUp(tx *db.Tx, login LoginID) {
	tx.ExecOne(ErrNoSession, `update logins set password_hash = '', deleted_at = $1 where city_id = $2 and id = $3 and deleted_at = 0`,
		db.Micros(tx.Now()), tx.City(), login)
}

const sessionColumns = `s.id, s.way, s.agent, s.began_at, s.seen_at, s.proved_at, s.ends_at, s.ended_at`

// sessionsOfLogins finds sessions with their logins; a login that was given up
// has none.
const sessionsOfLogins = ` from login_sessions s join logins l on l.city_id = s.city_id and l.id = s.login_id and l.deleted_at = 0 `

func insertSession(tx *db.Tx, s Session) {
	tx.Exec(`insert into login_sessions (city_id, id, login_id, way, agent, began_at, seen_at, proved_at, ends_at, ended_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`,
		tx.City(), s.ID, s.Login.ID, string(s.Way), s.Agent, db.Micros(s.BeganAt), db.Micros(s.SeenAt), db.Micros(s.ProvedAt), db.Micros(s.EndsAt))
}

func scanSession(tx *db.Tx, scan func(...any) error) (Session, error) {
	var s Session
	var began, seen, proved, ends, ended int64
	login, complete := s.Login.into()
	err := scan(append([]any{&s.ID, &s.Way, &s.Agent, &began, &seen, &proved, &ends, &ended}, login...)...)
	complete()
	s.BeganAt, s.SeenAt, s.ProvedAt, s.EndsAt, s.endedAt = db.Time(began), db.Time(seen), db.Time(proved), db.Time(ends), db.Time(ended)
	s.town = tx.City()
	return s, err
}

func selectSession(ctx context.Context, tx *db.Tx, id SessionID) (Session, error) {
	return scanSession(tx, tx.QueryRow(ctx, `select `+sessionColumns+`, `+loginColumns+sessionsOfLogins+
		`where s.city_id = $1 and s.id = $2`, tx.City(), id).Scan)
}

func selectSessions(ctx context.Context, tx *db.Tx, login LoginID) (all []Session, err error) {
	rows, err := tx.Query(ctx, `select `+sessionColumns+`, `+loginColumns+sessionsOfLogins+
		`where s.city_id = $1 and s.login_id = $2 order by s.began_at desc, s.id`, tx.City(), login)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		one, err := scanSession(tx, scan)
		all = append(all, one)
		return err
	})
	return all, err
}

func saveSeen(tx *db.Tx, id SessionID) {
	tx.Exec(`update login_sessions set seen_at = $1 where city_id = $2 and id = $3`, db.Micros(tx.Now()), tx.City(), id)
}

func saveProved(tx *db.Tx, id SessionID) {
	tx.ExecOne(ErrNoSession, `update login_sessions set proved_at = $1 where city_id = $2 and id = $3 and ended_at = 0`, db.Micros(tx.Now()), tx.City(), id)
}

func endSession(tx *db.Tx, login LoginID, id SessionID) {
	tx.Exec(`update login_sessions set ended_at = $1 where city_id = $2 and login_id = $3 and id = $4 and ended_at = 0`,
		db.Micros(tx.Now()), tx.City(), login, id)
}

func endSessions(tx *db.Tx, login LoginID, but SessionID) {
	tx.Exec(`update login_sessions set ended_at = $1 where city_id = $2 and login_id = $3 and id <> $4 and ended_at = 0`,
		db.Micros(tx.Now()), tx.City(), login, but.String())
}

// endAllLogins signs everybody of a city out.
func endAllLogins(tx *db.Tx) {
	tx.Exec(`update login_sessions set ended_at = $1 where city_id = $2 and ended_at = 0`, db.Micros(tx.Now()), tx.City())
}

func insertCode(tx *db.Tx, c code) {
	tx.Exec(`insert into login_codes (city_id, id, purpose, email, login_id, language, code_hash, password_hash, tries, made_at, used_at, spent_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, 0)`,
		tx.City(), c.id, string(c.purpose), c.email, c.login.String(), c.lang, c.hash, c.pass, db.Micros(tx.Now()))
}

func selectCode(ctx context.Context, tx *db.Tx, id CodeID) (code, error) {
	c := code{id: id}
	var made, used, spent int64
	err := tx.QueryRow(ctx, `select purpose, email, login_id, language, code_hash, password_hash, tries, made_at, used_at, spent_at
		from login_codes where city_id = $1 and id = $2`, tx.City(), id).
		Scan(&c.purpose, &c.email, &c.login, &c.lang, &c.hash, &c.pass, &c.tries, &made, &used, &spent)
	c.madeAt, c.usedAt, c.spentAt = db.Time(made), db.Time(used), db.Time(spent)
	return c, err
}

func countCodes(ctx context.Context, tx *db.Tx, email string, since time.Time) (n int, err error) {
	err = tx.QueryRow(ctx, `select count(*) from login_codes where city_id = $1 and email = $2 and made_at > $3`,
		tx.City(), email, db.Micros(since)).Scan(&n)
	return n, err
}

func countTry(tx *db.Tx, id CodeID) {
	tx.Exec(`update login_codes set tries = tries + 1 where city_id = $1 and id = $2`, tx.City(), id)
}

func saveUsed(tx *db.Tx, id CodeID) {
	tx.ExecOne(ErrCodeOver, `update login_codes set used_at = $1 where city_id = $2 and id = $3 and used_at = 0`, db.Micros(tx.Now()), tx.City(), id)
}

func saveSpent(tx *db.Tx, id CodeID) {
	tx.ExecOne(ErrCodeOver, `update login_codes set spent_at = $1 where city_id = $2 and id = $3 and used_at > 0 and spent_at = 0`,
		db.Micros(tx.Now()), tx.City(), id)
}

// selectLock gives the zero lock where nothing went wrong.
func selectLock(ctx context.Context, tx *db.Tx, key []byte) (l lock, err error) {
	var failed, until int64
	err = tx.QueryRow(ctx, `select failures, failed_at, locked_until from login_locks where city_id = $1 and email_hash = $2`,
		tx.City(), key).Scan(&l.failures, &failed, &until)
	if errors.Is(err, db.ErrNoRows) {
		return lock{}, nil
	}
	l.failedAt, l.until = db.Time(failed), db.Time(until)
	return l, err
}

func saveLock(tx *db.Tx, key []byte, l lock) {
	tx.Exec(`insert into login_locks (city_id, email_hash, failures, failed_at, locked_until) values ($1, $2, $3, $4, $5)
		on conflict (city_id, email_hash) do update
		set failures = excluded.failures, failed_at = excluded.failed_at, locked_until = excluded.locked_until`,
		tx.City(), key, l.failures, db.Micros(l.failedAt), db.Micros(l.until))
}

// forgetLock leaves a lock that locks nothing; it goes with the next sweep.
func forgetLock(tx *db.Tx, key []byte) {
	tx.Exec(`update login_locks set failures = 0, failed_at = 0, locked_until = 0 where city_id = $1 and email_hash = $2`, tx.City(), key)
}

// Sessions, codes and locks are kept so long after their end that whoever asks
// what happened is answered.
const (
	sessionsKept = 30 * 24 * time.Hour
	codesKept    = 24 * time.Hour
)

// deleteLoginsOver destroys logins that were given up, and what of the others has
// been over for long.
func deleteLoginsOver(ctx context.Context, tx *db.Tx) (swept int64, err error) {
	for _, one := range []func() (int64, error){
		func() (int64, error) {
			return tx.Count(ctx, `delete from logins where deleted_at > 0`+retain.Unheld("logins"))
		},
		func() (int64, error) {
			return tx.Count(ctx, `delete from login_sessions where (ends_at <= $1 or ended_at > 0 and ended_at <= $1)`+retain.Unheld("login_sessions"),
				db.Micros(tx.Now().Add(-sessionsKept)))
		},
		func() (int64, error) {
			return tx.Count(ctx, `delete from login_codes where made_at <= $1`+retain.Unheld("login_codes"), db.Micros(tx.Now().Add(-codesKept)))
		},
		func() (int64, error) {
			return tx.Count(ctx, `delete from login_locks where failed_at <= $1`+retain.Unheld("login_locks"), db.Micros(tx.Now().Add(-failuresLast)))
		},
		func() (int64, error) { return deleteLinksOver(ctx, tx) },
		func() (int64, error) { return deletePasskeysOver(ctx, tx) },
	} {
		n, err := one()
		if err != nil {
			return 0, err
		}
		swept += n
	}
	return swept, nil
}

// countLoginsOver counts the logins that were given up: those that
// deleteLoginsOver would destroy, and those that a legal hold keeps.
func countLoginsOver(ctx context.Context, tx *db.Tx) (over, held int64, err error) {
	err = tx.QueryRow(ctx, `select (select count(*) from logins where deleted_at > 0`+retain.Unheld("logins")+`),
		(select count(*) from logins where deleted_at > 0`+retain.Held("logins")+`)`).Scan(&over, &held)
	return over, held, err
}

// voidCodes makes all codes of a login good for nothing.
func voidCodes(tx *db.Tx, login LoginID) {
	tx.Exec(`update login_codes set used_at = $1, spent_at = $1 where city_id = $2 and login_id = $3 and spent_at = 0`,
		db.Micros(tx.Now()), tx.City(), login)
}
