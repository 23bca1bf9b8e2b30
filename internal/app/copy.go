package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/depot"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/watch"
)

// Copy is where the log and the audit log are handed over to, as they are written.
type Copy struct {
	To  string `yaml:"to"`  // host and port of "clearwell audit receive"
	Key string `yaml:"key"` // its public key
}

// copied is what is lost to nobody who reads it: the doctor looks here how the copy
// stands.
func copiedNote(data string) string { return filepath.Join(data, "copied.json") }

// copying makes what hands the logs over, if there is somewhere to.
func (w *works) copying() (*depot.Sender, error) {
	if w.Copy == nil {
		return nil, nil
	}
	machine, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("finding the name of this machine: %w", err)
	}
	return depot.NewSender(depot.Config{
		To: w.Copy.To, Key: w.Copy.Key, Node: machine, Run: w.node, Signer: w.keys.audit.Signer(), Lines: w.lines, Log: w.audit,
		Cities: w.everyCity, Clock: w.clock, Say: w.log, Note: w.noteCopied,
	})
}

// everyCity lists whose audit logs there are.
func (w *works) everyCity() []id.City {
	all := []id.City{id.Everyone}
	for _, town := range w.towns.All() {
		all = append(all, town.City)
	}
	return all
}

func (w *works) noteCopied(s depot.Status) {
	text, err := json.Marshal(s)
	if err == nil {
		err = os.WriteFile(copiedNote(w.Data), text, 0o600)
	}
	if err != nil {
		w.log.Warn("leaving word of the copy", "err", err.Error())
	}
}

// receiveAudit keeps the logs of other machines.
type receiveAudit struct {
	Key     string        `default:"depot.key" placeholder:"FILE" help:"The key file of this receiver (depot.key)."`
	MakeKey string        `placeholder:"NAME" help:"Make the key file first, with this name. What exists is not overwritten."`
	Folder  string        `default:"depot" placeholder:"FOLDER" help:"Where to keep what is received (depot)."`
	Listen  string        `default:"0.0.0.0:8440" placeholder:"ADDRESS" help:"Where to take it (0.0.0.0:8440)."`
	From    []string      `placeholder:"KEY" help:"The public keys of those who may send, as clearwell audit key prints them."`
	Silence time.Duration `default:"2m" help:"After how long without a sign of life to raise an alarm (2m)."`
	Tell    string        `placeholder:"FILE" help:"Whom to tell of alarms: a file as clearwell watch has it, with mail, text or webhook."`
	Check   bool          `help:"Prove what was received, print how much there is, and end."`
}

// Run takes what comes until it is told to stop.
func (c receiveAudit) Run(ctx context.Context, p Process) error {
	if c.MakeKey != "" {
		return c.makeKey(p)
	}
	if c.Check {
		return c.check(p)
	}
	log := logger(p.Err)
	tell, err := c.teller(ctx, log)
	if err != nil {
		return err
	}
	receiver, err := depot.NewReceiver(depot.ReceiverConfig{Folder: c.Folder, Keys: c.From, Silence: c.Silence, Clock: clock.System(), Alarm: tell.raise})
	if err != nil {
		return err
	}
	err = receiver.Serve(ctx, c.Listen, c.Key, func(at string) { log.Info("receiving", "portal", at) })
	tell.sending.Wait()
	return err
}

func (c receiveAudit) makeKey(p Process) error {
	key, err := audit.CreateKey(c.Key, c.MakeKey)
	if err != nil {
		return fmt.Errorf("making the receiver's key: %w", err)
	}
	_, err = fmt.Fprintf(p.Out, "The receiver's key is in %s. In the configuration of the portal:\n\ncopy:\n  to: THIS-MACHINE:8440\n  key: %s\n", c.Key, key.Verifier())
	return err
}

// check proves each log anew.
func (c receiveAudit) check(p Process) error {
	mirrors, err := depot.Read(c.Folder, c.From)
	if err != nil {
		return err
	}
	for _, city := range slices.Sorted(maps.Keys(mirrors)) {
		m := mirrors[city]
		fmt.Fprintf(p.Out, "%s: %d events, proven up to %s, root %s\n", city, m.Size(), m.Newest().At.Format(time.RFC3339), m.Newest().Root)
	}
	if len(mirrors) == 0 {
		return errUnproven
	}
	return nil
}

// awakener tells of an alarm, in the log and by what the town has named.
type awakener struct {
	ctx     context.Context
	log     *slog.Logger
	words   *locale.Printer
	tellers []watch.Teller
	sending sync.WaitGroup
}

func (c receiveAudit) teller(ctx context.Context, log *slog.Logger) (*awakener, error) {
	a := &awakener{ctx: ctx, log: log}
	if c.Tell == "" {
		return a, nil
	}
	cfg, err := readTellConfig(c.Tell)
	if err != nil {
		return nil, err
	}
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	a.words, a.tellers = words.Printer(cfg.Language), cfg.tellers()
	return a, nil
}

// raise writes a line at once, and tells beside it: what is received goes on being
// kept.
func (a *awakener) raise(alarm depot.Alarm) {
	a.log.Warn("alarm", "alarm", "depot_"+string(alarm.Kind), "err", alarm.Who+": "+alarm.Why)
	if len(a.tellers) == 0 {
		return
	}
	a.sending.Go(func() {
		letter := a.letter(alarm)
		var errs []error
		for _, teller := range a.tellers {
			errs = append(errs, teller.Tell(a.ctx, watch.Report{City: alarm.Who}, letter))
		}
		if err := errors.Join(errs...); err != nil {
			a.log.Error("telling of an alarm", "err", err.Error())
		}
	})
}

func (a *awakener) letter(alarm depot.Alarm) watch.Letter {
	subject := a.words.T("depot.alarm."+string(alarm.Kind), "Who", alarm.Who)
	text := subject + "\n\n" + alarm.Why + "\n\n" + a.words.T("depot.alarm.next") + "\n"
	return watch.Letter{Subject: subject, Text: text, Short: subject}
}

// both writes to the buffer of the copy first: it never fails, and what stands on
// this machine's disk is the less sure of the two.
func both(lines *depot.Buffer, out io.Writer) io.Writer { return io.MultiWriter(lines, out) }
