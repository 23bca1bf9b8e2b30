package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// list joins names in one order.
func list(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), ", ") }

// never are addresses at which nothing may be: administration, debugging, what
// lies about, the console and the shell of the portal that was breached.
func never() []string {
	return []string{
		"/nothing-is-here", "/admin", "/debug/pprof/", "/debug/vars", "/metrics", "/.git/HEAD", "/.env", "/config.yaml", "/backup.zip",
		"/server-status", "/console/login/LoginForm.jsp", "/shell.jsp?m=FileManage", "/shell.jsp?m=Login&do=DoLogin", "/assets/", "/uploads/x.php",
	}
}

func (o Outside) unknown(ctx context.Context) (State, string) {
	alike := ""
	for i, path := range never() {
		got, err := o.ask(ctx, http.MethodGet, o.at(path), nil, nil)
		if err != nil {
			return unseen(err)
		}
		if i == 0 {
			alike = got.body
		}
		if got.status != http.StatusNotFound {
			return Bad, fmt.Sprintf("%s answers %d", path, got.status)
		}
		if got.body != alike {
			return Bad, path + " is answered otherwise than what nobody has"
		}
	}
	return Good, fmt.Sprintf("%d addresses have one answer", len(never()))
}

// foreignHost comes with a name that somebody else has pointed at this machine.
func (o Outside) foreignHost(ctx context.Context) (State, string) {
	got, err := o.ask(ctx, http.MethodGet, o.Start, nil, func(r *http.Request) { r.Host = "elsewhere.example" })
	if err != nil {
		return unseen(err)
	}
	if got.status == http.StatusOK {
		return Bad, "a host that nobody has set up is answered"
	}
	return Good, fmt.Sprintf("a host that nobody has set up gets %d", got.status)
}

func (o Outside) foreignForm(ctx context.Context) (State, string) {
	got, err := o.ask(ctx, http.MethodPost, o.Start, url.Values{"utility_account": {"0"}}, func(r *http.Request) {
		r.Header.Set("Origin", "https://elsewhere.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	})
	if err != nil {
		return unseen(err)
	}
	if got.status != http.StatusForbidden {
		return Bad, fmt.Sprintf("a form of another site gets %d", got.status)
	}
	return Good, "a form of another site is refused"
}

// canary is a card number with which all the world tests, in three disguises.
func canary() map[string]string {
	number := "4" + strings.Repeat("1", 15)
	return map[string]string{
		"plain": number, "spaced": number[:4] + " " + number[4:8] + " " + number[8:12] + " " + number[12:],
		"in a sentence": "card " + number + " thanks",
	}
}

func (o Outside) cardRefused(ctx context.Context) (State, string) {
	for disguise, number := range canary() {
		got, err := o.ask(ctx, http.MethodPost, o.Start, url.Values{"name": {number}}, nil)
		if err != nil {
			return unseen(err)
		}
		if got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, number) {
			return Bad, fmt.Sprintf("a card number (%s) gets %d", disguise, got.status)
		}
	}
	return Good, fmt.Sprintf("%d disguises are refused", len(canary()))
}

func (o Outside) securityText(ctx context.Context) (State, string) {
	at := o.at("/.well-known/security.txt")
	got, err := o.ask(ctx, http.MethodGet, at, nil, nil)
	if err != nil {
		return unseen(err)
	}
	fields := map[string]string{}
	for line := range strings.Lines(got.body) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		fields[name] = value
	}
	expires, err := time.Parse(time.RFC3339, fields["Expires"])
	switch {
	case got.status != http.StatusOK || fields["Contact"] == "":
		return Bad, fmt.Sprintf("it answers %d and names no contact", got.status)
	case err != nil || !expires.After(o.Clock.Now()):
		return Bad, "it has expired"
	case fields["Canonical"] != at:
		return Bad, "it says that it belongs to " + fields["Canonical"]
	}
	return Good, fields["Contact"] + ", until " + expires.Format(time.DateOnly)
}

func (o Outside) release(ctx context.Context) (State, string) {
	got, err := o.ask(ctx, http.MethodGet, o.at("/assurance"), nil, nil)
	if err != nil {
		return unseen(err)
	}
	page := strings.ReplaceAll(got.body, "<wbr>", "")
	switch {
	case o.Release == "":
		return Unseen, "nobody said which release should run"
	case !strings.Contains(page, o.Release):
		return Bad, "the page of assurance names another release"
	}
	return Good, fmt.Sprintf("it says that %.12s runs", o.Release)
}

// apart is how far two clocks may be from each other.
const apart = 5 * time.Second

func (o Outside) clock(got answer) (State, string) {
	said, err := http.ParseTime(got.header.Get("Date"))
	if err != nil {
		return Unseen, "the answer says no time"
	}
	by := o.Clock.Now().Sub(said).Abs().Truncate(time.Second)
	if by > apart {
		return Bad, fmt.Sprintf("the portal's clock and this one are %s apart", by)
	}
	return Good, fmt.Sprintf("the portal's clock and this one are %s apart", by)
}
