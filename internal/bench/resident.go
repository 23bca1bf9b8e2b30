package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/money"
	"clearwell/internal/web/resident/view"
)

// portal is a running program as a proxy speaks to it: connections are kept, and
// every request says for whom it comes.
type portal struct {
	*running
	client *http.Client
}

func openPortal(r *running) *portal {
	return &portal{r, &http.Client{
		Transport: &http.Transport{
			DialContext: (&net.Dialer{}).DialContext, MaxIdleConnsPerHost: 1_000, MaxIdleConns: 1_000, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}}
}

func (p *portal) stop() error {
	p.client.CloseIdleConnections()
	return p.running.stop()
}

// guest is somebody's browser, far enough for what is measured: a cookie, and a
// network of its own.
type guest struct {
	*portal
	town    string
	network string
	cookie  string
}

// guest is the n-th, of a town. No two come from one network.
func (p *portal) guest(town string, n int) *guest {
	return &guest{portal: p, town: town, network: fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)}
}

// request prepares a request for an address of the town.
func (g *guest) request(ctx context.Context, method, path string, form url.Values) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+g.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Host = g.host()
	req.Header.Set("X-Forwarded-For", g.network)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "http://"+req.Host)
	}
	if g.cookie != "" {
		req.Header.Set("Cookie", g.cookie)
	}
	return req, nil
}

// host is the town's name with the port of the program, as a browser writes it.
func (g *guest) host() string {
	_, port, found := strings.Cut(g.address, ":")
	if !found {
		return hostOf(g.town)
	}
	return hostOf(g.town) + ":" + port
}

// ask sends a request and reads all of the answer.
func (g *guest) ask(ctx context.Context, method, path string, form url.Values) (*http.Response, []byte, error) {
	req, err := g.request(ctx, method, path, form)
	if err != nil {
		return nil, nil, err
	}
	res, err := g.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(res.Body)
	for _, cookie := range res.Cookies() {
		g.cookie = cookie.Name + "=" + cookie.Value
	}
	return res, body, errors.Join(err, res.Body.Close())
}

// see asks for a page, which must be there.
func (g *guest) see(ctx context.Context, path string) ([]byte, error) {
	res, page, err := g.ask(ctx, http.MethodGet, path, nil)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", path, res.Status)
	}
	return page, err
}

// send fills in a form, and gives the address to which that leads.
func (g *guest) send(ctx context.Context, path string, form url.Values) (string, error) {
	res, page, err := g.ask(ctx, http.MethodPost, path, form)
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("sending a form to %s is answered by %s: %.300s", path, res.Status, page)
	}
	return res.Header.Get("Location"), nil
}

// look finds the n-th bill: the answers are sent, the redirect is followed, and
// the page must say what is owed.
func (g *guest) look(ctx context.Context, n int) (bill string, err error) {
	bill, err = g.send(ctx, "/", url.Values{
		view.FieldUtilityAccount: {string(numbered(n))}, string(city.HouseNumber): {strconv.Itoa(100 + n)},
	})
	if err != nil {
		return "", err
	}
	page, err := g.see(ctx, bill)
	if err == nil && !bytes.Contains(page, []byte(shown(*billOf(n)))) {
		err = fmt.Errorf("the page of bill %d does not say %s", n, shown(*billOf(n)))
	}
	return bill, err
}

func billOf(n int) *money.Amount { return bill(n).Amount }

// shown is an amount as residents read it, below a thousand dollars.
func shown(a money.Amount) string { return "$" + plain(a) }

// toCard goes on from the bill to the page with the card fields.
func (g *guest) toCard(ctx context.Context, bill string) (pay string, err error) {
	page, err := g.see(ctx, bill)
	if err != nil {
		return "", err
	}
	form := url.Values{view.FieldAmount: {string(view.Total)}}
	for _, hidden := range hiddenIn.FindAllSubmatch(page, -1) {
		form.Set(string(hidden[1]), string(hidden[2]))
	}
	return g.send(ctx, bill, form)
}

var hiddenIn = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
