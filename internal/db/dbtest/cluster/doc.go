// Package cluster runs a private PostgreSQL for a test run or a measurement.
//
// [Start] makes a new cluster in a temporary folder, on a port of 127.0.0.1
// that was free, and [Cluster.Stop] ends the server and deletes the folder. It
// promises to leave every other server on the machine alone: it reads no PG…
// environment variable, uses no well-known port, and writes nowhere else.
//
// The server keeps production's durable settings (fsync, synchronous commit,
// full page writes), so that what is measured or crashed here behaves as it
// would there.
//
// PostgreSQL refuses to run as root. Started by root, the cluster runs as the
// system user postgres or, where there is none, nobody.
//
// It never installs anything: without server binaries Start returns
// [ErrNoBinaries], whose text says what to install. Developers reach it through
//
//	go run ./internal/db/dbtest/cluster/with go test ./internal/payment/...
package cluster
