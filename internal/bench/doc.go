// Package bench measures how fast Clearwell is and how much memory it takes,
// each time beside a baseline that runs on the same machine in the same minute:
// a figure without one says more about the machine than about the program.
//
// It owns no table. Every measurement makes a town of its own in a fresh
// database, SQLite in a temporary folder and PostgreSQL in a private cluster,
// both with durable settings, and leaves nothing behind.
//
// It promises that our side goes through the same services as a resident's
// request does, and that a baseline writes rows of the same columns and bytes.
//
// It never touches a running server or the data of a town.
package bench
