package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/control"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/depot"
	"clearwell/internal/doctor"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
	"clearwell/internal/watch"
	"clearwell/internal/watch/manifest"
)

// ward is an installation of which all checks from inside can be made content.
type ward struct {
	*cities
	*patient
	prober manifest.Key
}

// admit makes one that is well. What the kernel takes from this process cannot
// be taken in a test, so that the note of serving is the test's own.
func admit(t *testing.T) *ward {
	t.Helper()
	c := settle(t, "sqlite:"+dbtest.SQLiteFile(t))
	folder := t.TempDir()
	key, err := manifest.CreateKey(filepath.Join(folder, "prober"), "prober.example")
	c.must(err)
	w := &ward{c, &patient{clock: c.clk, release: c.release, process: Process{Err: io.Discard}, keys: c.keys, db: c.db, audit: c.audit, holds: c.holds, towns: c.towns, current: true}, key}
	w.cfg = c.Config
	w.cfg.Sandbox, w.cfg.Plain, w.cfg.Jail = nil, false, jailRequired
	w.cfg.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	w.cfg.Watch = map[id.City]Prober{}
	for _, p := range []*place{c.east, c.west} {
		c.must(c.holds.Lift(t.Context(), p.slug, p.hold, "it is over", "operator:ana"))
		w.cfg.Watch[p.slug] = Prober{Key: key.Public(), Beat: filepath.Join(folder, string(p.slug))}
		w.beat(p.slug, watch.Good)
		w.name(p, "security@shared.example")
	}
	w.cfg.Copy = &Copy{To: "depot.example:8440", Key: key.Public()}
	w.noteCopied(depot.Status{At: c.clk.Now(), Sizes: map[id.City]int64{"eastwell": 1}})
	_, err = c.settings.Take(t.Context(), w.cfg.protection(c.keys.audit.Verifier()), audit.System)
	c.must(err)
	w.seal()
	c.must(os.Chmod(w.cfg.Data, 0o700))
	c.must(os.Chmod(w.cfg.databaseFile(), 0o600))
	w.Backups = filepath.Join(folder, "backups")
	c.must(os.Mkdir(w.Backups, 0o700))
	c.must(os.WriteFile(filepath.Join(w.Backups, "last"), []byte("a backup"), 0o600))
	c.must(os.Chtimes(filepath.Join(w.Backups, "last"), w.clk.Now(), w.clk.Now()))
	w.serving(c.release)
	return w
}

func (w *ward) seal() {
	w.Helper()
	_, err := w.cities.audit.Seal(w.Context())
	w.must(err)
}

func (w *ward) beat(slug id.City, verdict watch.Verdict) {
	w.Helper()
	text, err := json.Marshal(watch.Beat{City: string(slug), At: w.clk.Now(), Verdict: verdict})
	w.must(err)
	signed, err := w.prober.Sign(string(text))
	w.must(err)
	w.must(os.WriteFile(w.cfg.Watch[slug].Beat, []byte(signed), 0o600))
}

// name gives a town an address for reports.
func (w *ward) name(p *place, address string) {
	w.Helper()
	text := strings.Replace(string(p.file()), "contact:\n", "contact:\n  security: "+address+"\n", 1)
	decideFile(w.T, w.works, text)
}

func (w *ward) serving(release string) {
	w.Helper()
	text, err := json.Marshal(serving{PID: os.Getpid(), Release: release, At: w.clk.Now(), Programs: true, Files: true, Ports: true})
	w.must(err)
	w.must(os.WriteFile(servingNote(w.cfg.Data), text, 0o600))
}

func (w *ward) state(name string) (doctor.State, string) {
	w.Helper()
	for _, check := range w.inside() {
		if check.Name == name {
			return check.Look(w.Context())
		}
	}
	w.Fatalf("there is no check %s", name)
	return "", ""
}

// stateOf signs a manifest for a release.
func (w *ward) stateOf(release string) {
	w.Helper()
	m := manifest.Manifest{Served: manifest.Served{Release: release}, City: "eastwell", Start: "https://x.example/"}
	for _, kind := range manifest.Kinds() {
		m.Pages = append(m.Pages, manifest.Page{Kind: kind, Language: "en", Path: "/", Facts: []manifest.Fact{{Subject: manifest.Header, Name: "X", Value: "y"}}})
	}
	var err error
	m.PageManifest, err = m.Digest()
	w.must(err)
	signed, err := m.Sign(w.prober)
	w.must(err)
	w.Manifest, w.Trust = filepath.Join(w.TempDir(), "manifest"), w.prober.Public()
	w.must(os.WriteFile(w.Manifest, []byte(signed), 0o600))
}

// deaf is a mail server that does not offer TLS.
type deaf struct{}

func (deaf) Send(_ context.Context, m notify.Mail) error {
	return fmt.Errorf("no STARTTLS for <%s>", m.To)
}

// mailFails has a receipt wait for a server that takes none.
func (w *ward) mailFails() {
	w.Helper()
	w.must(w.cities.db.Write(w.Context(), "eastwell", func(_ context.Context, tx *db.Tx) error {
		return notify.EnqueueTx(tx, notify.Message{Key: "receipt x", To: "ada@example.com", Language: locale.English, Content: notify.Receipt{Confirmation: "none", Brand: "Visa", LastFour: "4242"}})
	}))
	var log bytes.Buffer
	w.cities.outbox, w.cities.log = notify.New(w.cities.db, mail.Address{Address: "billing@shared.example"}, deaf{}, w.cities.words), logger(&log)
	w.must(w.cities.mailOut(w.Context()))
	if said := log.String(); !strings.Contains(said, "no STARTTLS for <[address]>") || strings.Contains(said, "ada@example.com") || strings.Contains(said, "withheld") {
		w.Errorf("the log says %q", said)
	}
	w.clk.Advance(leavesWithin)
	if _, saw := w.state("inside.mail"); !strings.Contains(saw, "no STARTTLS") {
		w.Errorf("the doctor saw %q", saw)
	}
}

// ailments are what each check from inside must find, with the state it must
// then be in. A check without one fails the test.
func ailments() map[string]func(*ward) doctor.State {
	return map[string]func(*ward) doctor.State{
		"inside.files": func(w *ward) doctor.State {
			w.must(os.Chmod(filepath.Join(w.cfg.Keys, keyOfAudit), 0o644))
			return doctor.Bad
		},
		"inside.schema": func(w *ward) doctor.State {
			other, err := db.Open(w.Context(), db.Config{URL: "sqlite:" + filepath.Join(w.TempDir(), "empty.db"), Clock: w.clk})
			w.must(err)
			w.Cleanup(func() { other.Close() })
			w.patient.db = other
			return doctor.Bad
		},
		"inside.serving":  func(w *ward) doctor.State { w.serving("another"); return doctor.Bad },
		"inside.jail":     func(w *ward) doctor.State { return doctor.Bad }, // this process is not confined, whatever its note says
		"inside.settings": func(w *ward) doctor.State { w.cfg.Plain = true; return doctor.Bad },
		"inside.copy":     func(w *ward) doctor.State { w.clk.Advance(2 * copiesWithin); return doctor.Bad },
		"inside.audit": func(w *ward) doctor.State {
			_, err := w.cities.db.Handle().SQL.ExecContext(w.Context(), "update audit_events set actor = 'somebody' where city_id = 'eastwell' and leaf_index = 1")
			w.must(err)
			return doctor.Bad
		},
		"inside.sealing": func(w *ward) doctor.State {
			w.name(w.east, "other@shared.example")
			w.clk.Advance(2 * sealsWithin)
			return doctor.Bad
		},
		"inside.holds": func(w *ward) doctor.State {
			_, err := w.cities.holds.Throw(w.Context(), "westwell", control.Hold{Kind: control.CardEntry, Reason: "a reason"}, "operator:ana")
			w.must(err)
			return doctor.Look
		},
		"inside.mail":    func(w *ward) doctor.State { w.mailFails(); return doctor.Bad },
		"inside.sandbox": func(w *ward) doctor.State { w.cfg.Sandbox = &Sandbox{}; return doctor.Bad },
		"inside.proxy":   func(w *ward) doctor.State { w.cfg.Proxies = nil; return doctor.Bad },
		"inside.disk":    func(w *ward) doctor.State { w.cfg.Data = "/proc"; return doctor.Bad },
		"inside.backup":  func(w *ward) doctor.State { w.clk.Advance(backsUpWithin + time.Minute); return doctor.Bad },
		"inside.prober":  func(w *ward) doctor.State { w.beat("westwell", watch.Changed); return doctor.Bad },
		"inside.manifest": func(w *ward) doctor.State {
			w.stateOf("another")
			return doctor.Bad
		},
		"inside.contact": func(w *ward) doctor.State {
			decideFile(w.T, w.works, string(w.east.file()))
			return doctor.Look
		},
	}
}

func TestEachInsideCheckFindsItsFault(t *testing.T) {
	for _, check := range (&patient{}).inside() {
		t.Run(check.Name, func(t *testing.T) {
			spoil, tried := ailments()[check.Name]
			if !tried {
				t.Fatal("nobody has tried to fail it")
			}
			w := admit(t)
			w.stateOf(w.cities.release)
			if state, saw := w.state(check.Name); state != doctor.Good && check.Name != "inside.jail" {
				t.Errorf("is %s where all is well: %s", state, saw)
			}
			want := spoil(w)
			if state, saw := w.state(check.Name); state != want {
				t.Errorf("is %s, want %s: %s", state, want, saw)
			}
		})
	}
}

// A database of another release is not asked, and what was not given is unseen.
func TestTheDoctorDoesNotGuess(t *testing.T) {
	w := admit(t)
	w.current, w.Backups = false, ""
	for _, name := range []string{"inside.audit", "inside.holds", "inside.prober", "inside.backup", "inside.manifest"} {
		if state, saw := w.state(name); state != doctor.Unseen {
			t.Errorf("%s is %s: %s", name, state, saw)
		}
	}
}

// The program as it is served is what the doctor asks for, but for what a proxy
// does: TLS, and cookies for it.
func TestTheDoctorIsContentWithThePortal(t *testing.T) {
	w := admit(t)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "127.0.0.1") {
			r.Host = w.east.host
		}
		w.cities.doors.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	outside := doctor.Outside{Client: doctor.Client(), Start: server.URL + "/", Release: w.cities.release, Clock: clock.System()}
	ours := map[string]doctor.State{"outside.tls": doctor.Bad, "outside.cookies": doctor.Bad, "outside.security_text": doctor.Bad} // plain, and at another host
	for _, f := range doctor.Run(t.Context(), time.Time{}, "", outside.Checks()).Findings {
		want := doctor.Good
		if other, known := ours[f.Check]; known {
			want = other
		}
		if f.State != want {
			t.Errorf("%s is %s, want %s: %s", f.Check, f.State, want, f.Saw)
		}
	}
}

// The evidence names every piece with its digest, says what is missing and who
// owes it, and is never written over.
func TestTheEvidenceIsWholeAndNamesWhatIsMissing(t *testing.T) {
	w := admit(t)
	w.Pack, w.Documents, w.Profile = filepath.Join(t.TempDir(), "pack"), t.TempDir(), "vendor"
	w.must(os.WriteFile(filepath.Join(w.Documents, "AOC-2026.pdf"), []byte("an attestation"), 0o600))
	report := doctor.Run(t.Context(), w.clk.Now(), w.cities.release, w.inside())
	w.must(w.pack(t.Context(), report))
	index, err := os.ReadFile(filepath.Join(w.Pack, "index.md"))
	w.must(err)
	files, err := os.ReadDir(w.Pack)
	w.must(err)
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(w.Pack, file.Name()))
		w.must(err)
		sum := sha256.Sum256(text)
		if line := "| " + file.Name() + " | " + hex.EncodeToString(sum[:]) + " |"; file.Name() != "index.md" && !strings.Contains(string(index), line) {
			t.Errorf("the index does not have %s with its digest", file.Name())
		}
	}
	for i := 1; i <= 9; i++ {
		if !strings.Contains(string(index), fmt.Sprintf("(%d", i)) {
			t.Errorf("nothing shows point %d", i)
		}
	}
	for _, want := range []string{"AOC-2026.pdf", "asv: from an approved scanning vendor", "plan: from the town"} {
		if !strings.Contains(string(index), want) {
			t.Errorf("the index lacks %q:\n%s", want, index)
		}
	}
	holding := map[string][]string{
		"script-inventory.csv": {"/assets/pay.", "places the processor's frame"},
		"data-flow.md":         {"GET /pay/{quote}", "POST /hooks/{processor}"},
		"responsibilities.csv": {`"1.2, 1.4",network rules; outgoing traffic denied but for what is configured,vendor`},
		"checkpoints.txt":      {"clearwell audit of eastwell", w.keysOf()},
		"log-retention.csv":    {"westwell,"}, "providers.csv": {"eastwell,sandbox"},
	}
	for name, wants := range holding {
		text, err := os.ReadFile(filepath.Join(w.Pack, name))
		w.must(err)
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
	}
	if err := w.pack(t.Context(), report); err == nil {
		t.Error("evidence is written over")
	}
}

func (w *ward) keysOf() string { return w.cities.keys.audit.Verifier() }

// Each script that ships has a reason for being there (PCI DSS 6.4.3).
func TestEveryScriptIsJustified(t *testing.T) {
	w := admit(t)
	sheet, err := w.scripts(t.Context(), doctor.Report{})
	w.must(err)
	lines := strings.Split(strings.TrimSpace(string(sheet.Text)), "\n")
	if slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, ",,release") }) || len(lines) < 5 {
		t.Errorf("the inventory is\n%s", sheet.Text)
	}
}
