package stripe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clearwell/internal/processor/processortest"
	"clearwell/internal/processor/stripe/standin"
)

// mockModule is Stripe's own mock of its API: it checks the shape of requests,
// and carries Stripe's description of the shape of answers.
const mockModule = "github.com/stripe/stripe-mock@v0.203.0"

// mockFolder finds the module, which is fetched once through the module proxy.
var mockFolder = sync.OnceValues(func() (string, error) {
	text, err := exec.Command("go", "mod", "download", "-json", mockModule).Output()
	var told struct{ Dir, Error string }
	if json.Unmarshal(text, &told) == nil && told.Error != "" {
		return "", fmt.Errorf("fetching %s: %s", mockModule, told.Error)
	}
	return told.Dir, err
})

// recorded plays the whole suite, and gives every request and answer of it.
func recorded(t *testing.T) []standin.Exchange {
	t.Helper()
	var all []standin.Exchange
	processortest.Exercise(t, func(t *testing.T) processortest.Harness {
		c := found(t, false)
		t.Cleanup(func() { all = append(all, c.Exchanges()...) })
		return c.harness(t)
	})
	if len(all) == 0 {
		t.Fatal("nothing was recorded")
	}
	return all
}

// Every request of the suite is one that Stripe's own mock takes.
func TestRequestsAreStripes(t *testing.T) {
	origin := mock(t)
	seen := map[string]bool{}
	for _, one := range recorded(t) {
		name := one.Method + " " + one.Path + "?" + one.Form.Encode()
		if seen[name] {
			continue
		}
		seen[name] = true
		if status, said := ask(t, origin, one.Method, one.Path, one.Form); status != http.StatusOK {
			t.Errorf("%s: answered %d %s", name, status, said)
		}
	}
	if status, _ := ask(t, origin, "POST", "/v1/payment_intents", url.Values{"amount": {"100"}, "currency": {"usd"}, "not_a_field": {"1"}}); status == http.StatusOK {
		t.Error("the mock takes what Stripe has not: this test could not fail")
	}
}

func ask(t *testing.T, origin, method, path string, form url.Values) (int, string) {
	t.Helper()
	address, body := origin+path, ""
	if method == http.MethodPost {
		body = form.Encode()
	} else {
		address += "?" + form.Encode()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sk_test_123")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 500))
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(said)
}

// mock starts Stripe's mock, or skips the test where it cannot be had.
func mock(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("Stripe's mock takes seconds to build")
	}
	if _, err := mockFolder(); err != nil {
		t.Skipf("Stripe's mock cannot be had here: %v", err)
	}
	bin := t.TempDir()
	build := exec.Command("go", "install", mockModule)
	build.Env = append(build.Environ(), "GOBIN="+bin)
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", mockModule, err, said)
	}
	program := filepath.Join(bin, "stripe-mock")
	port := freePort(t)
	ctx, end := context.WithCancel(t.Context())
	run := exec.CommandContext(ctx, program, "-http-addr", port)
	said := &ready{sign: []byte("Listening for HTTP"), seen: make(chan struct{})}
	run.Stdout, run.Stderr = said, said
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(); _ = run.Wait() })
	select {
	case <-said.seen:
	case <-time.After(30 * time.Second):
		t.Fatal("Stripe's mock does not listen")
	}
	return "http://" + port
}

func freePort(t *testing.T) string {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	return at.Addr().String()
}

// ready waits for a program to say something.
type ready struct {
	mu   sync.Mutex
	all  bytes.Buffer
	sign []byte
	seen chan struct{}
	once sync.Once
}

func (r *ready) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all.Write(p)
	if bytes.Contains(r.all.Bytes(), r.sign) {
		r.once.Do(func() { close(r.seen) })
	}
	return len(p), nil
}

// Every answer of the stand-in has the shape that Stripe describes, so that what
// the adapter reads is what Stripe sends.
func TestAnswersAreStripes(t *testing.T) {
	folder, err := mockFolder()
	if err != nil {
		t.Skipf("Stripe's description cannot be had here: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "embedded", "openapi", "spec3.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	checked := map[string]bool{}
	for _, one := range recorded(t) {
		if one.Status == http.StatusUnauthorized {
			continue
		}
		shape, name := d.answer(one)
		checked[name] = true
		var value any
		if err := json.Unmarshal(one.Answer, &value); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range d.check(shape, value, name, 0) {
			t.Errorf("%s %s: %s", one.Method, one.Path, wrong)
		}
	}
	if len(checked) < 15 {
		t.Errorf("only %d kinds of answer were compared", len(checked))
	}
	lie := map[string]any{"id": 5.0, "object": "payment_intent", "not_a_field": true, "status": "paid"}
	if wrong := d.check(&schema{Ref: "#/components/schemas/payment_intent"}, lie, "a lie", 0); len(wrong) < 4 {
		t.Errorf("of a lie only %q was noticed: this test could not fail", wrong)
	}
}

// description is what is read of Stripe's OpenAPI description.
type description struct {
	Paths map[string]map[string]struct {
		Responses map[string]struct {
			Content map[string]struct{ Schema *schema }
		}
	}
	Components struct{ Schemas map[string]*schema }
}

type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Nullable   bool               `json:"nullable"`
	Enum       []any              `json:"enum"`
	AnyOf      []*schema          `json:"anyOf"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
}

// answer finds the shape of an answer by its path.
func (d *description) answer(one standin.Exchange) (*schema, string) {
	status := "200"
	if one.Status != http.StatusOK {
		status = "default"
	}
	for path, methods := range d.Paths {
		method, has := methods[strings.ToLower(one.Method)]
		if has && samePath(path, one.Path) {
			return method.Responses[status].Content["application/json"].Schema, one.Method + " " + path + " " + status
		}
	}
	return nil, one.Path
}

func samePath(pattern, path string) bool {
	wanted, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(wanted, got, func(w, g string) bool { return w == g || strings.HasPrefix(w, "{") })
}

// check says how a value differs from its shape.
func (d *description) check(shape *schema, value any, at string, depth int) []string {
	if shape == nil {
		return []string{at + ": Stripe describes no such thing"}
	}
	if shape.Ref != "" {
		name := shape.Ref[strings.LastIndex(shape.Ref, "/")+1:]
		return d.check(d.Components.Schemas[name], value, at, depth+1)
	}
	switch {
	case value == nil:
		if shape.Nullable {
			return nil
		}
		return []string{at + " is null"}
	case len(shape.AnyOf) > 0:
		return d.checkAny(shape.AnyOf, value, at, depth)
	case len(shape.Enum) > 0 && !slices.Contains(shape.Enum, value):
		return []string{fmt.Sprintf("%s is %v, none of Stripe's", at, value)}
	}
	return d.checkKind(shape, value, at, depth)
}

// checkAny takes the alternative with the fewest differences.
func (d *description) checkAny(choices []*schema, value any, at string, depth int) []string {
	var least []string
	for i, choice := range choices {
		wrong := d.check(choice, value, at, depth+1)
		if i == 0 || len(wrong) < len(least) {
			least = wrong
		}
	}
	return least
}

func (d *description) checkKind(shape *schema, value any, at string, depth int) []string {
	var wrong []string
	switch v := value.(type) {
	case map[string]any:
		if shape.Type != "object" {
			return []string{at + " is an object"}
		}
		if shape.Properties == nil {
			return nil // metadata and the like: anything
		}
		for _, name := range shape.Required {
			if _, has := v[name]; !has {
				wrong = append(wrong, at+"."+name+" is missing")
			}
		}
		for name, inner := range v {
			wrong = append(wrong, d.check(shape.Properties[name], inner, at+"."+name, depth+1)...)
		}
	case []any:
		if shape.Type != "array" {
			return []string{at + " is a list"}
		}
		for _, inner := range v {
			wrong = append(wrong, d.check(shape.Items, inner, at+"[]", depth+1)...)
		}
	case string:
		if shape.Type != "string" {
			return []string{at + " is text"}
		}
	case bool:
		if shape.Type != "boolean" {
			return []string{at + " is true or false"}
		}
	case float64:
		if shape.Type != "integer" && shape.Type != "number" {
			return []string{at + " is a number"}
		}
	}
	return wrong
}
