package app

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// awaited is where a command prints, and tells when a text has come.
type awaited struct {
	mu   sync.Mutex
	text bytes.Buffer
	form *regexp.Regexp
	came chan string
}

func (a *awaited) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n, err := a.text.Write(p)
	if found := a.form.FindSubmatch(a.text.Bytes()); found != nil && a.came != nil {
		a.came <- string(found[1])
		a.came = nil
	}
	return n, err
}

func (a *awaited) said(text string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Contains(a.text.String(), text)
}

func TestServeFromTheFilesOfInitUntilToldToStop(t *testing.T) {
	folder := t.TempDir()
	var said bytes.Buffer
	answers := strings.NewReader("City of Frijole Flats\n\n\n\n\n\n\n127.0.0.1:0\n\n")
	if status := Run(t.Context(), Process{Args: []string{"init", folder}, In: answers, Out: &said, Err: &said}); status != statusDone {
		t.Fatalf("init ended with %d: %s", status, &said)
	}
	config := filepath.Join(folder, "clearwell.yaml")
	moveSandbox(t, config)

	came := make(chan string, 1)
	log := &awaited{form: regexp.MustCompile(`portal=(\S+)`), came: came}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, Process{Args: []string{"serve", "--config", config}, In: strings.NewReader(""), Out: log, Err: log})
	}()
	var address string
	select {
	case address = <-came:
	case status := <-ended:
		t.Fatalf("serve ended with %d: %s", status, &log.text)
	}
	response, err := http.DefaultClient.Do(asked(t, http.MethodGet, address, nil))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("status = %s", response.Status)
	}
	if !log.said("City of Frijole Flats: http") {
		t.Errorf("nobody is told where the town is: %s", &log.text)
	}
	stop()
	if status := <-ended; status != statusDone {
		t.Errorf("serve ended with %d: %s", status, &log.text)
	}
}

// asked is a request for the town that init has made, at the origin that its
// configuration names: the port that it has been given there is none.
func asked(t *testing.T, method, address string, form url.Values) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+"/frijole-flats/", strings.NewReader(form.Encode()))
	if err != nil {
		t.Error(err)
	}
	r.Host = "127.0.0.1:0"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// moveSandbox puts the sandbox on any free port.
func moveSandbox(t *testing.T, config string) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	moved := strings.Replace(string(text), "127.0.0.1:8081", "127.0.0.1:0", 1)
	if err := os.WriteFile(config, []byte(moved), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A town with a host of its own is asked at the port that was free.
func TestAFreePortIsTheTowns(t *testing.T) {
	config := setUp(t, "City of Frijole Flats\n\n\n\n\n\n\n127.0.0.1:0\n\n")
	moveSandbox(t, config)
	w := opened(t, config)
	w.Origin = ""
	at, err := w.listen()
	if err != nil {
		t.Fatal(err)
	}
	defer at.close()
	if _, port, _ := net.SplitHostPort(at.portal.Addr().String()); port == "0" || w.port() != port {
		t.Errorf("towns are asked at port %q, and the portal is at %s", w.port(), at.portal.Addr())
	}
}
