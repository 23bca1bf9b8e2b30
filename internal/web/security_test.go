package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"clearwell/internal/web"
)

// fields reads a security.txt by the grammar of RFC 9116, section 4, as far as it
// has no comments and no signature. Each line is a field, and ends as it must.
func fields(t *testing.T, w *httptest.ResponseRecorder) map[string][]string {
	t.Helper()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Fatalf("status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	all := map[string][]string{}
	form := regexp.MustCompile(`^([A-Za-z-]+): (\S[^\r\n]*)$`)
	for line := range strings.SplitSeq(strings.TrimSuffix(w.Body.String(), "\r\n"), "\r\n") {
		field := form.FindStringSubmatch(line)
		if field == nil {
			t.Fatalf("%q is no field", line)
		}
		all[field[1]] = append(all[field[1]], field[2])
	}
	return all
}

// The file names an address, says until when it holds, less than a year ahead,
// and where it is, exactly once each as RFC 9116 demands.
func TestSecurityTextIsWhatTheStandardAsksFor(t *testing.T) {
	const shared = "https://demo.example:8443"
	now := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
	hosts := hang(t, web.Routes{}, func(c *web.Config) { c.Secure = true })
	paths := hang(t, web.Routes{}, func(c *web.Config) { c.Shared, c.Secure = shared, true })
	operated := hang(t, web.Routes{}, func(c *web.Config) {
		c.Shared, c.Secure, c.Security = shared, true, "mailto:security@operator.example"
	})
	for _, c := range []struct {
		door     http.Handler
		origin   string // and what stands before the path of the file
		contacts string
		spoken   string
	}{
		{hosts, "https://pay.sampletown.example", "[mailto:utilities@sampletown.example]", "[en, es]"},
		{hosts, "https://pay.otherville.example", "[mailto:utilities@sampletown.example]", "[en]"},
		{paths, shared + "/sampletown", "[mailto:utilities@sampletown.example]", "[en, es]"},
		{paths, shared, "[mailto:utilities@sampletown.example mailto:utilities@sampletown.example]", "[en, es]"},
		{operated, shared, "[mailto:security@operator.example]", "[en, es]"},
	} {
		at := c.origin + web.SecurityAddress
		got := fields(t, ask(c.door, at, nil))
		if fmt.Sprint(got["Contact"]) != c.contacts || fmt.Sprint(got["Preferred-Languages"]) != c.spoken || fmt.Sprint(got["Canonical"]) != "["+at+"]" {
			t.Errorf("%s: %v", at, got)
		}
		expires, err := time.Parse(time.RFC3339, strings.Join(got["Expires"], " and "))
		if err != nil || !expires.After(now.AddDate(0, 0, 30)) || expires.After(now.AddDate(1, 0, 0)) {
			t.Errorf("%s: expires %s, %v", at, expires, err)
		}
	}
}

// A host that is nobody's has no file, and one of several towns takes no other
// method.
func TestSecurityTextIsNobodysElsewhere(t *testing.T) {
	door := hang(t, web.Routes{}, func(c *web.Config) { c.Shared, c.Secure = "https://demo.example", true })
	for _, target := range []string{"https://nowhere.example" + web.SecurityAddress, "https://demo.example/nowhere" + web.SecurityAddress} {
		if w := ask(door, target, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s gets %d", target, w.Code)
		}
	}
	w := ask(door, "https://demo.example"+web.SecurityAddress, func(r *http.Request) { r.Method = http.MethodPut })
	if w.Code == http.StatusOK {
		t.Error("PUT gets the file")
	}
}
