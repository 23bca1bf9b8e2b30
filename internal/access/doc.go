// Package access keeps visits: what a browser's session remembers between one
// page and the next, a guest's among them. It owns sessions.
//
// [Sessions] is a session manager of scs over our own table. The door says which
// city a request is for, with [WithCity], before the manager loads anything:
//
//	handler = sessions.Manager().LoadAndSave(handler)
//	handler = withCityOfHost(handler) // calls access.WithCity
//
// It promises: a token opens a session in the city it was made for and in no
// other; who reads the database, or a backup, cannot continue anybody's visit,
// because the table has digests of tokens; a session that is over is not found,
// swept or not.
//
// It never keeps a token, and never answers without a city.
package access
