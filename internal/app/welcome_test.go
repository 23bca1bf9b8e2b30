package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/locale"
	"clearwell/internal/processor/sandbox"
)

// The card that goes by the amount says "see below", so that there must be
// something below.
func TestTheDemoSaysWhatAmountsDo(t *testing.T) {
	catalogue, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := amounts(&out, catalogue.Printer(locale.English)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n  ."); n != len(sandbox.ScriptByAmount()) || !strings.Contains(out.String(), ".51   Declined: insufficient funds") {
		t.Errorf("%d endings are told:\n%s", n, out.String())
	}
	script := sandbox.Script()
	if script[len(script)-1].Does != sandbox.ByAmount {
		t.Error("it is not the last card")
	}
}

// Staff's commands had no configuration by which they found the demo's town.
func TestTheDemoWritesTheConfigurationOfItsTown(t *testing.T) {
	folder := t.TempDir()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	cfg := demoCommand{}.config(folder, listeners{portal: at, sandbox: at})
	for range 2 { // at each start
		if err := cfg.writeDemo(folder); err != nil {
			t.Fatal(err)
		}
	}
	read, err := readConfig(filepath.Join(folder, "clearwell.yaml"))
	if err != nil || read.Database.Reveal() != cfg.Database.Reveal() || read.Data != cfg.Data || read.Keys != cfg.Keys || read.Origin != cfg.Origin ||
		read.Listen != cfg.Listen || read.Mail != cfg.Mail || *read.Sandbox != *cfg.Sandbox {
		t.Errorf("staff's commands open %+v, %v; the demo serves %+v", read, err, cfg)
	}
}

// A folder in which a town lives is not the demo's to write in.
func TestTheDemoOverwritesNoInstallation(t *testing.T) {
	config := setUp(t, "")
	before, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Sandbox: &Sandbox{}}
	if err := cfg.writeDemo(filepath.Dir(config)); !errors.Is(err, errNotADemo) {
		t.Errorf("writing into an installation: %v", err)
	}
	if after, err := os.ReadFile(config); err != nil || string(after) != string(before) {
		t.Errorf("the installation's configuration was changed, %v", err)
	}
}

// A second demo on the same folder made the town a second time into the first.
func TestASecondDemoOnAFolderIsRefused(t *testing.T) {
	first := demoCommand{Data: filepath.Join(t.TempDir(), "town")}
	folder, leave, err := first.folder()
	if err != nil {
		t.Fatal(err)
	}
	if got := run(t, "demo", "--data", folder); got.status != statusFailed || !strings.Contains(got.err, errDemoRuns.Error()) {
		t.Errorf("a second demo: %+v", got)
	}
	leave()
	if _, again, err := first.folder(); err != nil {
		t.Errorf("when the first has ended: %v", err)
	} else {
		again()
	}
}

// The demo said nothing while it made the town, where no terminal was.
func TestTheDemoSaysThatItMakesTheTown(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	folder := t.TempDir()
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := listeners{portal: open, sandbox: open}
	cfg := demoCommand{}.config(folder, at)
	k, err := demoKeys(cfg.Keys)
	if err != nil {
		t.Fatal(err)
	}
	defer at.portal.Close()
	said := &untilSaid{text: "making Sampletown: 1 of ", stop: stop}
	_ = demoCommand{Seed: 1}.make(ctx, Process{Err: said}, cfg, k, slog.New(slog.DiscardHandler)) // it is stopped in the middle
	if !strings.HasPrefix(said.String(), "Making the town of Sampletown; this takes some seconds.\n") || !strings.Contains(said.String(), said.text) {
		t.Errorf("the demo said %q", said)
	}
}

// untilSaid stops what writes to it once it has said something.
type untilSaid struct {
	bytes.Buffer
	text string
	stop func()
}

func (u *untilSaid) Write(p []byte) (int, error) {
	n, err := u.Buffer.Write(p)
	if strings.Contains(u.String(), u.text) {
		u.stop()
	}
	return n, err
}
