package access

import (
	"context"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/retain"
)

const linkColumns = `k.id, k.login_id, k.utility_account, k.nickname, k.role, k.given_by, k.until_on, k.ended_at, l.email`

// linksOfLogins finds links with the logins that have them.
const linksOfLogins = ` from login_links k join logins l on l.city_id = k.city_id and l.id = k.login_id and l.deleted_at = 0 `

// insertLink ends what the login had of the same utility account, over or not.
func insertLink(tx *db.Tx, l Link) {
	tx.Exec(`update login_links set ended_at = $1 where city_id = $2 and login_id = $3 and utility_account = $4 and ended_at = 0`,
		db.Micros(tx.Now()), tx.City(), l.login, string(l.UtilityAccount))
	tx.Exec(`insert into login_links (city_id, id, login_id, utility_account, nickname, role, given_by, until_on, made_at, ended_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`,
		tx.City(), l.ID, l.login, string(l.UtilityAccount), l.Nickname, string(l.Role), l.by.String(), dayOf(l.Until), db.Micros(tx.Now()))
}

// dayOf stores a day, no day as nothing.
func dayOf(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func readDay(text string) (calendar.Date, error) {
	if text == "" {
		return calendar.Date{}, nil
	}
	return calendar.Parse(text)
}

func scanLink(scan func(...any) error, more ...any) (l Link, err error) {
	var until string
	var ended int64
	err = scan(append([]any{&l.ID, &l.login, &l.UtilityAccount, &l.Nickname, &l.Role, &l.by, &until, &ended, &l.Email}, more...)...)
	if err != nil {
		return Link{}, err
	}
	l.Given, l.ended = !l.by.IsZero(), db.Time(ended)
	l.Until, err = readDay(until)
	return l, err
}

func selectSome(ctx context.Context, tx *db.Tx, where string, args ...any) (all []Link, err error) {
	rows, err := tx.Query(ctx, `select `+linkColumns+linksOfLogins+where, args...)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		one, err := scanLink(scan)
		all = append(all, one)
		return err
	})
	return all, err
}

func selectLinks(ctx context.Context, tx *db.Tx, login LoginID) ([]Link, error) {
	return selectSome(ctx, tx, `where k.city_id = $1 and k.login_id = $2 and k.ended_at = 0 order by k.id`, tx.City(), login)
}

// selectGiven lists what hangs on a link.
func selectGiven(ctx context.Context, tx *db.Tx, by LinkID) ([]Link, error) {
	return selectSome(ctx, tx, `where k.city_id = $1 and k.given_by = $2 and k.ended_at = 0 order by k.id`, tx.City(), by.String())
}

// selectGiver finds a link, and the login that has it.
func selectGiver(ctx context.Context, tx *db.Tx, id LinkID) (l Link, giver Login, err error) {
	login, complete := giver.into()
	l, err = scanLink(tx.QueryRow(ctx, `select `+linkColumns+`, `+loginColumns+linksOfLogins+`where k.city_id = $1 and k.id = $2`, tx.City(), id).Scan, login...)
	complete()
	return l, giver, err
}

// selectHolders finds the logins with full use of a utility account.
func selectHolders(ctx context.Context, tx *db.Tx, number billing.Number) (all []Login, err error) {
	rows, err := tx.Query(ctx, `select `+loginColumns+linksOfLogins+`
		where k.city_id = $1 and k.utility_account = $2 and k.role = 'full' and k.ended_at = 0 order by k.id`, tx.City(), string(number))
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		var l Login
		login, complete := l.into()
		err := scan(login...)
		complete()
		all = append(all, l)
		return err
	})
	return all, err
}

func saveNickname(tx *db.Tx, id LinkID, nickname string) {
	tx.Exec(`update login_links set nickname = $1 where city_id = $2 and id = $3`, nickname, tx.City(), id)
}

func endLink(tx *db.Tx, id LinkID) {
	tx.Exec(`update login_links set ended_at = $1 where city_id = $2 and id = $3 and ended_at = 0`, db.Micros(tx.Now()), tx.City(), id)
}

// endLinks ends all links of a login, and what hangs on them.
func endLinks(tx *db.Tx, login LoginID) {
	tx.Exec(`update login_links set ended_at = $1 where city_id = $2 and ended_at = 0 and given_by in
		(select id from login_links where city_id = $2 and login_id = $3 and ended_at = 0)`, db.Micros(tx.Now()), tx.City(), login)
	tx.Exec(`update login_links set ended_at = $1 where city_id = $2 and login_id = $3 and ended_at = 0`, db.Micros(tx.Now()), tx.City(), login)
}

// regive has what hung on one link hang on another.
func regive(tx *db.Tx, from, to LinkID) {
	tx.Exec(`update login_links set given_by = $1 where city_id = $2 and given_by = $3 and ended_at = 0`, to.String(), tx.City(), from.String())
	tx.Exec(`update login_invitations set answer = 'withdrawn', answered_at = $1 where city_id = $2 and link_id = $3 and answer = ''`,
		db.Micros(tx.Now()), tx.City(), from.String())
}

func withdrawAll(tx *db.Tx, link LinkID) {
	tx.Exec(`update login_invitations set answer = 'withdrawn', answered_at = $1 where city_id = $2 and link_id = $3 and answer = ''`,
		db.Micros(tx.Now()), tx.City(), link.String())
}

func insertInvitation(tx *db.Tx, i Invitation) {
	tx.Exec(`insert into login_invitations (city_id, id, link_id, utility_account, email, role, until_on, made_at, answer, answered_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, '', 0)`,
		tx.City(), i.ID, i.link.String(), string(i.UtilityAccount), i.Email, string(i.Role), dayOf(i.Until), db.Micros(tx.Now()))
}

// selectInvitations lists what was offered to a login, and by it.
func selectInvitations(ctx context.Context, tx *db.Tx, login Login) (all []Invitation, err error) {
	rows, err := tx.Query(ctx, `select i.id, i.link_id, i.utility_account, i.email, i.role, i.until_on, i.made_at from login_invitations i
		where i.city_id = $1 and i.answer = '' and (i.email = $2 or i.link_id in
			(select k.id from login_links k where k.city_id = $1 and k.login_id = $3 and k.ended_at = 0)) order by i.id`,
		tx.City(), login.Email, login.ID)
	if err != nil {
		return nil, err
	}
	err = rows.Each(func(scan func(...any) error) error {
		var one Invitation
		var until string
		var made int64
		if err := scan(&one.ID, &one.link, &one.UtilityAccount, &one.Email, &one.Role, &until, &made); err != nil {
			return err
		}
		one.MadeAt = db.Time(made)
		one.Until, err = readDay(until)
		all = append(all, one)
		return err
	})
	return all, err
}

func saveAnswer(tx *db.Tx, id InvitationID, answer string) {
	tx.ExecOne(ErrNoLink, `update login_invitations set answer = $1, answered_at = $2 where city_id = $3 and id = $4 and answer = ''`,
		answer, db.Micros(tx.Now()), tx.City(), id)
}

// linksKept is how long a link that ended is kept, as a session.
const linksKept = 30 * 24 * time.Hour

func deleteLinksOver(ctx context.Context, tx *db.Tx) (int64, error) {
	before := db.Micros(tx.Now().Add(-linksKept))
	n, err := tx.Count(ctx, `delete from login_links where ended_at > 0 and ended_at <= $1`+retain.Unheld("login_links"), before)
	if err != nil {
		return 0, err
	}
	m, err := tx.Count(ctx, `delete from login_invitations where made_at <= $1`+retain.Unheld("login_invitations"), before)
	return n + m, err
}
