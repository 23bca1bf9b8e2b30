package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"time"

	"clearwell/internal/clock"
)

// Program prepares this program as a process of its own, with arguments as at
// the command line. What is measured so shares no memory with what measures.
type Program func(ctx context.Context, args ...string) *exec.Cmd

// errNoMemory: only Linux tells a process's memory as we read it.
var errNoMemory = errors.New("this system does not tell how much memory another process has (/proc)")

// memoryOf reads VmRSS and VmHWM of a process, in MiB: what is resident now, the
// program's own file included, and the most that ever was.
func memoryOf(pid int) (now, most float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil && runtime.GOOS != "linux" {
		return 0, 0, errNoMemory
	}
	if err != nil {
		return 0, 0, err
	}
	resident, found := statusKiB(status, "VmRSS:")
	peak, alsoFound := statusKiB(status, "VmHWM:")
	if !found || !alsoFound {
		return 0, 0, errNoMemory // it has ended, and the kernel keeps but its name
	}
	return resident / 1024, peak / 1024, nil
}

// lookEvery is how often a command's memory is read. The kernel keeps the peak,
// so that only what a command takes in its last moment could be missed.
const lookEvery = 5 * time.Millisecond

// ended is what a command took.
type ended struct {
	elapsed time.Duration
	peak    float64 // MiB
}

// await runs a command to its end and watches its memory.
func await(ctx context.Context, command *exec.Cmd) (ended, error) {
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	clk := clock.System()
	began := clk.Now()
	if err := command.Start(); err != nil {
		return ended{}, err
	}
	over := make(chan error, 1)
	go func() { over <- command.Wait() }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var e ended
	for {
		select {
		case err := <-over:
			e.elapsed = clk.Now().Sub(began)
			if err != nil {
				err = fmt.Errorf("running %s: %w: %.1000s", command.Args[1:], errors.Join(err, ctx.Err()), &said)
			}
			return e, err
		case <-tick.C:
			if _, most, err := memoryOf(command.Process.Pid); err == nil {
				e.peak = most
			}
		}
	}
}

// running is a program that serves.
type running struct {
	command *exec.Cmd
	address string // host and port of the portal
	over    chan error
}

var portalLine = regexp.MustCompile(`portal=(\S+)`)

// patience is how long a program may take to begin, and to end.
const patience = time.Minute

// serve starts a program that serves, and waits until it says where.
func serve(ctx context.Context, command *exec.Cmd) (*running, error) {
	told, telling := io.Pipe()
	command.Stdout, command.Stderr = telling, telling
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = patience
	if err := command.Start(); err != nil {
		return nil, err
	}
	r := &running{command: command, over: make(chan error, 1)}
	go func() {
		err := command.Wait()
		r.over <- errors.Join(err, telling.Close())
	}()
	lines := bufio.NewReader(told)
	said, address := listen(lines)
	if address == "" {
		return nil, fmt.Errorf("starting %s: %w: it said %.1000s", command.Args[1:], errors.Join(<-r.over, ctx.Err()), said)
	}
	r.address = address
	go io.Copy(io.Discard, lines) // a program that nobody listens to would wait
	return r, nil
}

// listen reads what a program says until it tells the address it serves at, or
// ends without one.
func listen(lines *bufio.Reader) (said, address string) {
	for {
		line, err := lines.ReadString('\n')
		said += line
		if match := portalLine.FindStringSubmatch(line); match != nil {
			return said, match[1]
		}
		if err != nil {
			return said, ""
		}
	}
}

// stop ends the program as its operator would, and waits for it.
func (r *running) stop() error {
	if err := r.command.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return <-r.over
}
