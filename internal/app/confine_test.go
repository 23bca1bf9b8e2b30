package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"clearwell/internal/db/dbtest"
	"clearwell/internal/jail"
	"clearwell/internal/secret"
)

// installed writes the files of a new installation, and gives the path of its
// configuration.
func installed(t *testing.T, database, more string) string {
	t.Helper()
	folder := t.TempDir()
	var said bytes.Buffer
	answers := strings.NewReader("City of Frijole Flats\n\n\n\n\n\n" + database + "\n127.0.0.1:0\n\n")
	if status := Run(t.Context(), Process{Args: []string{"init", folder}, In: answers, Out: &said, Err: &said}); status != statusDone {
		t.Fatalf("init ended with %d: %s", status, &said)
	}
	config := filepath.Join(folder, "clearwell.yaml")
	moveSandbox(t, config)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, append(text, more...), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// TestServeIsConfined serves from a process of its own, on either database, and
// has the process try what a shell in it would.
func TestServeIsConfined(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { serveConfined(t, "") })
	t.Run("postgres", func(t *testing.T) { serveConfined(t, dbtest.PostgresURL(t)) })
}

func serveConfined(t *testing.T, database string) {
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperServesConfined$")
	config := installed(t, database, "")
	child.Env = append(os.Environ(), "CLEARWELL_CONFINED="+config)
	said, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { child.Process.Kill(); child.Wait() }()
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		switch word, rest, _ := strings.Cut(lines.Text(), " "); word {
		case "less":
			t.Skipf("this kernel confines less: %s", rest)
		case "wrong":
			t.Error(rest)
		case "ready":
			answersPages(t, rest)
			if err := secret.Rotate(filepath.Join(filepath.Dir(config), "keys", keyOfSecrets)); err != nil {
				t.Error(err)
			}
			if err := child.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
		case "ended":
			return
		}
	}
	t.Errorf("the child ended early: %v", child.Wait())
}

// answersPages asks for pages, many at once, so that the child opens files and
// connections that it had not opened before it was confined.
func answersPages(t *testing.T, address string) {
	t.Helper()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			page, err := http.DefaultClient.Do(asked(t, http.MethodPost, address, url.Values{"utility_account": {"004217-001"}, "house_number": {"12"}}))
			if err == nil {
				page.Body.Close()
			}
			if err != nil || page.StatusCode/100 == 5 || page.StatusCode == http.StatusForbidden {
				t.Errorf("asking for a bill: %v, %v", page, err)
			}
			home, err := http.DefaultClient.Do(asked(t, http.MethodGet, address, nil))
			if err != nil {
				t.Error(err)
				return
			}
			home.Body.Close()
			if home.StatusCode != http.StatusOK {
				t.Errorf("the first page: %s", home.Status)
			}
		})
	}
	all.Wait()
}

// TestHelperServesConfined is the child of TestServeIsConfined. A line on its
// standard output begins with "less", "wrong", "ready" or "ended".
func TestHelperServesConfined(t *testing.T) {
	config := os.Getenv("CLEARWELL_CONFINED")
	if config == "" {
		t.Skip("runs as the child of TestServeIsConfined")
	}
	out := os.Stdout
	came := make(chan string, 1)
	log := &awaited{form: regexp.MustCompile(`portal=(\S+)`), came: came}
	var reports []jail.Report
	confine := func(cell jail.Cell) (jail.Report, error) {
		report, err := jail.Enter(cell)
		reports = append(reports, report)
		return report, err
	}
	ended := make(chan int, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		ended <- Run(ctx, Process{Args: []string{"serve", "--config", config}, Lookup: os.LookupEnv, In: strings.NewReader(""), Out: log, Err: log, Confine: confine})
	}()
	select {
	case address := <-came:
		if len(reports) != 1 {
			io.WriteString(out, "wrong serve did not confine itself\n")
		} else if err := reports[0].Whole(); err != nil {
			io.WriteString(out, "less "+err.Error()+"\n")
		}
		for _, wrong := range breakOut(config) {
			io.WriteString(out, "wrong "+wrong+"\n")
		}
		told := make(chan os.Signal, 1)
		signal.Notify(told, syscall.SIGTERM)
		io.WriteString(out, "ready "+address+"\n")
		<-told
		// The keyset is another file now. serve could not read it, nor the first one.
		if _, err := readSealer(filepath.Join(filepath.Dir(config), "keys")); err != nil {
			io.WriteString(out, "wrong a rotated key is not taken up: "+err.Error()+"\n")
		}
		stop()
	case status := <-ended:
		t.Fatalf("serve ended with %d: %s", status, &log.text)
	}
	if status := <-ended; status != statusDone {
		io.WriteString(out, "wrong serve did not end well: "+strings.ReplaceAll(log.text.String(), "\n", " ")+"\n")
	}
	if strings.Contains(log.text.String(), "permission denied") {
		io.WriteString(out, "wrong a job was refused a file: "+strings.ReplaceAll(log.text.String(), "\n", " ")+"\n")
	}
	io.WriteString(out, "ended\n")
}

// breakOut tries what a confined program cannot do, and what it must.
func breakOut(config string) (wrong []string) {
	home := filepath.Dir(config)
	if exec.Command("/bin/true").Run() == nil {
		wrong = append(wrong, "a program was started")
	}
	for _, path := range []string{config, "/etc/passwd"} {
		if _, err := os.ReadFile(path); !errors.Is(err, os.ErrPermission) {
			wrong = append(wrong, "reading "+path+" was not refused")
		}
	}
	for _, path := range []string{filepath.Join(home, "planted"), filepath.Join(home, "keys", "planted"), filepath.Join(home, "keys", keyOfSecrets)} {
		if file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600); err == nil {
			wrong = append(wrong, path+" could be written")
			file.Close()
		}
	}
	if err := os.WriteFile(filepath.Join(home, "data", "kept"), nil, 0o600); err != nil {
		wrong = append(wrong, err.Error())
	}
	return wrong
}

// serveWith runs serve with another's idea of confinement, until it serves or
// ends, and gives its status and log.
func serveWith(t *testing.T, setting string, confine func(jail.Cell) (jail.Report, error)) (int, string) {
	t.Helper()
	came := make(chan string, 1)
	log := &awaited{form: regexp.MustCompile(`portal=(\S+)`), came: came}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, Process{
			Args: []string{"serve", "--config", installed(t, "", setting)}, Lookup: os.LookupEnv, In: strings.NewReader(""), Out: log, Err: log, Confine: confine,
		})
	}()
	select {
	case <-came:
		stop()
		return <-ended, log.text.String()
	case status := <-ended:
		return status, log.text.String()
	}
}

func TestServeSaysWhatTheKernelCannot(t *testing.T) {
	old := func(jail.Cell) (jail.Report, error) { return jail.Report{Landlock: 1}, nil }
	if status, log := serveWith(t, "", old); status != statusDone || !strings.Contains(log, "programs_refused=false") {
		t.Errorf("serve ended with %d and says nothing of it: %s", status, log)
	}
	if status, log := serveWith(t, "\njail: required\n", old); status != statusFailed || !strings.Contains(log, jail.ErrOpen.Error()) {
		t.Errorf("serve ended with %d although it cannot be confined: %s", status, log)
	}
	called := false
	asked := func(jail.Cell) (jail.Report, error) { called = true; return jail.Report{}, nil }
	if status, log := serveWith(t, "\njail: off\n", asked); status != statusDone || called {
		t.Errorf("serve ended with %d, confined %t: %s", status, called, log)
	}
	if status, log := serveWith(t, "\njail: open\n", asked); status != statusFailed || called {
		t.Errorf("serve ended with %d, confined %t: %s", status, called, log)
	}
	broken := func(jail.Cell) (jail.Report, error) { return jail.Report{}, errors.New("the kernel is strange") }
	if status, log := serveWith(t, "", broken); status != statusFailed {
		t.Errorf("serve ended with %d: %s", status, log)
	}
}
