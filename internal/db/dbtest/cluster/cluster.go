package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	superuser = "postgres"

	// A port may be taken between the moment it was free and the moment the
	// server asks for it; three such losses in a row mean something else.
	launchTries = 3

	// The server gives its children five seconds before it kills them.
	exitPatience = 10 * time.Second
)

// Cluster is one running private server. Its methods may be called from any
// goroutine.
type Cluster struct {
	folder   string
	password string
	port     int
	owner    *owner
	server   *exec.Cmd
	exited   chan struct{} // closed when the server's process has ended
}

// Start makes a cluster and returns once it accepts connections, usually within
// two seconds. ctx bounds the starting only: the server lives until [Cluster.Stop],
// or, on Linux, until this process dies.
func Start(ctx context.Context) (*Cluster, error) {
	binaries, err := Binaries()
	if err != nil {
		return nil, err
	}
	c, err := newFolder()
	if err != nil {
		return nil, fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	if err := c.begin(ctx, binaries); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.folder))
	}
	return c, nil
}

// URL connects as the superuser, who may create roles, schemas and databases.
// It holds the password: print it for the person who started the cluster only.
func (c *Cluster) URL() string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(superuser, c.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Stop ends the server without a last checkpoint, since nothing is to be kept,
// and deletes the folder. A second Stop does nothing.
func (c *Cluster) Stop() error {
	if err := c.server.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping PostgreSQL: %w", err)
	}
	<-c.exited
	return os.RemoveAll(c.folder)
}

// newFolder makes the folder that holds data, socket and password, readable by
// the server's owner and by nobody else.
func newFolder() (*Cluster, error) {
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "clearwell-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: folder, password: rand.Text(), owner: owner}
	if err := c.writePassword(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return c, nil
}

func (c *Cluster) writePassword() error {
	if err := os.WriteFile(c.path("password"), []byte(c.password), 0o600); err != nil {
		return err
	}
	return errors.Join(c.owner.take(c.path("password")), c.owner.take(c.folder))
}

func (c *Cluster) path(name string) string { return filepath.Join(c.folder, name) }

func (c *Cluster) begin(ctx context.Context, binaries string) error {
	if err := c.initialise(ctx, binaries); err != nil {
		return err
	}
	var err error
	for range launchTries {
		if err = c.launch(ctx, binaries); err == nil || ctx.Err() != nil {
			break
		}
	}
	return err
}

// initialise runs initdb. The loopback port asks for the password, because
// others on the machine can reach it and a superuser can run programs; the
// socket asks for nothing, because only the folder's owner can.
func (c *Cluster) initialise(ctx context.Context, binaries string) error {
	initdb := exec.CommandContext(ctx, filepath.Join(binaries, "initdb"),
		"--pgdata", c.path("data"), "--username", superuser, "--pwfile", c.path("password"),
		"--auth-local=trust", "--auth-host=scram-sha-256",
		"--encoding=UTF8", "--locale=C", "--no-sync")
	c.prepare(initdb)
	if said, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("making a PostgreSQL cluster: %w: %s", err, said)
	}
	return nil
}

// prepare gives a program the owner, the folder and an environment free of the
// caller's PG… variables, which would lead it to another server.
func (c *Cluster) prepare(cmd *exec.Cmd) {
	cmd.Dir = c.folder
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC", "HOME=" + c.folder, "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = attributes(c.owner)
}

// launch starts the server and waits until it says that it is ready.
func (c *Cluster) launch(ctx context.Context, binaries string) error {
	port, err := freePort(ctx)
	if err != nil {
		return fmt.Errorf("choosing a port for PostgreSQL: %w", err)
	}
	log := newServerLog()
	c.port, c.exited = port, make(chan struct{})
	c.server = exec.Command(filepath.Join(binaries, "postgres"), c.settings()...)
	c.server.Stderr, c.server.WaitDelay = log, exitPatience
	c.prepare(c.server)
	if err := c.server.Start(); err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	go func() {
		defer close(c.exited)
		_ = c.server.Wait() // the log says more than the exit code
	}()
	return c.await(ctx, log)
}

func (c *Cluster) await(ctx context.Context, log *serverLog) error {
	select {
	case <-log.ready:
		return nil
	case <-c.exited:
		return fmt.Errorf("starting PostgreSQL on port %d: it ended, saying: %s", c.port, log)
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("waiting for PostgreSQL: %w, it said: %s", context.Cause(ctx), log), c.Stop())
	}
}

// settings are production's where they bear on durability, and otherwise what
// many test processes at once need.
func (c *Cluster) settings() []string {
	arguments := []string{"-D", c.path("data"), "-p", strconv.Itoa(c.port), "-k", c.folder}
	for _, setting := range []string{
		"listen_addresses=127.0.0.1",
		"fsync=on",
		"synchronous_commit=on",
		"full_page_writes=on",
		"max_connections=300",
		"shared_buffers=256MB",
		"timezone=UTC",
	} {
		arguments = append(arguments, "-c", setting)
	}
	return arguments
}

// freePort asks the system for a port of the loopback that nobody uses now.
func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	return port, listener.Close()
}
