// Command with runs another command beside a private PostgreSQL, whose URL the
// command finds in CLEARWELL_TEST_POSTGRES:
//
//	go run ./internal/db/dbtest/cluster/with go test ./internal/payment/...
//	go run ./internal/db/dbtest/cluster/with sh -c 'psql "$CLEARWELL_TEST_POSTGRES"'
//
// It ends as the command ends, with its exit code, and leaves nothing behind.
// Given --binaries instead of a command, it prints the folder of the server
// binaries or says what to install.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"clearwell/internal/db/dbtest/cluster"
)

const usage = "usage: with --binaries | COMMAND [ARGUMENT...]"

func main() {
	code, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// run returns the command's exit code, and 1 with any error of its own.
func run(arguments []string, stdout io.Writer) (int, error) {
	switch {
	case len(arguments) == 0:
		return 1, errors.New(usage)
	case arguments[0] == "--binaries":
		folder, err := cluster.Binaries()
		if err != nil {
			return 1, err
		}
		_, err = fmt.Fprintln(stdout, folder)
		return 0, err
	}
	return beside(arguments)
}

// beside starts the cluster, runs the command and stops the cluster. Signals
// from here on belong to the command: what it makes of them decides the end.
func beside(command []string) (code int, err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	c, err := start(signals)
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopErr := c.Stop(); stopErr != nil {
			code, err = 1, errors.Join(err, stopErr)
		}
	}()
	return follow(command, c.URL(), signals)
}

// start gives up at the first signal.
func start(signals <-chan os.Signal) (*cluster.Cluster, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	started := make(chan struct{})
	defer close(started)
	go func() {
		select {
		case s := <-signals:
			cancel(fmt.Errorf("stopped by %s", s))
		case <-started:
		}
	}()
	return cluster.Start(ctx)
}

func follow(command []string, url string, signals <-chan os.Signal) (int, error) {
	child := exec.Command(command[0], command[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.Env = append(os.Environ(), "CLEARWELL_TEST_POSTGRES="+url)
	if err := child.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			_ = child.Process.Signal(s) // it may have ended meanwhile
		}
	}()
	err := child.Wait()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil // -1 when a signal ended it
	}
	return 0, err
}
