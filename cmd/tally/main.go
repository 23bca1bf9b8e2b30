// Command tally reads the output of go test -json and says it in few words:
// one line for each package, everything that a failing test printed, and each
// reason for skipping with the number of tests it kept from running.
//
//	go test -json ./... | tally -counts FILE
//
// It writes "PASSED FAILED SKIPPED" to FILE and exits with 1 when anything
// failed. A test with subtests counts as those; a package that fails without a
// failing test (it does not compile, it ran out of time) counts as one failure.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	counts := flag.String("counts", os.DevNull, "file for the counts")
	flag.Parse()
	ok, err := run(os.Stdin, os.Stdout, *counts)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
	}
	if !ok || err != nil {
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, counts string) (ok bool, err error) {
	t := newTally(out)
	if err := t.read(in); err != nil {
		return false, err
	}
	passed, failed, skipped := t.count()
	t.printSkips()
	line := fmt.Sprintf("%d %d %d\n", passed, failed, skipped)
	return failed == 0, os.WriteFile(counts, []byte(line), 0o644)
}

// event is what go test -json prints, as documented by go doc test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Output     string
	Elapsed    float64 // seconds
}

// key names a test, or with an empty test its package.
type key struct{ pkg, test string }

type tally struct {
	out     io.Writer
	printed map[key]*strings.Builder // what has been printed by what has not passed
	results map[key]string           // pass, fail or skip
	parents map[key]bool             // tests that have subtests
	skips   map[string]int           // tests kept from running, by reason
}

func newTally(out io.Writer) *tally {
	return &tally{
		out:     out,
		printed: map[key]*strings.Builder{},
		results: map[key]string{},
		parents: map[key]bool{},
		skips:   map[string]int{},
	}
}

func (t *tally) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			t.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// line passes on what is not an event: somebody wanted it read.
func (t *tally) line(line string) {
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil || e.Action == "" {
		fmt.Fprint(t.out, line)
		return
	}
	t.event(e)
}

func (t *tally) event(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(t.out, e.Output)
	case "output":
		t.keep(k, e.Output)
	case "pass", "fail", "skip":
		t.results[k] = e.Action
		if e.Test == "" {
			t.endPackage(e)
			return
		}
		t.endTest(k, e.Action)
	}
}

func (t *tally) keep(k key, text string) {
	if t.printed[k] == nil {
		t.printed[k] = &strings.Builder{}
	}
	t.printed[k].WriteString(text)
}

func (t *tally) endTest(k key, result string) {
	if slash := strings.LastIndexByte(k.test, '/'); slash >= 0 {
		t.parents[key{k.pkg, k.test[:slash]}] = true
	}
	if result == "skip" && t.printed[k] != nil {
		t.skips[reason(t.printed[k].String())]++
	}
	if result != "fail" {
		delete(t.printed, k)
	}
}

func (t *tally) endPackage(e event) {
	if e.Action == "skip" { // no test files
		return
	}
	word := map[string]string{"pass": "ok  ", "fail": "FAIL"}[e.Action]
	fmt.Fprintf(t.out, "  %s %-48s %6.1f s\n", word, e.Package, e.Elapsed)
	if e.Action == "fail" {
		t.printFailures(e.Package)
	}
}

// printFailures prints the package's own words last: there stands a panic, or
// that time ran out.
func (t *tally) printFailures(pkg string) {
	keys := slices.SortedFunc(maps.Keys(t.printed), func(a, b key) int { return strings.Compare(b.test, a.test) })
	for _, k := range keys {
		if k.pkg == pkg {
			fmt.Fprint(t.out, t.printed[k])
		}
	}
}

var loggedAt = regexp.MustCompile(`(?m)^\s+\S+\.go:\d+: (.+)$`)

// reason is the last thing a skipped test logged.
func reason(printed string) string {
	logged := loggedAt.FindAllStringSubmatch(printed, -1)
	if logged == nil {
		return "no reason given"
	}
	return logged[len(logged)-1][1]
}

func (t *tally) printSkips() {
	for _, why := range slices.Sorted(maps.Keys(t.skips)) {
		fmt.Fprintf(t.out, "  skipped %d: %s\n", t.skips[why], why)
	}
}

func (t *tally) count() (passed, failed, skipped int) {
	number := map[string]int{}
	failing := map[string]bool{}
	for k, result := range t.results {
		if k.test == "" || t.parents[k] {
			continue
		}
		number[result]++
		failing[k.pkg] = failing[k.pkg] || result == "fail"
	}
	for k, result := range t.results {
		if k.test == "" && result == "fail" && !failing[k.pkg] {
			number["fail"]++
		}
	}
	return number["pass"], number["fail"], number["skip"]
}
