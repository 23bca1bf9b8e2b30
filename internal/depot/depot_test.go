package depot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/logbook"
)

const town id.City = "sampletown"

// pair is a machine that serves, and one that keeps.
type pair struct {
	*testing.T
	db       *db.DB
	clk      *clock.Manual
	log      *audit.Log
	key      audit.Key // of the sender
	keyFile  string    // of the receiver
	verifier string
	folder   string
	receiver *Receiver
	sender   *Sender
	lines    *Buffer
	said     bytes.Buffer
	status   Status
	stop     func()

	mu     sync.Mutex
	alarms []Alarm
}

func eachPair(t *testing.T, test func(*pair)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		p := &pair{T: t, db: d, clk: clk, folder: filepath.Join(t.TempDir(), "depot"), keyFile: filepath.Join(t.TempDir(), "key"), lines: &Buffer{}}
		var err error
		p.key, _, err = audit.NewKey("portal.example")
		p.must(err)
		own, err := audit.CreateKey(p.keyFile, "depot.example")
		p.must(err)
		p.verifier, p.log = own.Verifier(), audit.New(d, p.key)
		p.send(p.open(), "run1")
		test(p)
	})
}

func (p *pair) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// open starts the receiver, and gives its address.
func (p *pair) open() string {
	p.Helper()
	var err error
	p.receiver, err = NewReceiver(ReceiverConfig{
		Folder: p.folder, Keys: []string{p.key.Verifier()}, Silence: 2 * time.Minute, Clock: p.clk, Alarm: p.alarm,
	})
	p.must(err)
	ctx, cancel := context.WithCancel(p.Context())
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- p.receiver.Serve(ctx, "127.0.0.1:0", p.keyFile, func(address string) { at <- address })
	}()
	p.stop = sync.OnceFunc(func() {
		p.sender.client.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			p.Errorf("serving: %v", err)
		}
	})
	p.Cleanup(p.stop)
	return <-at
}

func (p *pair) alarm(a Alarm) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alarms = append(p.alarms, a)
}

// raised gives the kinds of alarms since it was last asked.
func (p *pair) raised() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var kinds []string
	for _, a := range p.alarms {
		kinds = append(kinds, string(a.Kind)+" "+a.Who)
	}
	p.alarms = nil
	slices.Sort(kinds)
	return strings.Join(kinds, ", ")
}

// send makes the sender of a run.
func (p *pair) send(to, run string) {
	p.Helper()
	var err error
	p.sender, err = NewSender(Config{
		To: to, Key: p.verifier, Node: "node1", Run: run, Signer: p.key.Signer(), Lines: p.lines, Log: p.log, Clock: p.clk,
		Cities: func() []id.City { return []id.City{town, id.Everyone} }, Say: logbook.New(&p.said), Note: func(s Status) { p.status = s },
	})
	p.must(err)
}

func (p *pair) record(d *db.DB, city id.City, n int) {
	p.Helper()
	for range n {
		p.must(d.Write(p.Context(), city, func(_ context.Context, tx *db.Tx) error {
			audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "tick"})
			return nil
		}))
	}
	_, err := audit.New(d, p.key).Seal(p.Context())
	p.must(err)
}

func (p *pair) turn() {
	p.Helper()
	p.clk.Advance(Every)
	p.sender.Turn(p.Context())
}

func (p *pair) file(pattern string) string {
	p.Helper()
	found, err := filepath.Glob(filepath.Join(p.folder, pattern))
	p.must(err)
	var all strings.Builder
	for _, name := range found {
		text, err := os.ReadFile(name)
		p.must(err)
		all.Write(text)
	}
	return all.String()
}

// sizes are the rows of each copy, proved anew from the files.
func (p *pair) sizes() string {
	p.Helper()
	mirrors, err := Read(p.folder, []string{p.key.Verifier()})
	p.must(err)
	return fmt.Sprintf("%d of the town, %d of everyone", sizeOf(mirrors[town]), sizeOf(mirrors[id.Everyone]))
}

func sizeOf(m *audit.Mirror) int64 {
	if m == nil {
		return 0
	}
	return m.Size()
}

func TestLogsAreCopied(t *testing.T) {
	eachPair(t, func(p *pair) {
		p.record(p.db, town, 3)
		p.record(p.db, id.Everyone, 2)
		fmt.Fprintf(p.lines, "one\ntwo\nthr")
		p.turn()
		fmt.Fprintf(p.lines, "ee\n")
		p.record(p.db, town, rowsAtOnce+7)
		p.turn()
		p.turn() // a sign of life
		if got := p.file("log-node1-*"); got != "one\ntwo\nthree\n" {
			t.Errorf("the copy of the log is %q", got)
		}
		if got := p.sizes(); got != fmt.Sprintf("%d of the town, 2 of everyone", rowsAtOnce+10) {
			t.Errorf("copied are %s", got)
		}
		if got := p.raised(); got != "" || p.said.Len() > 0 || p.status.At != p.clk.Now() {
			t.Errorf("alarms %s, said %s, status %+v", got, &p.said, p.status)
		}
		p.send(p.sender.To, "run2") // the program was started again
		p.lines = &Buffer{}
		p.sender.Lines = p.lines
		fmt.Fprintf(p.lines, "one of another run\n")
		p.turn()
		if got := p.file("log-node1-*"); !strings.HasSuffix(got, "three\none of another run\n") || p.raised() != "" {
			t.Errorf("the copy of the log is %q", got)
		}
	})
}

// Whoever owns the host, its database and its key signs another history: shorter,
// as long, or longer. The copy stays as it was, and somebody hears of it.
func TestARewrittenLogIsRefusedByTheCopy(t *testing.T) {
	for name, rows := range map[string]int{"cut off": 2, "as long": 4, "longer": 6, "gone": 0} {
		t.Run(name, func(t *testing.T) {
			eachPair(t, func(p *pair) {
				p.record(p.db, town, 4)
				p.turn()
				before := p.file("audit-*")
				other := dbtest.SQLite(t, p.clk)
				p.record(other, town, rows)
				p.sender.Log = audit.New(other, p.key)
				p.turn()
				p.turn()
				if got := p.raised(); got != "rewritten sampletown" {
					t.Errorf("alarms: %s", got)
				}
				if p.file("audit-*") != before || p.sizes() != "4 of the town, 0 of everyone" {
					t.Errorf("the copy is now %s", p.sizes())
				}
				if !strings.Contains(p.said.String(), "alarm=copy_refused city=sampletown") {
					t.Errorf("the host says %s", &p.said)
				}
			})
		})
	}
}

func TestASilentMachineIsAnAlarm(t *testing.T) {
	eachPair(t, func(p *pair) {
		p.turn()
		p.clk.Advance(p.receiver.Silence)
		p.receiver.Listen()
		if got := p.raised(); got != "" {
			t.Errorf("too early: %s", got)
		}
		p.clk.Advance(time.Second)
		p.receiver.Listen()
		p.receiver.Listen()
		if got := p.raised(); got != "silent everybody" {
			t.Errorf("after two minutes: %s", got)
		}
		p.clk.Advance(strays)
		p.receiver.Listen()
		if got := p.raised(); got != "silent portal.example/node1" {
			t.Errorf("after more: %s", got)
		}
		p.turn() // it is heard again
		p.must(p.sender.turn(t.Context(), true))
		p.clk.Advance(p.receiver.Silence + time.Second)
		p.receiver.Listen() // a stopped program is silence too: whoever stops it may not say that it is meant
		p.clk.Advance(strays)
		p.receiver.Listen()
		if got := p.raised(); got != "silent everybody" {
			t.Errorf("after a goodbye: %s", got)
		}
	})
}

// While the receiver cannot be reached lines wait; what does not fit is counted, and
// both ends say so.
func TestAnOutageIsBufferedAndSaid(t *testing.T) {
	eachPair(t, func(p *pair) {
		fmt.Fprintln(p.lines, "before")
		p.turn()
		p.stop()
		long := strings.Repeat("x", mostBytes/4)
		for n := range 6 {
			fmt.Fprintf(p.lines, "%d %s\n", n, long)
		}
		p.record(p.db, town, 3)
		p.turn()
		p.turn()
		if got := strings.Count(p.said.String(), "alarm=copy_missing"); got != 1 {
			t.Errorf("the outage is said %d times: %s", got, &p.said)
		}
		p.clk.Advance(repeats)
		p.turn()
		if got := strings.Count(p.said.String(), "alarm=copy_missing"); got != 2 {
			t.Errorf("later it is said %d times", got)
		}
		if p.lines.Lost() != 3 || p.status.Lost != 3 || p.lines.size > mostBytes {
			t.Errorf("lost are %d lines, kept %d bytes", p.lines.Lost(), p.lines.size)
		}
		to := p.open()
		p.sender.To = to
		p.turn()
		if !strings.Contains(p.said.String(), `msg="the logs are copied again" lost=3`) {
			t.Errorf("its end is not said: %.2000s", &p.said)
		}
		if got := p.file("log-node1-*"); !strings.HasPrefix(got, "before\n3 xxx") || strings.Count(got, "\n") != 4 {
			t.Errorf("the copy begins %.40q and has %d lines", got, strings.Count(got, "\n"))
		}
		if got := p.sizes(); got != "3 of the town, 0 of everyone" {
			t.Errorf("copied are %s", got)
		}
	})
}

// The receiver says when lines are missing that it should have had.
func TestMissingLinesAreSaid(t *testing.T) {
	eachPair(t, func(p *pair) {
		fmt.Fprintln(p.lines, "first")
		p.turn()
		fmt.Fprintln(p.lines, "second, which somebody takes away")
		p.lines.acknowledge(3)
		fmt.Fprintln(p.lines, "third")
		p.turn()
		if got := p.raised(); got != "lines_missing node1" {
			t.Errorf("alarms: %s", got)
		}
		if got := p.file("log-node1-*"); got != "first\n-- 1 lines never came --\nthird\n" {
			t.Errorf("the copy is %q", got)
		}
	})
}

func TestStrangersAreNotHeard(t *testing.T) {
	eachPair(t, func(p *pair) {
		p.turn()
		good := Message{Node: "node1", Run: "run1", At: p.clk.Now(), Number: 99, First: 1, Lines: []string{"a line"}}
		thief, _, err := audit.NewKey("portal.example")
		p.must(err)
		takes := func(what string, raw []byte, want error) {
			t.Helper()
			if _, err := p.receiver.Take(raw); err != want {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
		sealed := func(m Message) []byte {
			raw, err := seal(m, p.key.Signer())
			p.must(err)
			return raw
		}
		forged, err := seal(good, thief.Signer())
		p.must(err)
		takes("another's signature", forged, errSignature)
		takes("changed on the way", bytes.Replace(sealed(good), []byte("a line"), []byte("b line"), 1), errSignature)
		takes("none of ours", []byte("hello"), errShape)
		for _, change := range []func(*Message){
			func(m *Message) { m.Node = "../../etc/x" }, func(m *Message) { m.Lines = []string{"two\nlines"} },
			func(m *Message) { m.Slices = []audit.Slice{{City: "../x"}} }, func(m *Message) { m.First = 0 }, func(m *Message) { m.Newest = map[id.City]string{"/": ""} },
		} {
			m := good
			change(&m)
			takes(fmt.Sprintf("%+v", m), sealed(m), errShape)
		}
		takes("the first time", sealed(good), nil)
		takes("a second time", sealed(good), errReplayed)
		old := good
		old.Run, old.At = "run0", p.clk.Now().Add(-time.Hour)
		takes("a run from before", sealed(old), errReplayed)

		other, err := audit.CreateKey(filepath.Join(t.TempDir(), "key"), "depot.example")
		p.must(err)
		p.verifier = other.Verifier()
		p.send(p.sender.To, "run2")
		p.turn()
		if !strings.Contains(p.said.String(), errStranger.Error()) {
			t.Errorf("whoever answers is believed: %s", &p.said)
		}
	})
}

// A clock that is set back, so that lines look older, is told.
func TestAStrangeClockIsSaid(t *testing.T) {
	eachPair(t, func(p *pair) {
		p.turn()
		p.sender.Clock = clock.NewManual(p.clk.Now().Add(-time.Hour))
		p.sender.Turn(t.Context())
		p.sender.Turn(t.Context())
		if got := p.raised(); got != "clock_strays node1" {
			t.Errorf("alarms: %s", got)
		}
	})
}

// The copy itself is proved each time it is opened. A line that was cut off while it
// was written is no damage.
func TestAChangedCopyIsNotOpened(t *testing.T) {
	eachPair(t, func(p *pair) {
		p.record(p.db, town, 2)
		p.turn()
		p.record(p.db, town, 2)
		p.turn()
		p.stop()
		path := filepath.Join(p.folder, fileOf(town))
		whole, err := os.ReadFile(path)
		p.must(err)
		opens := func(text string) error {
			t.Helper()
			p.must(os.WriteFile(path, []byte(text), 0o600))
			_, err := NewReceiver(p.receiver.ReceiverConfig)
			return err
		}
		lines := strings.SplitAfter(string(whole), "\n")
		for what, text := range map[string]string{
			"an edited row": strings.Replace(string(whole), `"actor":"system"`, `"actor":"nobody"`, 1), "a line less": lines[1], "turned round": lines[1] + lines[0],
		} {
			if err := opens(text); err == nil {
				t.Errorf("%s: opened", what)
			}
		}
		if err := opens(lines[0] + lines[1][:20]); err != nil {
			t.Errorf("a line that was cut off: %v", err)
		}
		p.sender.To = p.open()
		p.turn()
		if got := p.sizes(); got != "4 of the town, 0 of everyone" {
			t.Errorf("then copied are %s", got)
		}
	})
}

// A message survives its road as it is.
func TestMessagesSurviveTheirRoad(t *testing.T) {
	m := Message{Node: "n", Run: "r", At: time.Unix(1, 0).UTC(), Number: 1, First: 1, Lines: []string{"é <b>\t\"x\""}}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back Message
	if err := json.Unmarshal(raw, &back); err != nil || back.Lines[0] != m.Lines[0] || !back.sound() {
		t.Errorf("%+v, %v", back, err)
	}
}
