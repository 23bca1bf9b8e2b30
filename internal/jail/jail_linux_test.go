//go:build amd64 || arm64

package jail_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite"

	"clearwell/internal/jail"
)

// task is what the child is given.
type task struct {
	Inside, Outside, Read string // folders, each with a file named "file"
	Open, Shut            string // addresses that somebody listens on
}

// findings is what the child reports: the error of each attempt, by its name,
// before and after it was confined.
type findings struct {
	Before, After map[string]string
	Report        jail.Report
	Refusal       string
}

// attempts are what the child tries. Those named "no" must not work any more.
func attempts(given task) map[string]func() error {
	inside := func(name string) string { return filepath.Join(given.Inside, name) }
	outside := func(name string) string { return filepath.Join(given.Outside, name) }
	return map[string]func() error{
		"no program":                 func() error { return exec.Command("/bin/true").Run() },
		"no program from a folder":   func() error { return exec.Command(inside("program")).Run() },
		"no process":                 fork,
		"no reading outside":         func() error { _, err := os.ReadFile(outside("file")); return err },
		"yes reading what is read":   func() error { _, err := os.ReadFile(filepath.Join(given.Read, "file")); return err },
		"no writing what is read":    func() error { return os.WriteFile(filepath.Join(given.Read, "file"), []byte("mine"), 0o600) },
		"no making beside it":        func() error { return makeAndRemove(given.Read) },
		"no listing outside":         func() error { _, err := os.ReadDir(given.Outside); return err },
		"no writing outside":         func() error { return os.WriteFile(outside("file"), []byte("mine"), 0o600) },
		"no making outside":          func() error { return makeAndRemove(given.Outside) },
		"no truncating outside":      func() error { return os.Truncate(outside("file"), 0) },
		"no list of users":           func() error { _, err := os.ReadFile("/etc/passwd"); return err },
		"no memory":                  lookInto,
		"no memory by its file":      func() error { _, err := os.ReadFile("/proc/self/maps"); return err },
		"no hidden file":             memfd,
		"no ring":                    ring,
		"no wire":                    func() error { return socket(unix.AF_PACKET, unix.SOCK_RAW, 0) },
		"no other port":              func() error { return dial(given.Shut) },
		"no signal to the parent":    func() error { return unix.Kill(os.Getppid(), 0) },
		"yes a port":                 func() error { return dial(given.Open) },
		"yes reading inside":         func() error { _, err := os.ReadFile(inside("file")); return err },
		"yes writing inside":         func() error { return os.WriteFile(inside("file"), []byte("mine"), 0o600) },
		"yes making inside":          func() error { return makeAndRemove(given.Inside) },
		"yes a database inside":      func() error { return spill(inside("clearwell.db")) },
		"yes threads":                func() error { return threads(func() error { return nil }) },
		"no program from any thread": func() error { return threads(fork) },
		"yes names":                  func() error { _, err := net.DefaultResolver.LookupHost(context.Background(), "localhost"); return err },
		"yes time zones":             func() error { _, err := time.LoadLocation("America/Chicago"); return err },
		"no other listener":          listen,
	}
}

// roots asks for the certificates that others are known by. It is not asked
// before: they are read once.
func roots() error {
	pool, err := x509.SystemCertPool()
	if err == nil && pool.Equal(x509.NewCertPool()) {
		err = errors.New("there are none")
	}
	return err
}

func fork() error {
	child, _, number := unix.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if number != 0 {
		return number
	}
	if child == 0 {
		unix.RawSyscall(unix.SYS_EXIT, 0, 0, 0)
	}
	_, err := syscall.Wait4(int(child), nil, 0, nil)
	return err
}

func makeAndRemove(folder string) error {
	made := filepath.Join(folder, "made")
	return errors.Join(os.Mkdir(made, 0o700), os.WriteFile(made+"/a", nil, 0o600), os.Rename(made+"/a", made+"/b"), os.RemoveAll(made))
}

// lookInto reads a byte of this process as one reads another's.
func lookInto() error {
	from, to := []byte{1}, []byte{0}
	local, remote := unix.Iovec{Base: &to[0], Len: 1}, unix.RemoteIovec{Base: uintptr(unsafe.Pointer(&from[0])), Len: 1}
	_, err := unix.ProcessVMReadv(os.Getpid(), []unix.Iovec{local}, []unix.RemoteIovec{remote}, 0)
	return err
}

func memfd() error {
	fd, err := unix.MemfdCreate("hidden", 0)
	if err == nil {
		err = unix.Close(fd)
	}
	return err
}

// ring asks for a queue of calls that no filter sees. EFAULT is the answer of a
// kernel that has it.
func ring() error {
	_, _, number := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, 0, 0)
	if number == unix.EFAULT {
		return nil
	}
	return number
}

func socket(family, kind, protocol int) error {
	fd, err := unix.Socket(family, kind, protocol)
	if err == nil {
		err = unix.Close(fd)
	}
	return err
}

func dial(address string) error {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		err = conn.Close()
	}
	return err
}

func listen() error {
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = at.Close()
	}
	return err
}

// spill has SQLite write more than it keeps in memory, into its write-ahead log
// and into temporary files.
func spill(path string) error {
	opened, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=cache_size(10)&_pragma=temp_store(1)")
	if err != nil {
		return err
	}
	defer opened.Close()
	opened.SetMaxOpenConns(1)
	for _, statement := range []string{
		"create table if not exists kept (n integer, t text)",
		"with recursive count (n) as (select 1 union all select n + 1 from count where n < 20000) insert into kept select n, hex(randomblob(100)) from count",
		"create temp table sorted as select * from kept order by t",
		"drop table sorted",
	} {
		if _, err := opened.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// threads does something on each of several new ones, and gives an error only
// when none could.
func threads(do func() error) error {
	const many = 8
	all := make(chan error, many)
	for range many {
		go func() {
			runtime.LockOSThread() // and never unlocked: the thread ends with us
			all <- do()
		}()
	}
	var errs []error
	for range many {
		errs = append(errs, <-all)
	}
	if slices.Contains(errs, nil) {
		return nil
	}
	return errors.Join(errs...)
}

func try(all map[string]func() error) map[string]string {
	found := map[string]string{}
	for name, attempt := range all {
		found[name] = ""
		if err := attempt(); err != nil {
			found[name] = err.Error()
		}
	}
	return found
}

// TestHelperConfinesItself is the child of the tests here.
func TestHelperConfinesItself(t *testing.T) {
	text := os.Getenv("CLEARWELL_JAIL")
	if text == "" {
		t.Skip("runs as the child of TestInsideAndOutside")
	}
	var given task
	if err := json.Unmarshal([]byte(text), &given); err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(given.Open)
	if err != nil {
		t.Fatal(err)
	}
	open, err := net.LookupPort("tcp", port)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := os.Create(filepath.Join(given.Outside, "answer")) // what is open stays open
	if err != nil {
		t.Fatal(err)
	}
	found := findings{Before: try(attempts(given))}
	found.Report, err = jail.Enter(jail.Cell{Folders: []string{given.Inside, os.TempDir()}, Readable: []string{given.Read}, Ports: []uint16{uint16(open)}})
	if err != nil {
		found.Refusal = err.Error()
	}
	found.After = try(attempts(given))
	found.After["yes certificates"] = try(map[string]func() error{"": roots})[""]
	if err := errors.Join(json.NewEncoder(answer).Encode(found), answer.Close()); err != nil {
		t.Fatal(err)
	}
}

// confined runs the child.
func confined(t *testing.T) findings {
	t.Helper()
	given := task{Inside: t.TempDir(), Outside: t.TempDir(), Read: t.TempDir(), Open: listening(t), Shut: listening(t)}
	for _, folder := range []string{given.Inside, given.Outside, given.Read} {
		if err := os.WriteFile(filepath.Join(folder, "file"), []byte("something"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(given.Inside, "program"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperConfinesItself$")
	child.Env = append(os.Environ(), "CLEARWELL_JAIL="+string(text), "TMPDIR="+given.Inside, "SSL_CERT_FILE="+certificate(t), "SSL_CERT_DIR="+given.Outside)
	output, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("the child: %v\n%s", err, output)
	}
	answer, err := os.ReadFile(filepath.Join(given.Outside, "answer"))
	if err != nil {
		t.Fatal(err)
	}
	var found findings
	if err := json.Unmarshal(answer, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// certificate writes one, in a folder of its own.
func certificate(t *testing.T) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	names := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true}
	made, err := x509.CreateCertificate(rand.Reader, names, names, public, private)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func listening(t *testing.T) string {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { at.Close() })
	return at.Addr().String()
}

// unprivileged are attempts that only a superuser can make, and so no proof when
// somebody else cannot make them.
var unprivileged = map[string]bool{"no wire": true}

// TestInsideAndOutside confines a process of its own. Each attempt works before,
// so that what does not work afterwards was taken by us.
func TestInsideAndOutside(t *testing.T) {
	found := confined(t)
	if found.Refusal != "" {
		t.Fatalf("Enter: %s", found.Refusal)
	}
	if _, err := os.Stat("/proc/sys/kernel/seccomp/actions_avail"); err == nil && !found.Report.Seccomp {
		t.Error("this kernel takes filters, and ours is not there")
	}
	if err := found.Report.Whole(); err != nil {
		t.Skip(err)
	}
	later := map[string]bool{ // what an older Landlock does not know
		"no other port": !found.Report.Ports(), "no other listener": !found.Report.Ports(),
		"no truncating outside": found.Report.Landlock < 3, "no signal to the parent": found.Report.Landlock < 6,
	}
	if trouble := found.After["yes certificates"]; trouble != "" {
		t.Errorf("certificates: %s", trouble)
	}
	for name, trouble := range found.Before {
		if trouble != "" && !(unprivileged[name] && os.Geteuid() != 0) {
			t.Errorf("before, %q: %s", name, trouble)
		}
		after := found.After[name]
		if worked, must := after == "", strings.HasPrefix(name, "yes"); worked != must && !later[name] {
			t.Errorf("after, %q: %q", name, after)
		}
	}
}

// A kernel that can do nothing is not taken for one that can.
func TestReportsOfLessAreNotWhole(t *testing.T) {
	for _, report := range []jail.Report{{}, {Landlock: 3}, {Seccomp: true}} {
		if err := report.Whole(); !errors.Is(err, jail.ErrOpen) {
			t.Errorf("%+v is whole: %v", report, err)
		}
	}
	if err := (jail.Report{Landlock: 1, Seccomp: true}).Whole(); err != nil {
		t.Error(err)
	}
}
