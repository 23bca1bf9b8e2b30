package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"clearwell/internal/clock"
)

// Outside asks a portal over the network, as whoever comes there would.
type Outside struct {
	Client  *http.Client // that follows nothing
	Start   string       // the town's first page
	Release string       // the digest that should run there; empty where it is not known
	Clock   clock.Clock
}

// Client is a client that follows no redirection and keeps no cookie.
func Client() *http.Client {
	return &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	tls    *tls.ConnectionState
}

const largestAnswer = 1 << 20 // bytes

// ask sends one request. Alter may change it.
func (o Outside) ask(ctx context.Context, method, address string, form url.Values, alter func(*http.Request)) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("User-Agent", "Mozilla/5.0")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if alter != nil {
		alter(r)
	}
	got, err := o.Client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(io.LimitReader(got.Body, largestAnswer))
	return answer{got.StatusCode, got.Header, string(body), got.TLS}, err
}

// at is an address beside the first page.
func (o Outside) at(path string) string { return strings.TrimSuffix(o.Start, "/") + path }

// Checks are all that can be seen from outside.
func (o Outside) Checks() []Check {
	return []Check{
		{"outside.tls", []int{7, 15}, "let the proxy speak TLS, and renew its certificate in time", o.onStart(o.encrypted)},
		{"outside.headers", []int{15}, "the proxy must pass on the program's headers as they are, and add none that contradict them", o.onStart(headers)},
		{"outside.policy", []int{12, 14, 16}, "the proxy must not replace Content-Security-Policy", o.onStart(policy)},
		{"outside.cookies", []int{28}, "the proxy must not rewrite cookies; serve without `plain`", o.cookies},
		{"outside.banner", []int{1}, "turn off the banner of the proxy (nginx: server_tokens off, and remove the header)", o.onStart(banner)},
		{"outside.unknown", []int{1, 3}, "nothing but the program may answer at the town's host: no administration, no folder of files", o.unknown},
		{"outside.foreign_host", []int{1}, "the proxy must pass on the Host that the browser named", o.foreignHost},
		{"outside.foreign_form", []int{13}, "the proxy must pass on Origin and Sec-Fetch-Site", o.foreignForm},
		{"outside.card_refused", []int{5}, "take the portal off at once: something before it takes card numbers", o.cardRefused},
		{"outside.security_text", []int{25}, "name contact.security in the city file; the proxy must pass on /.well-known/", o.securityText},
		{"outside.release", []int{11, 18}, "find out which program answers, before anything else is changed", o.release},
		{"outside.clock", []int{9}, "set the clock of this machine by one source of time (PCI DSS 10.6)", o.onStart(o.clock)},
	}
}

func unseen(err error) (State, string) { return Unseen, err.Error() }

// onStart makes a check of one that looks at the first page.
func (o Outside) onStart(look func(answer) (State, string)) func(context.Context) (State, string) {
	return func(ctx context.Context) (State, string) {
		got, err := o.ask(ctx, http.MethodGet, o.Start, nil, nil)
		if err != nil {
			return unseen(err)
		}
		if got.status != http.StatusOK {
			return Unseen, fmt.Sprintf("the first page answers %d", got.status)
		}
		return look(got)
	}
}

// expiresWithin is how long before its end a certificate should be renewed.
const expiresWithin = 14 * 24 * time.Hour

func (o Outside) encrypted(got answer) (State, string) {
	if got.tls == nil || len(got.tls.PeerCertificates) == 0 {
		return Bad, "the page comes without TLS"
	}
	left := got.tls.PeerCertificates[0].NotAfter.Sub(o.Clock.Now())
	switch {
	case got.tls.Version < tls.VersionTLS12:
		return Bad, "TLS is older than 1.2"
	case left < expiresWithin:
		return Bad, fmt.Sprintf("the certificate ends in %d days", int(left.Hours()/24))
	}
	return Good, fmt.Sprintf("%s, the certificate ends in %d days", tls.VersionName(got.tls.Version), int(left.Hours()/24))
}

// demanded are headers of every page, and what they must say.
func demanded() map[string]string {
	return map[string]string{
		"Cache-Control": "^no-store$", "Cross-Origin-Opener-Policy": "^same-origin$", "Cross-Origin-Resource-Policy": "^same-origin$",
		"Permissions-Policy": `camera=\(\).*microphone=\(\)`, "Referrer-Policy": "^same-origin$",
		"X-Content-Type-Options": "^nosniff$", "X-Frame-Options": "^DENY$",
	}
}

func headers(got answer) (State, string) {
	want := demanded()
	if got.tls != nil {
		want["Strict-Transport-Security"] = `max-age=\d{8}`
	}
	var wrong []string
	for name, form := range want {
		if values := got.header.Values(name); len(values) != 1 || !regexp.MustCompile(form).MatchString(values[0]) {
			wrong = append(wrong, name)
		}
	}
	if len(wrong) > 0 {
		return Bad, "missing, doubled or weakened: " + list(wrong)
	}
	return Good, fmt.Sprintf("%d headers are as they must be", len(want))
}

func policy(got answer) (State, string) {
	policies := got.header.Values("Content-Security-Policy")
	if len(policies) != 1 {
		return Bad, fmt.Sprintf("there are %d policies", len(policies))
	}
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policies[0], part) {
			return Bad, "it lacks " + part
		}
	}
	if loose := regexp.MustCompile(`'unsafe-[a-z-]+'|\*|data:|blob:|http:`).FindString(policies[0]); loose != "" {
		return Bad, "it allows " + loose
	}
	return Good, "nothing but our own, no wildcard"
}

// cookies asks in a language, so that a cookie is given.
func (o Outside) cookies(ctx context.Context) (State, string) {
	got, err := o.ask(ctx, http.MethodGet, o.Start+"?lang=en", nil, nil)
	if err != nil {
		return unseen(err)
	}
	given := got.header.Values("Set-Cookie")
	if len(given) == 0 {
		return Unseen, "no cookie was given"
	}
	for _, cookie := range given {
		for _, part := range []string{"Secure", "HttpOnly", "SameSite=Lax"} {
			if !strings.Contains(cookie, "; "+part) {
				name, _, _ := strings.Cut(cookie, "=")
				return Bad, name + " lacks " + part
			}
		}
	}
	return Good, fmt.Sprintf("%d with Secure, HttpOnly and SameSite", len(given))
}

func banner(got answer) (State, string) {
	for _, name := range []string{"Server", "X-Powered-By", "Via", "X-Aspnet-Version", "X-Generator"} {
		if got.header.Get(name) != "" {
			return Bad, "the answer has " + name
		}
	}
	if found := regexp.MustCompile(`(?i)<meta name="generator"`).FindString(got.body); found != "" {
		return Bad, "the page has " + found
	}
	return Good, "nothing says what answers"
}
