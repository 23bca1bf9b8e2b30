package mortal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The variable by which a child learns at which step it dies.
const variable = "CLEARWELL_DIES_AT"

// Child gives the life of a child that says to out what it dies of, and false to
// a test that is none.
func Child(out io.Writer) (*Life, bool) {
	text, set := os.LookupEnv(variable)
	last, err := strconv.Atoi(text)
	if !set || err != nil {
		return nil, false
	}
	return New(last, out), true
}

// End tells the parent how many steps there were.
func (l *Life) End() { fmt.Fprintf(l.out, "lived %d steps\n", l.Steps()) }

// Death is what a child left to say.
type Death struct {
	Said   string // all that it printed
	Killed bool   // rather than coming to its end
	Steps  int    // that it lived, if it came to its end
}

var lived = regexp.MustCompile(`(?m)^lived (\d+) steps$`)

// Run runs one test of this package as a child that dies at a step, or at none
// if it is 0. A child that ends in any third way fails the test.
func Run(t *testing.T, helper string, last int, environment ...string) Death {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+helper+"$", "-test.count=1")
	child.Env = append(os.Environ(), append(environment, variable+"="+strconv.Itoa(last))...)
	output, err := child.CombinedOutput()
	death := Death{Said: string(output)}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		status, _ := exit.Sys().(syscall.WaitStatus)
		death.Killed = status.Signaled() && status.Signal() == syscall.SIGKILL && last > 0
	}
	if err != nil && !death.Killed {
		t.Fatalf("the child was to die at step %d: %v\n%s", last, err, output)
	}
	if found := lived.FindStringSubmatch(death.Said); found != nil {
		death.Steps, _ = strconv.Atoi(found[1])
	}
	if !death.Killed && death.Steps == 0 {
		t.Fatalf("the child neither died nor took a step:\n%s", output)
	}
	return death
}

// Heard gives what follows a word at the beginning of a line, the last time.
func (d Death) Heard(word string) (string, bool) {
	heard, found := "", false
	for line := range strings.Lines(d.Said) {
		if rest, ok := strings.CutPrefix(line, word+" "); ok {
			heard, found = strings.TrimSpace(rest), true
		}
	}
	return heard, found
}
