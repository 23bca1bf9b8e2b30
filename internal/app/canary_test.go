package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/chromedp/chromedp"
	"github.com/jackc/pgx/v5"

	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
	"clearwell/internal/cis"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/db/dbtest/cluster"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/secret"
	"clearwell/internal/web/hook"
	"clearwell/internal/web/webtest"
)

// TestCardIsNowhereAfterAPayment pays with a card in a real browser, and then
// searches for its digits in everything of the portal's:
//
//   - its memory, while it still shows the receipt: all that is mapped for
//     writing, and a core dump where gdb is installed;
//   - the SQLite file, its write-ahead log and a backup; or the PostgreSQL
//     cluster's whole data folder after a checkpoint (heap, indexes, write-ahead
//     log, temporary files), and a pg_dump;
//   - what it printed and logged; its data folder; its mail; the posting file;
//     the export of its audit log.
//
// The portal, the processor and the browser are three processes, and the portal
// alone is searched. In each of these artefacts another number was planted, and
// the test fails when the hunt does not find that one: silence about the card
// means something only where the planted one was heard.
//
// Not covered: what PostgreSQL logs, which depends on the operator's settings;
// the operating system's swap; files of the browser.
func TestCardIsNowhereAfterAPayment(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		h := pay(t, "")
		h.file("database", filepath.Join(h.folder, "clearwell.db"))
		h.files("data folder", h.folder)
	})
	t.Run("postgres", func(t *testing.T) {
		h := pay(t, dbtest.PostgresURL(t))
		h.files("data folder", h.folder)
		h.cluster()
		h.dump()
	})
}

// hunt is a search for a card that must be nowhere, and a planted number that
// must be found.
type hunt struct {
	*testing.T
	card, planted string
	folder        string
	database      string
	processor     string // its origin, once it listens
}

// drawn draws a card that the sandbox takes, and that stands nowhere yet: not
// in this program either.
func drawn() string {
	digits := "42424242" + fmt.Sprintf("%07d", rand.IntN(10_000_000))
	for check := range 10 {
		if whole := digits + strconv.Itoa(check); cardscan.Contains([]byte(whole)) {
			return whole
		}
	}
	return digits + "0"
}

// pay serves a town from a process of its own, pays there with a card, searches
// its memory and what it said, and ends it. It plants, and looks for, another
// number in each.
func pay(t *testing.T, database string) *hunt {
	h := huntIn(t, database)
	child, said, _ := h.payInBrowser()
	h.memory(child.Process.Pid)
	if database == "" { // once: it is large, and the memory is the same
		h.core(child.Process.Pid)
		h.file("write-ahead log", filepath.Join(h.folder, "clearwell.db-wal"))
	}
	h.end(child, said)
	h.search("what it printed and logged", []byte(said.String()))
	h.afterwards()
	return h
}

// huntIn draws the numbers; the database is SQLite in the hunt's folder unless
// one is named.
func huntIn(t *testing.T, database string) *hunt {
	folder := t.TempDir()
	return &hunt{T: t, card: drawn(), planted: drawn(), folder: folder, database: cmp.Or(database, "sqlite:"+filepath.Join(folder, "clearwell.db"))}
}

// payInBrowser starts the portal and the processor, and pays. It returns once
// the receipt is shown.
func (h *hunt) payInBrowser() (child *exec.Cmd, said *heard, home string) {
	tab := webtest.Open(h.T)
	company, origin := h.company()
	h.processor = origin
	child, said = h.portal(origin)
	home = said.await(h.T, `portal (\S+)`)
	company.Store(h.sandbox(origin, home))
	d := &demoTown{t: h.T, tab: tab, folder: h.folder, home: home + "/sampletown/", out: &heard{}}
	io.WriteString(d.out, "004217-001  12  $83.10\n")
	tab.Size(1040, 900)
	d.toCard(0)
	d.typeCard(h.card)
	d.tab.Do(chromedp.Click("main form button[type=submit]"))
	d.tab.Await(`location.pathname.includes("/pay/done/")`)
	d.says(h.card[12:])
	return child, said, home
}

// end tells the portal to stop, and waits for it.
func (h *hunt) end(child *exec.Cmd, said *heard) {
	h.Helper()
	h.must(child.Process.Signal(syscall.SIGTERM))
	if err := child.Wait(); err != nil {
		h.Errorf("the portal ended with %v:\n%s", err, said)
	}
}

// company listens as the processor, which is made once the portal's address is
// known.
func (h *hunt) company() (*atomic.Pointer[sandbox.Server], string) {
	var company atomic.Pointer[sandbox.Server]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { company.Load().Handler().ServeHTTP(w, r) }))
	h.Cleanup(server.Close)
	return &company, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

func (h *hunt) sandbox(origin, portal string) *sandbox.Server {
	company, err := sandbox.New(sandbox.Config{
		URL: origin, Clock: clock.System(), SecretKey: secret.New(sandboxKey), NoticeSecret: secret.New(noticeSecret), NoticeURL: portal + hook.Prefix + "sandbox",
	})
	h.must(err)
	go company.Run(h.Context())
	return company
}

const sandboxKey, noticeSecret = "a key of the sandbox", "a secret of the sandbox"

func (h *hunt) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// portal starts the child that serves.
func (h *hunt) portal(processor string) (*exec.Cmd, *heard) {
	said := &heard{}
	child := exec.CommandContext(h.Context(), os.Args[0], "-test.run=^TestHelperServesPortal$")
	child.Env = append(os.Environ(), "CLEARWELL_PORTAL="+h.folder, "CLEARWELL_DB="+h.database, "CLEARWELL_SANDBOX="+processor, "CLEARWELL_PLANTED="+h.planted)
	child.Stdout, child.Stderr = said, said
	h.must(child.Start())
	return child, said
}

// await waits until something was said.
func (h *heard) await(t *testing.T, form string) string {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for t.Context().Err() == nil {
		if found := regexp.MustCompile(form).FindStringSubmatch(h.String()); found != nil {
			return found[1]
		}
		if strings.Contains(h.String(), "FAIL") {
			t.Fatalf("the child ended:\n%s", h)
		}
		<-tick.C
	}
	return ""
}

// TestHelperServesPortal is the child of TestCardIsNowhereAfterAPayment: serve,
// with a processor that is elsewhere.
func TestHelperServesPortal(t *testing.T) {
	folder := os.Getenv("CLEARWELL_PORTAL")
	if folder == "" {
		t.Skip("runs as the child of TestCardIsNowhereAfterAPayment")
	}
	planted := []byte(strings.Clone(os.Getenv("CLEARWELL_PLANTED")))
	at, err := net.Listen("tcp", "127.0.0.1:0")
	m := &mortals{t: t, ctx: t.Context(), hand: clock.NewManual(clock.System().Now())}
	m.must(err)
	cfg := canaryConfig(folder, os.Getenv("CLEARWELL_DB"), at)
	k, err := demoKeys(cfg.Keys)
	m.must(err)
	m.works, err = open(m.ctx, cfg, k, clock.System(), logger(os.Stderr))
	m.must(err)
	m.must(m.callElsewhere(os.Getenv("CLEARWELL_SANDBOX")))
	m.must(m.found(m.ctx, city.ExampleName, city.Example()))
	m.bill()
	ctx, stop := signal.NotifyContext(m.ctx, syscall.SIGTERM)
	defer stop()
	m.must(m.plant(string(planted)))
	fmt.Printf("a planted number: %s\nportal %s\n", planted, cfg.Origin)
	m.must(m.works.serve(ctx, listeners{portal: at}))
	m.must(m.works.close())
	runtime.KeepAlive(planted)
}

// canaryConfig is the demo's without its sandbox.
func canaryConfig(folder, database string, at net.Listener) Config {
	cfg := demoCommand{}.config(folder, listeners{portal: at, sandbox: at})
	cfg.Database, cfg.Sandbox = secret.New(database), nil
	return cfg
}

// callElsewhere gives the works a sandbox in another process.
func (w *works) callElsewhere(origin string) error {
	client, err := sandbox.NewClient(sandbox.ClientConfig{
		URL: origin, SecretKey: secret.New(sandboxKey), NoticeSecrets: []secret.String{secret.New(noticeSecret)}, HTTP: outbound(),
	})
	if err != nil {
		return err
	}
	w.Sandbox = &Sandbox{Origin: origin}
	w.companies["sandbox"] = client
	w.notices.Notifiers = map[string]processor.Notifier{"sandbox": client}
	return nil
}

// plant writes a number into the database, past all that would refuse it.
func (w *works) plant(number string) error {
	made := w.db.Write(context.Background(), sampleCity, func(_ context.Context, tx *db.Tx) error {
		tx.Exec("create table planted (digits text not null)")
		return nil
	})
	return errors.Join(made, w.db.Write(context.Background(), sampleCity, func(_ context.Context, tx *db.Tx) error {
		tx.Exec("insert into planted (digits) values ($1)", number)
		return nil
	}))
}

// afterwards opens what the portal left, sends its mail, and writes the files
// that a town is given: the posting file of the day, and the audit log. The
// planted number goes into the mail and either file; the database has it already.
func (h *hunt) afterwards() {
	at, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	h.must(at.Close())
	cfg := canaryConfig(h.folder, h.database, at)
	k, err := readKeys(cfg.Keys)
	h.must(err)
	later := clock.NewManual(clock.System().Now().Add(72 * time.Hour)) // when the business date is over
	w, err := open(h.Context(), cfg, k, later, slog.New(slog.DiscardHandler))
	h.must(err)
	defer func() { h.must(w.close()) }()
	_, err = w.outbox.Deliver(h.Context())
	h.must(err)
	h.must(os.WriteFile(filepath.Join(cfg.Mail.Folder, "planted.eml"), []byte(h.planted), 0o600))
	h.files("mail", cfg.Mail.Folder)
	h.posting(w)
	h.audit(w)
	if w.db.Dialect() == db.SQLite {
		path := filepath.Join(h.TempDir(), "backup.db")
		h.must(w.db.Backup(h.Context(), path))
		h.file("backup", path)
	}
}

// posting writes the posting file of the payment's day.
func (h *hunt) posting(w *works) {
	town, err := w.towns.ByID(sampleCity)
	h.must(err)
	declared, err := layouts.Find(town.Posting.Layout)
	h.must(err)
	var file bytes.Buffer
	lines := int64(0)
	for back := range 3 {
		file.Reset()
		batch, err := w.exchange.Export(h.Context(), cis.ExportRequest{
			City: sampleCity, On: calendar.Of(w.clock.Now(), town.Zone).AddDays(-1 - back), Layout: declared, Zone: town.Zone,
			AcknowledgeWithin: town.Posting.AcknowledgeWithin, Actor: operator(),
		}, &file)
		if lines = int64(batch.Lines); err == nil && lines > 0 {
			break
		}
	}
	if lines != 1 {
		h.Errorf("the posting file has %d lines, not one for the payment", lines)
	}
	file.WriteString(h.planted)
	h.search("posting file", file.Bytes())
}

// audit exports the audit log, sealed.
func (h *hunt) audit(w *works) {
	_, err := w.audit.Seal(h.Context())
	h.must(err)
	var file bytes.Buffer
	h.must(w.audit.Export(h.Context(), sampleCity, &file))
	if !strings.Contains(file.String(), "payment.approve") {
		h.Error("the payment is not in the export of the audit log")
	}
	file.WriteString(h.planted)
	h.search("export of the audit log", file.Bytes())
}

// cluster searches all files of the PostgreSQL server.
func (h *hunt) cluster() {
	conn, err := pgx.Connect(h.Context(), dbtest.Superuser())
	h.must(err)
	defer conn.Close(h.Context())
	_, err = conn.Exec(h.Context(), "checkpoint")
	h.must(err)
	var folder string
	h.must(conn.QueryRow(h.Context(), "show data_directory").Scan(&folder))
	for _, part := range []string{"base", "pg_wal", ""} {
		h.files("PostgreSQL's data folder, "+part, filepath.Join(folder, part))
	}
}

// dump searches a backup as PostgreSQL's own tool makes it.
func (h *hunt) dump() {
	binaries, err := cluster.Binaries()
	h.must(err)
	whole, err := url.Parse(dbtest.Superuser())
	h.must(err)
	ours, err := url.Parse(h.database)
	h.must(err)
	whole.Path = ours.Path
	dump, err := exec.CommandContext(h.Context(), filepath.Join(binaries, "pg_dump"), "--dbname="+whole.String()).Output()
	h.must(err)
	if !bytes.Contains(dump, []byte("payment.approve")) {
		h.Error("the payment is not in the dump")
	}
	h.search("pg_dump", dump)
}

// files searches a folder. The card is in none of its files, the planted number
// in one at the least.
func (h *hunt) files(kind, folder string) {
	h.Helper()
	found, bytes := false, 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return ignoreGone(err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return ignoreGone(err)
		}
		bytes += len(content)
		h.without(kind+": "+path, content)
		found = found || len(present(content, h.planted)) > 0
		return nil
	})
	h.must(err)
	h.heardPlanted(kind, found, bytes)
}

// ignoreGone forgives a running server that takes its files away.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (h *hunt) file(kind, path string) {
	h.Helper()
	content, err := os.ReadFile(path)
	h.must(err)
	h.search(kind, content)
}

// search searches one artefact.
func (h *hunt) search(kind string, content []byte) {
	h.Helper()
	h.without(kind, content)
	h.heardPlanted(kind, len(present(content, h.planted)) > 0, len(content))
}

func (h *hunt) without(kind string, content []byte) {
	h.Helper()
	if forms := present(content, h.card); len(forms) > 0 {
		h.Errorf("the card is in %s: %v", kind, forms)
	}
	if len(content) > thorough {
		return
	}
	for _, hit := range cardscan.Hunt(content, h.card) {
		h.Errorf("the card is in %s: %+v", kind, hit)
	}
}

// thorough is the most that is searched in every disguise, packed and encoded
// three deep; larger artefacts are searched in the disguises of disguised.
const thorough = 1 << 20

func (h *hunt) heardPlanted(kind string, found bool, bytes int) {
	h.Helper()
	h.Logf("searched %s, %d kB", kind, bytes>>10)
	if !found {
		h.Errorf("the planted number was not found in %s, and so the card might not have been", kind)
	}
}

// memory searches what a process has mapped to write to, and its stacks.
func (h *hunt) memory(process int) {
	h.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", process))
	if err != nil {
		h.Logf("memory is not searched: %v", err)
		return
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", process))
	h.must(err)
	defer memory.Close()
	found, bytes := false, 0
	for line := range strings.Lines(string(maps)) {
		var from, to uint64
		var rights string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &rights); err != nil || !strings.HasPrefix(rights, "rw") {
			continue
		}
		n, heard := h.pieces("the portal's memory", memory, int64(from), int64(to))
		bytes, found = bytes+n, found || heard
	}
	h.heardPlanted("memory", found, bytes)
}

// pieces searches what is too large to be read at once. What cannot be read was
// reserved and never touched.
func (h *hunt) pieces(kind string, r io.ReaderAt, from, to int64) (size int, found bool) {
	h.Helper()
	for at := from; at < to; at += piece {
		content := make([]byte, min(piece+overlap, to-at))
		n, _ := r.ReadAt(content, at)
		content = content[:n]
		size += n
		if forms := present(content, h.card); len(forms) > 0 {
			h.Errorf("the card is in %s at %#x: %v", kind, at, forms)
		}
		found = found || len(present(content, h.planted)) > 0
	}
	return size, found
}

// core searches a core dump, where there is a debugger to make one.
func (h *hunt) core(process int) {
	h.Helper()
	gcore, err := exec.LookPath("gcore")
	if err != nil {
		h.Log("no core dump is searched: there is no gcore (apt-get install gdb)")
		return
	}
	path := filepath.Join(h.TempDir(), "core")
	if said, err := exec.CommandContext(h.Context(), gcore, "-o", path, strconv.Itoa(process)).CombinedOutput(); err != nil {
		h.Logf("no core dump is searched: %v: %s", err, said)
		return
	}
	dump, err := os.Open(path + "." + strconv.Itoa(process))
	h.must(err)
	defer dump.Close()
	info, err := dump.Stat()
	h.must(err)
	size, found := h.pieces("a core dump", dump, 0, info.Size())
	h.heardPlanted("core dump", found, size)
}

// Memory is read in pieces that overlap by more than any disguise is long.
const (
	piece   = 1 << 20
	overlap = 256
)

// present names the disguises in which a number is in data.
func present(content []byte, number string) []string {
	var all []string
	for form, disguised := range disguised(number) {
		if bytes.Contains(content, disguised) {
			all = append(all, form)
		}
	}
	slices.Sort(all)
	return all
}

// disguised are the ways of writing a number that are searched for everywhere.
func disguised(number string) map[string][]byte {
	backwards := []byte(number)
	slices.Reverse(backwards)
	fours := func(between string) []byte {
		return []byte(number[:4] + between + number[4:8] + between + number[8:12] + between + number[12:])
	}
	var percents []byte
	for _, digit := range []byte(number) {
		percents = fmt.Appendf(percents, "%%%02X", digit)
	}
	wide := utf16.Encode([]rune(number))
	all := map[string][]byte{
		"plain": []byte(number), "reversed": backwards, "spaced": fours(" "), "dashed": fours("-"),
		"hex": []byte(hex.EncodeToString([]byte(number))), "hex, upper case": []byte(strings.ToUpper(hex.EncodeToString([]byte(number)))),
		"percent-encoded": percents,
	}
	for _, unit := range wide {
		all["UTF-16, little-endian"] = binary.LittleEndian.AppendUint16(all["UTF-16, little-endian"], unit)
		all["UTF-16, big-endian"] = binary.BigEndian.AppendUint16(all["UTF-16, big-endian"], unit)
	}
	for before := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + number + "xx"))
		begin, end := (before*8+5)/6, (before+len(number))*8/6 // symbols that hold bits of the number alone
		all[fmt.Sprintf("base64, %d", before)] = []byte(encoded[begin:end])
	}
	return all
}

// Each disguise is found where it was put, at every alignment.
func TestDisguisesAreFound(t *testing.T) {
	const card = "4242424271940365"
	for name, text := range map[string]string{
		"plain": card, "reversed": "5630491724242424", "spaced": "4242 4242 7194 0365", "dashed": "4242-4242-7194-0365",
		"hex": "34323432343234323731393430333635", "percent-encoded": "%34%32%34%32%34%32%34%32%37%31%39%34%30%33%36%35", "UTF-16, little-endian": "4\x002\x004\x002\x004\x002\x004\x002\x007\x001\x009\x004\x000\x003\x006\x005\x00",
		"UTF-16, big-endian": "\x004\x002\x004\x002\x004\x002\x004\x002\x007\x001\x009\x004\x000\x003\x006\x005",
		"base64, 0":          base64.StdEncoding.EncodeToString([]byte(card + "; paid")),
		"base64, 1":          base64.StdEncoding.EncodeToString([]byte("=" + card + "; paid")),
		"base64, 2":          base64.StdEncoding.EncodeToString([]byte("n=" + card + "; paid")),
	} {
		if found := present([]byte("before "+text+" after"), card); !slices.Contains(found, name) {
			t.Errorf("%s is not found, only %v", name, found)
		}
	}
	if found := present([]byte("4242424271940366 and 424242427194036"), card); len(found) > 0 {
		t.Errorf("found %v of another number", found)
	}
}
