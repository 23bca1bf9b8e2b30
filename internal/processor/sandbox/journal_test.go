package sandbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/money"
	"clearwell/internal/processor"
	"clearwell/internal/secret"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// journalOf is set in the process that TestKilledSandboxKnowsEveryCharge kills.
const journalOf = "CLEARWELL_SANDBOX_TEST_JOURNAL"

// TestKilledSandboxKnowsEveryCharge kills a process in the middle of charging:
// whatever it had answered must be in the journal, and what it had not heard of
// must not.
func TestKilledSandboxKnowsEveryCharge(t *testing.T) {
	if path := os.Getenv(journalOf); path != "" {
		chargeForEver(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	answered := killAfter(t, path, 200)
	record, err := ReadRecord(path)
	if err != nil {
		t.Fatal(err)
	}
	known := map[processor.Key]bool{}
	for _, charge := range record.Charges {
		known[charge.Key] = true
	}
	reopened := found(t, func(cfg *Config) { cfg.Journal = path })
	for _, key := range answered {
		got, err := reopened.lookup(processor.LookupRequest{Key: key, Merchant: merchant})
		if err != nil || got.Decision != processor.Approved || !known[key] {
			t.Errorf("%s was answered; Lookup = %v, %v; in the record: %v", key, got.Decision, err, known[key])
		}
	}
	if len(record.Charges) < len(answered) || len(record.Charges) > len(answered)+1000 {
		t.Errorf("%d charges recorded, %d answered", len(record.Charges), len(answered))
	}
}

// chargeForEver charges, and says after each answer which key it was for.
func chargeForEver(t *testing.T, path string) {
	s, err := New(Config{
		URL: "http://localhost", SecretKey: secret.New("sk_test"), Clock: clock.System(), Journal: path,
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		token, err := s.Tokenize(merchant, TestCard(cardNumber))
		if err != nil {
			t.Fatal(err)
		}
		key := processor.Key(fmt.Sprintf("att_%d", i))
		_, err = Direct(s).Charge(t.Context(), processor.ChargeRequest{
			Key: key, Merchant: merchant, Token: token, Amount: money.Cents(100),
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(os.Stdout, "answered", key)
	}
}

// killAfter runs this test in a process of its own, kills it after so many
// answers, and tells which were given.
func killAfter(t *testing.T, path string, answers int) []processor.Key {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKilledSandboxKnowsEveryCharge$")
	child.Env = append(os.Environ(), journalOf+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var given []processor.Key
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if key, ok := strings.CutPrefix(lines.Text(), "answered att_"); ok {
			given = append(given, processor.Key("att_"+key))
		}
		if len(given) == answers {
			_ = child.Process.Kill()
		}
	}
	if err := child.Wait(); err == nil || len(given) < answers {
		t.Fatalf("the process ended by itself after %d answers: %v", len(given), err)
	}
	return given
}

func TestTornLineIsForgottenAndOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	c := found(t, func(cfg *Config) { cfg.Journal = path })
	c.token(t, cardNumber)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(bytes.Clone(whole), `{"at":"`+strings.Repeat("2026", 1000)...), 0o600); err != nil {
		t.Fatal(err)
	}
	again := found(t, func(cfg *Config) { cfg.Journal = path })
	again.token(t, cardNumber)
	if _, err := ReadRecord(path); err != nil {
		t.Errorf("after a torn line was overwritten: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || !bytes.HasSuffix(text, []byte("}\n")) || len(again.book.fresh) != 2 {
		t.Errorf("the torn line is still there: %q, %v", text, err)
	}
}

// TestFullDiskLeavesNoHalfLine lets the file grow by half a line and no more,
// as a full disk would.
func TestFullDiskLeavesNoHalfLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	c := found(t, func(cfg *Config) { cfg.Journal = path })
	c.token(t, cardNumber)
	grown := growBy(t, path, 50)
	if _, err := c.Tokenize(merchant, TestCard(cardNumber)); err == nil {
		t.Error("a token was given that could not be recorded")
	}
	grown()
	c.token(t, cardNumber)
	if again := found(t, func(cfg *Config) { cfg.Journal = path }); len(again.book.fresh) != 2 {
		t.Errorf("%d tokens after the full disk, want 2", len(again.book.fresh))
	}
}

// growBy limits every file of the process to the size of one and some bytes
// more, until the returned function is called.
func growBy(t *testing.T, path string, more int64) func() {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // the write fails instead of the process
	limit := syscall.Rlimit{Cur: uint64(info.Size() + more), Max: before.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	return func() {
		signal.Reset(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedJournalIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	for _, text := range []string{"{}\n", "not JSON\n", `{"at":"2026-11-24T00:00:00Z","decided":{"reference":"ch_1"}}` + "\n", `{"gift":1}` + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadRecord(path); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("ReadRecord of %q: %v, want one that names line 1", text, err)
		}
	}
}

func TestClosedSandboxTakesNothing(t *testing.T) {
	c := found(t, func(cfg *Config) { cfg.Journal = filepath.Join(t.TempDir(), "journal.jsonl") })
	req := processor.ChargeRequest{Key: "a", Merchant: merchant, Token: c.token(t, cardNumber), Amount: money.Cents(100)}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := Direct(c.Server).Charge(t.Context(), req)
	if err == nil || processor.NothingMoved(err) || got.Decision != processor.Unknown {
		t.Errorf("Charge = %v, %v; want doubt", got.Decision, err)
	}
	if _, err := c.lookup(processor.LookupRequest{Key: "a", Merchant: merchant}); !errors.Is(err, processor.ErrNeverSeen) {
		t.Errorf("Lookup: %v; what could not be recorded must not have happened", err)
	}
}

// TestReopenedBookIsTheSame does anything in any order, and opens the journal
// again: the record, the payouts and what is still to be told must be the same.
func TestReopenedBookIsTheSame(t *testing.T) {
	folder := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		path := filepath.Join(folder, fmt.Sprintf("%d.jsonl", runs))
		clk := clock.NewManual(time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC))
		cfg := Config{
			URL: "http://localhost", SecretKey: secret.New("sk_test"), Clock: clk, Journal: path,
			NoticeURL: "http://localhost/notices", NoticeSecret: secret.New("ns_test"),
		}
		live := &actor{open(rt, cfg), clk, nil, 0}
		rt.Repeat(map[string]func(*rapid.T){
			"charge": live.charge, "send": live.send, "refund": live.refund, "wait": live.wait, "cancel": live.cancel,
		})
		again := open(rt, cfg)
		cents := cmp.Comparer(func(a, b money.Amount) bool { return a == b })
		if diff := cmp.Diff(live.snapshot(rt, live.Server), live.snapshot(rt, again), cents); diff != "" {
			rt.Errorf("the reopened book differs (-live +again):\n%s", diff)
		}
		_, _ = live.Close(), again.Close()
	})
}

func open(t *rapid.T, cfg Config) *Server {
	catalogue, err := words()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Catalogue = catalogue
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// actor does things to a sandbox.
type actor struct {
	*Server
	clk     *clock.Manual
	charges []chargeMade
	keys    int
}

func (a *actor) key() processor.Key {
	a.keys++
	return processor.Key(fmt.Sprintf("att_%d", a.keys))
}

func (a *actor) charge(t *rapid.T) {
	card := rapid.SampledFrom(Script()).Draw(t, "card")
	token, err := a.Tokenize(merchant, TestCard(card.Number))
	if err != nil {
		t.Fatal(err)
	}
	made, _, err := a.accept(processor.ChargeRequest{
		Key: a.key(), Merchant: merchant, Token: token, ReturnURL: "http://localhost/back",
		Amount: money.Cents(rapid.Int64Range(1, 100_000).Draw(t, "cents")),
	})
	if err != nil {
		t.Fatal(err)
	}
	a.charges = append(a.charges, made)
}

func (a *actor) send(t *rapid.T) {
	_, err := a.Server.send(processor.SendRequest{
		Key: a.key(), Merchant: merchant, Amount: money.Cents(100), Expires: a.clk.Now().Add(time.Hour),
		ReturnURL: "http://localhost/back", CancelURL: "http://localhost/back",
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (a *actor) cancel(t *rapid.T) {
	for _, c := range a.book.order {
		if err := a.cancelVisit(*c); err != nil {
			t.Fatal(err)
		}
	}
}

func (a *actor) refund(t *rapid.T) {
	if len(a.charges) == 0 {
		return
	}
	_, err := a.Server.refund(processor.RefundRequest{
		Key: a.key(), Merchant: merchant, Amount: money.Cents(rapid.Int64Range(1, 100_000).Draw(t, "cents")),
		Reference: rapid.SampledFrom(a.charges).Draw(t, "charge").Reference,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (a *actor) wait(t *rapid.T) {
	a.clk.Advance(time.Duration(rapid.Int64Range(1, 80).Draw(t, "hours")) * time.Hour)
}

// snapshot is what may not differ between a book and the same book reopened.
type snapshot struct {
	Record  Record
	Lines   []processor.SettlementLine
	Waiting map[string]time.Time
}

func (a *actor) snapshot(t *rapid.T, s *Server) snapshot {
	record, err := s.Record()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := s.settlements(merchant, time.Time{}, a.clk.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[string]time.Time{}
	for id, n := range s.book.waiting {
		waiting[id] = n.At
	}
	return snapshot{record, lines, waiting}
}
