package main

import (
	"fmt"
	"strings"
	"testing"
)

// events writes go test -json from lines of "action test", with package p.
func events(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		action, test, _ := strings.Cut(line, " ")
		fmt.Fprintf(&b, "{\"Action\":%q,\"Package\":\"p\",\"Test\":%q}\n", action, test)
	}
	return b.String()
}

func TestCount(t *testing.T) {
	for name, test := range map[string]struct {
		in   string
		want [3]int
	}{
		"a test with subtests counts as those": {events("pass A/sqlite", "skip A/postgres", "pass A", "pass B", "pass "), [3]int{2, 0, 1}},
		"a failing subtest counts once":        {events("fail A/x", "fail A", "fail "), [3]int{0, 1, 0}},
		"a package may fail by itself":         {events("pass A", "fail "), [3]int{1, 1, 0}},
		"so may a test whose subtests passed":  {events("pass A/x", "fail A", "fail "), [3]int{1, 1, 0}},
		"nothing ran":                          {"", [3]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			tally := newTally(new(strings.Builder))
			if err := tally.read(strings.NewReader(test.in)); err != nil {
				t.Fatal(err)
			}
			passed, failed, skipped := tally.count()
			if got := [3]int{passed, failed, skipped}; got != test.want {
				t.Errorf("count = %v, want %v", got, test.want)
			}
		})
	}
}

func TestPrintsFailuresAndReasonsOnly(t *testing.T) {
	var out strings.Builder
	in := `not an event
{"Action":"output","Package":"p","Test":"Good","Output":"quiet\n"}
{"Action":"pass","Package":"p","Test":"Good"}
{"Action":"output","Package":"p","Test":"Bad","Output":"    p_test.go:7: got 1 <nil>\n"}
{"Action":"fail","Package":"p","Test":"Bad"}
{"Action":"output","Package":"p","Test":"Away","Output":"    p_test.go:9: no browser\n"}
{"Action":"skip","Package":"p","Test":"Away"}
{"Action":"fail","Package":"p","Elapsed":1.25}
`
	ok, err := run(strings.NewReader(in), &out, "/dev/null")
	if ok || err != nil {
		t.Errorf("run = %v, %v; want false and no error", ok, err)
	}
	for _, want := range []string{"not an event", "FAIL p", "got 1 <nil>", "skipped 1: no browser"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "quiet") {
		t.Errorf("a passing test was heard:\n%s", out.String())
	}
}
