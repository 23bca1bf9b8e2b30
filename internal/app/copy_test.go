package app

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/depot"
	"clearwell/internal/secret"
)

// receiving runs a receiver until the test ends, and gives the lines for the
// configuration, its folder and what it says.
func (i *premises) receiving() (config, folder string, said *awaited) {
	i.Helper()
	folder = i.in("depot")
	made := run(i.T, "audit", "receive", "--key", i.in("depot.key"), "--make-key", "depot.example")
	key := regexp.MustCompile(`key: (\S+)`).FindStringSubmatch(made.out)
	audits := run(i.T, "audit", "key", "--config", i.config)
	if key == nil || audits.status != statusDone {
		i.Fatalf("making keys: %+v, %+v", made, audits)
	}
	came := make(chan string, 1)
	said = &awaited{form: regexp.MustCompile(`msg=receiving portal=(\S+)`), came: came}
	ctx, stop := context.WithCancel(i.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, Process{Args: []string{
			"audit", "receive", "--key", i.in("depot.key"), "--folder", folder, "--listen", "127.0.0.1:0", "--from", strings.TrimSpace(audits.out),
		}, Out: said, Err: said})
	}()
	i.Cleanup(func() {
		stop()
		if status := <-ended; status != statusDone {
			i.Errorf("the receiver ended with %d", status)
		}
	})
	select {
	case at := <-came:
		return "copy:\n  to: " + at + "\n  key: " + key[1] + "\n", folder, said
	case status := <-ended:
		i.Fatalf("the receiver ended with %d: %s", status, &said.text)
	}
	return "", "", nil
}

// What serve logs is on the other machine when it has ended, and one person does not
// take the copy away.
func TestServeHandsItsLogsOver(t *testing.T) {
	i := furnished(t)
	copying, folder, _ := i.receiving()
	i.change(i.config, "people:", copying+"people:")
	log := i.serve()
	found, err := filepath.Glob(filepath.Join(folder, "log-*.txt"))
	if err != nil || len(found) != 1 {
		t.Fatalf("copied logs: %v, %v", found, err)
	}
	kept, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"not confined", "serving", "applied a city file"} {
		if !strings.Contains(string(kept), want) || !strings.Contains(log, want) {
			t.Errorf("the copy lacks %q: %s", want, kept)
		}
	}
	i.change(i.config, copying, "")
	if log := i.serve(); !strings.Contains(log, "alarm=settings_held setting=copy") {
		t.Errorf("the copy was taken away by one: %s", log)
	}
}

// What is sealed is handed over, and proved there by command.
func TestSealedEventsAreHandedOver(t *testing.T) {
	each(t, func(c *cities) {
		i := &premises{T: t, folder: t.TempDir(), config: c.config}
		copying, folder, _ := i.receiving()
		parts := regexp.MustCompile(`to: (\S+)\n  key: (\S+)`).FindStringSubmatch(copying)
		c.Copy, c.lines = &Copy{To: parts[1], Key: parts[2]}, &depot.Buffer{}
		_, err := c.audit.Seal(t.Context())
		c.must(err)
		sender, err := c.copying()
		c.must(err)
		sender.Turn(t.Context())
		mirrors, err := depot.Read(folder, c.audit.Verifiers())
		c.must(err)
		for _, p := range []*place{c.east, c.west} {
			newest, err := c.audit.Newest(t.Context(), p.slug)
			c.must(err)
			if m := mirrors[p.slug]; m == nil || m.Size() == 0 || m.Compare(newest) != nil {
				t.Errorf("the copy of %s is %+v", p.slug, m)
			}
		}
		check := run(t, "audit", "receive", "--check", "--folder", folder, "--from", c.keys.audit.Verifier())
		if check.status != statusDone || !strings.Contains(check.out, "eastwell: ") || !strings.Contains(check.out, "events, proven up to") {
			t.Errorf("the check says %+v", check)
		}
		if text, err := os.ReadFile(copiedNote(c.Data)); err != nil || !strings.Contains(string(text), `"eastwell"`) {
			t.Errorf("serve leaves %s, %v", text, err)
		}
	})
}

// The jail lets the program call the receiver, and nobody else besides.
func TestTheReceiverMayBeCalled(t *testing.T) {
	w := &works{clock: clock.NewManual(time.Unix(0, 0)), towns: city.NewDirectory(nil, secret.NewKey())}
	w.Database = secret.New("sqlite:town.db")
	before, err := w.ports(listeners{})
	if err != nil {
		t.Fatal(err)
	}
	w.Copy = &Copy{To: net.JoinHostPort("depot.example", "8440"), Key: "k"}
	after, err := w.ports(listeners{})
	if err != nil || len(after) != len(before)+1 || !slices.Contains(after, 8440) {
		t.Errorf("ports are %v, before %v, %v", after, before, err)
	}
	w.Copy.To = "depot.example"
	if _, err := w.ports(listeners{}); err == nil {
		t.Error("a receiver without a port")
	}
}
