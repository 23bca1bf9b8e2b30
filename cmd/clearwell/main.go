// Command clearwell lets the residents of a town pay their bills.
// Run "clearwell --help" for what it can do.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"clearwell/internal/app"
	"clearwell/internal/jail"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return app.Run(ctx, app.Process{
		Args: os.Args[1:], Lookup: os.LookupEnv,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Confine:  jail.Enter,
		Terminal: func() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) },
	})
}
