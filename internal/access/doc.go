// Package access keeps who comes in: visits, which is what a browser remembers
// between one page and the next, and logins, which is how residents come again.
// It owns sessions, logins, login_sessions, login_codes, login_locks, login_links,
// login_invitations and login_passkeys.
//
// [Sessions] is a session manager of scs over our own table. The door says which
// city a request is for, with [WithCity], before the manager loads anything:
//
//	handler = sessions.Manager().LoadAndSave(handler)
//	handler = withCityOfHost(handler) // calls access.WithCity
//
// [Service] makes logins and signs people in. A visit remembers the name of a
// [Session], and asks with each page whether it still is one ([Service.Find]).
//
// It promises of visits: a token opens a session in the city it was made for and
// in no other; who reads the database, or a backup, cannot continue anybody's
// visit, because the table has digests of tokens; a session that is over is not
// found, swept or not.
//
// It promises of logins: who asks learns nothing of whether an address has a
// login, by words or by time; ten wrong passwords lock one for half an hour,
// however many come at once, and its owner is told and can still come in by mail;
// a change of password or address ends every other session and every code, and is
// told to the address that was; what a browser left open must not do asks for a
// fresh proof ([Session.Fresh]); everything is in the audit log.
//
// It never keeps a token, a code or a password that can be read back, and never
// answers without a city. Codes wait readable in the outbox until they are mailed.
package access
