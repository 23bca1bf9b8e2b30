// Package bench measures how fast Clearwell is and how much memory it takes,
// each time beside a baseline that runs on the same machine in the same minute:
// a figure without one says more about the machine than about the program.
//
// It owns no table. Every measurement makes a town of its own in a fresh
// database, SQLite in a temporary folder and PostgreSQL in a private cluster,
// both with durable settings, and leaves nothing behind.
//
// It promises that our side goes where a town's does. Payments go through the
// service, with the processor in the same process, because a processor's time is
// not ours. Lookups, imports, first visits and idle memory are measured on the
// program itself, which runs as a process of its own on files as `clearwell init`
// writes them. A baseline writes rows of the same columns and bytes, or asks the
// same program for less.
//
// It never touches a running server or the data of a town.
package bench
