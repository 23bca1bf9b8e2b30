package app

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"clearwell/internal/db/dbtest"
	"clearwell/internal/web"
)

// listening is the public listener as it is served, over the network.
type listening struct {
	*cities
	address string
}

// listen serves the two cities on a port, by the server that `clearwell serve`
// uses.
func listen(t *testing.T) *listening {
	t.Helper()
	c := settle(t, "sqlite:"+dbtest.SQLiteFile(t))
	at, err := net.Listen("tcp", "127.0.0.1:0")
	c.must(err)
	server := web.Server(c.doors, c.log)
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(at) }) // it ends by being closed
	t.Cleanup(func() { server.Close(); running.Wait() })
	return &listening{c, at.Addr().String()}
}

// got is an answer as an attacker's tool sees it.
type got struct {
	status int
	header http.Header
	body   string
}

// send writes a request as it stands, and reads what comes.
func (l *listening) send(method, target, host, more string) got {
	l.Helper()
	line, err := net.Dial("tcp", l.address)
	l.must(err)
	defer line.Close()
	_, err = fmt.Fprintf(line, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n", method, target, host, more)
	l.must(err)
	request := &http.Request{Method: method}
	response, err := http.ReadResponse(bufio.NewReader(line), request)
	if err != nil {
		l.Fatalf("%s %s: %v", method, target, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	l.must(err)
	return got{response.StatusCode, response.Header, string(body)}
}

// headers is every header that the public listener may send, and what it may
// say. What is not here names the program, its parts or their age.
func headers() map[string]*regexp.Regexp {
	all := map[string]*regexp.Regexp{}
	for name, form := range map[string]string{
		"Cache-Control":                     `^(no-store|no-cache="Set-Cookie"|public, max-age=31536000, immutable)$`,
		"Connection":                        `^close$`,
		"Content-Encoding":                  `^(br|gzip)$`,
		"Content-Language":                  `^(en|es)$`,
		"Content-Length":                    `^\d+$`,
		"Content-Security-Policy":           `^default-src 'none'; (script-src 'self'; .*; require-trusted-types-for 'script'; trusted-types 'none'[^*]*|sandbox)$`,
		"Content-Type":                      `^(text/html; charset=utf-8|text/css; charset=utf-8|text/javascript; charset=utf-8|text/plain; charset=utf-8|image/svg\+xml|font/woff2|application/vnd\.cyclonedx\+json; version=1\.6)$`,
		"Cross-Origin-Opener-Policy":        `^same-origin$`,
		"Cross-Origin-Resource-Policy":      `^same-origin$`,
		"Date":                              `GMT$`,
		"Etag":                              `^"[0-9a-z]+"$`,
		"Integrity-Policy":                  `^blocked-destinations=\(script\), endpoints=\(pages\)$`,
		"Location":                          `^(/|http://processor\.localhost/pay/)`,
		"Origin-Agent-Cluster":              `^\?1$`,
		"Permissions-Policy":                `^accelerometer=\(\), .*payment=\(self[^)]*\)$`,
		"Referrer-Policy":                   `^same-origin$`,
		"Set-Cookie":                        `^(visit=[\w-]*; Path=/(; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0)?|lang=(en|es); Path=/; Max-Age=31536000); HttpOnly; SameSite=Lax$`,
		"Vary":                              `^(Cookie|Accept-Encoding)$`,
		"X-Content-Type-Options":            `^nosniff$`,
		"X-Frame-Options":                   `^DENY$`,
		"X-Permitted-Cross-Domain-Policies": `^none$`,
	} {
		all[name] = regexp.MustCompile(form)
	}
	return all
}

// banners are words by which scanners know a program, a part or a version.
var banners = regexp.MustCompile(`(?i)clearwell|golang|go1\.|net/http|goroutine|panic|sqlite|postgres|pgx|templ\b|kong|chromium|internal/|\bversion\s*\d`)

// banner finds what names the program or its release, but for the words that the
// script has with the processor's fields.
func (l *listening) banner(text string) string {
	if strings.Contains(text, l.release[:8]) {
		return l.release[:8]
	}
	if folder, err := os.Getwd(); err != nil || strings.Contains(text, filepath.Dir(filepath.Dir(folder))) {
		return "the folder that the program was built in"
	}
	return banners.FindString(messages.ReplaceAllString(text, ""))
}

// openly are the addresses at which the program says what it is, and no other does.
func openly() []string {
	return []string{web.AssuranceAddress, web.AssuranceAddress + "/components.json", web.AssuranceAddress + "/checkpoint.txt"}
}

// messages are what the page and the processor's fields say to each other.
var messages = regexp.MustCompile(`clearwell\\?\.(\w+"|/)`)

// inspect fails when an answer says more than it may.
func (l *listening) inspect(what string, g got) {
	l.Helper()
	for name, values := range g.header {
		form := headers()[name]
		for _, value := range values {
			if form == nil || !form.MatchString(value) {
				l.Errorf("%s: sends %s: %s", what, name, value)
			}
		}
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(what, "GET "), "?")
	if found := l.banner(g.body); found != "" && !slices.Contains(openly(), path) {
		l.Errorf("%s: says %q:\n%.300s", what, found, g.body)
	}
	if g.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(g.header.Get("Content-Security-Policy"), "default-src 'none'") {
		l.Errorf("%s: has no policy: %v", what, g.header)
	}
}

// scanned lists what scanners ask for: administration, debugging, files that lie
// about, the paths of the portal that was breached, and of what is often found.
func scanned() []string {
	return strings.Fields(`
		/admin /admin/ /administrator /login /staff /counter /api /api/ /api/v1 /api/openapi.json /openapi.json /openapi.yaml /swagger
		/swagger-ui.html /docs /redoc /graphql /console /manager/html /host-manager/html /jmx-console /web-console /invoker/JMXInvokerServlet
		/debug /debug/ /debug/pprof /debug/pprof/ /debug/pprof/heap /debug/pprof/profile?seconds=1 /debug/vars /debug/requests /trace /metrics
		/health /healthz /readyz /livez /status /server-status /server-info /nginx_status /version /info /build /actuator /actuator/env
		/actuator/heapdump /actuator/mappings /env /config /config.json /clearwell.yaml /clearwell.db /data /data/clearwell.db /keys /keys/audit
		/.env /.git /.git/HEAD /.git/config /.svn/entries /.hg /.DS_Store /.htaccess /.htpasswd /.ssh/id_rsa /backup /backup.zip /backup.sql
		/dump.sql /db.sqlite /go.mod /go.sum /main.go /Dockerfile /docker-compose.yml /package.json /WEB-INF/web.xml /META-INF/MANIFEST.MF
		/phpinfo.php /info.php /index.php /shell.jsp /cmd.jsp /shell.php /upload /uploads /files /tmp /cgi-bin/ /cgi-bin/test.cgi /wp-login.php
		/wp-admin/ /xmlrpc.php /Click2GovCX /Click2GovCX/index.html /Click2GovBP/ /Click2GovCX/login.html /struts/webconsole.html /login.action
		/index.action /wls-wsat/CoordinatorPortType /console/login/LoginForm.jsp /_async/AsyncResponseService /_cat/indices /solr/ /jenkins/
		/favicon.ico.bak /assets /assets/ /assets/manifest.json /assets/app.css /assets/app.js.map /assets/..%2f..%2fetc/passwd /assets/brand/
		/logo /logo/ /hooks /bill /bill/ /pay /pay/ /pay/done/ /review /review/ /duplicate /back /back/
		/sandbox /sandbox/ /charges /payouts /..%2f /%2e%2e/ /%2e%2e%2fetc%2fpasswd //admin /./admin /admin/.
		/eastwell /eastwell/ /westwell/admin`)
}

// Whatever is not there is answered alike, whatever it is, and nothing that is
// answered says what answers.
func TestCrawlFindsNothingBeside(t *testing.T) {
	l := listen(t)
	nothing := l.send("GET", "/nothing-is-here", l.east.host, "")
	if nothing.status != http.StatusNotFound {
		t.Fatalf("an unknown address gets %d", nothing.status)
	}
	for _, path := range append(scanned(), "/assets/nothing-is-here", "/hooks/nothing-is-here", "/hooks/sandbox", "/hooks//4242", "/hooks/sandbox/") {
		l.compare("GET", path, l.east.host, nothing)
		l.compare("POST", path, l.east.host, nothing) // to /hooks/sandbox as well: nobody signed it
	}
	l.compare("OPTIONS", "*", l.east.host, nothing)
	for _, path := range []string{"/", "/nothing-is-here", "/admin", "/debug/pprof/", "/pay/quo_1", "/hooks", "/hooks/sandbox", "/assets/app.css"} {
		for _, method := range []string{"PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND"} {
			l.compare(method, path, l.east.host, nothing)
		}
	}
	for _, path := range []string{"/nothing-is-here", "/admin", "/debug/pprof/", "/bill"} {
		l.compare("POST", path, l.east.host, nothing)
		l.compare("HEAD", path, l.east.host, nothing)
	}
	for _, host := range []string{"elsewhere.example", "127.0.0.1", "localhost", l.address, "pay.eastwell.localhost.evil.example"} {
		g := l.send("GET", "/admin", host, "")
		l.inspect("GET /admin at "+host, g)
		if g.status != http.StatusNotFound || strings.Contains(g.body, "eastwell") {
			t.Errorf("/admin at %s gets %d:\n%.300s", host, g.status, g.body)
		}
	}
}

// compare asks for what is not there. A request that cannot be a form is
// refused before anybody looks whether it is there.
func (l *listening) compare(method, path, host string, nothing got) {
	l.Helper()
	what := method + " " + path
	g := l.send(method, path, host, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n")
	l.inspect(what, g)
	if g.status != nothing.status || method != "HEAD" && g.body != nothing.body {
		l.Errorf("%s gets %d, and not what nothing gets:\n%.200s", what, g.status, g.body)
	}
	if names, others := sortedKeys(g.header), sortedKeys(nothing.header); !slices.Equal(names, others) {
		l.Errorf("%s is told from nothing by its headers: %v", what, names)
	}
}

// What cannot be a request is answered by the server itself, in words that name
// nobody.
func TestCrawlOfWhatIsNoRequest(t *testing.T) {
	l := listen(t)
	for what, sent := range map[string]string{
		"no HTTP":        "HELLO\r\n\r\n",
		"no host":        "GET / HTTP/1.1\r\n\r\n",
		"two hosts":      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"another HTTP":   "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
		"large headers":  "GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n",
		"two lengths":    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
		"an odd coding":  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: odd\r\n\r\n",
		"a tunnel":       "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
		"another origin": "GET http://evil.example/steal HTTP/1.1\r\nHost: evil.example\r\n\r\n",
	} {
		line, err := net.Dial("tcp", l.address)
		l.must(err)
		_, err = io.WriteString(line, sent)
		l.must(err)
		l.must(line.(*net.TCPConn).CloseWrite())
		answer, _ := io.ReadAll(line) // a reset after the answer is no matter
		line.Close()
		if !refused.MatchString(string(answer)) {
			t.Errorf("%s gets %.100q", what, answer)
		}
		head, _, _ := strings.Cut(string(answer), "\r\n\r\n")
		if found := l.banner(string(answer)); found != "" || strings.Contains(head, "\r\nServer:") {
			t.Errorf("%s: says %q:\n%s", what, found, answer)
		}
	}
}

// refused is how a server says no: 505 and 501 to what it does not speak. A
// client that goes on sending may not hear it.
var refused = regexp.MustCompile(`^$|^HTTP/1\.1 (4\d\d|501|505) `)

// leads finds where a page leads, and what it loads.
var leads = regexp.MustCompile(`(?:href|src|action)="([^"#]+)"`)

// A crawler that is given a bill, a quote and a receipt reads every page and
// file that they lead to: each says no more than it may, each stays at home, and
// there is nothing else.
func TestCrawlFollowsEveryLink(t *testing.T) {
	l := listen(t)
	v := l.east.visitor
	cookie := ""
	for name, value := range v.cookies {
		cookie = "Cookie: " + name + "=" + value + "\r\n"
	}
	queue := []string{"/", "/bill/" + l.east.named["visit"][3]}
	for _, step := range []string{"reviewed", "shown", "declined", "paid", "away", "in doubt"} {
		body := strings.TrimPrefix(l.east.steps[step].String(), "quo_")
		queue = append(queue, "/pay/quo_"+body, "/review/quo_"+body, "/duplicate/quo_"+body, "/pay/done/pay_"+body)
	}
	seen := map[string]bool{}
	pages, files := 0, 0
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		g := l.send("GET", path, l.east.host, cookie+"Accept-Encoding: identity\r\n")
		l.inspect("GET "+path, g)
		switch {
		case strings.HasPrefix(g.header.Get("Content-Type"), "text/html"):
			pages++
			queue = append(queue, l.found(path, g)...)
		default:
			files++
		}
		if strings.HasPrefix(path, "/assets/") && g.status != http.StatusOK {
			t.Errorf("%s gets %d", path, g.status)
		}
	}
	if pages < 15 || files < 6 {
		t.Errorf("crawled %d pages and %d files: %v", pages, files, sortedKeys(seen))
	}
}

// found lists the addresses in a page. Only the town's own site, its telephone
// and its mail, and the processor's frame are elsewhere.
func (l *listening) found(path string, g got) []string {
	l.Helper()
	var all []string
	if next := g.header.Get("Location"); strings.HasPrefix(next, "/") {
		all = append(all, next)
	}
	for _, match := range leads.FindAllStringSubmatch(g.body, -1) {
		to := strings.ReplaceAll(match[1], "&amp;", "&")
		target, err := url.Parse(to)
		switch {
		case err != nil:
			l.Errorf("%s leads to %q: %v", path, to, err)
		case target.Host == "" && target.Scheme == "" && strings.HasPrefix(target.Path, "/"):
			all = append(all, target.RequestURI())
		case target.Host == "" && target.Scheme == "":
			all = append(all, path)
		case target.Scheme == "tel", target.Scheme == "mailto", target.Host == "processor.localhost", target.Host == "www.sampletown.example":
		default:
			l.Errorf("%s leads to %s", path, to)
		}
	}
	return all
}
