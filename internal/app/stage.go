package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/secret"
	"clearwell/internal/watch/manifest"
	"clearwell/internal/watch/visit"
)

// stage is this program with a town's settings, a database of its own, and one
// utility account that nobody has.
type stage struct {
	*works
	town townOf
}

// stateTown states what this program serves for a town with this configuration.
func stateTown(ctx context.Context, cfg Config, name string, file []byte) (m manifest.Manifest, err error) {
	folder, err := os.MkdirTemp("", "clearwell-stage-")
	if err != nil {
		return m, fmt.Errorf("making a folder for the stage: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s, err := raise(ctx, cfg, folder, name, file)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	return s.state(ctx)
}

// raise opens the stage.
func raise(ctx context.Context, cfg Config, folder, name string, file []byte) (*stage, error) {
	parsed, err := city.Parse(name, file)
	if err != nil {
		return nil, err
	}
	cfg.Data, cfg.Database, cfg.Mail = folder, secret.New("sqlite:"+folder+"/stage.db"), Mail{}
	if cfg.Sandbox != nil {
		apart := *cfg.Sandbox
		apart.notices = ""
		cfg.Sandbox = &apart
	}
	k, err := demoKeys(folder + "/keys")
	if err != nil {
		return nil, err
	}
	w, err := open(ctx, cfg, k, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if err := w.found(ctx, name, file); err != nil {
		return nil, errors.Join(err, w.close())
	}
	town, err := w.towns.ByID(parsed.City)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	s := &stage{w, town}
	if err := s.bill(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return s, nil
}

// bill states one bill, part of it late, so that the page offers all it can.
func (s *stage) bill(ctx context.Context) error {
	declared, err := layouts.Find("clearwell")
	if err != nil {
		return err
	}
	today := calendar.Of(s.clock.Now(), s.town.Zone)
	text := "record,utility_account,name,service_address,zip,last_payment,bill_number,bill_date,due_date,past_due,amount_due\n" +
		fmt.Sprintf("BILL,%s,\"Example, Ana\",12 Example Street,78600,50.00,1,%s,%s,20.00,60.00\nTRAILER,1,60.00\n",
			s.town.Numbers.Example, today.AddDays(-10), today.AddDays(10))
	report, err := s.exchange.Import(ctx, cis.Request{
		City: s.town.City, Layout: declared, Numbers: s.town.Numbers, Zone: s.town.Zone, Service: s.town.Services[0].ID, Actor: "system",
		Open: func() (io.ReadSeekCloser, error) { return unclosed{strings.NewReader(text)}, nil },
	})
	if err == nil && report.Totals.Accepted != 1 {
		err = errors.New("the sample bill was not taken")
	}
	return err
}

// unclosed is a file in memory.
type unclosed struct{ *strings.Reader }

// Close does nothing.
func (unclosed) Close() error { return nil }

// answers are what a guest who knows everything would type.
func (s *stage) answers() map[string]string {
	known := map[city.Factor]string{city.HouseNumber: "12", city.Name: "Example", city.ZIP: "78600", city.LastPayment: "50.00"}
	fields := map[string]string{"utility_account": s.town.Numbers.Example}
	for _, factor := range s.town.Guest.Asked() {
		fields[string(factor)] = known[factor]
	}
	return fields
}

// start is the address of the town's first page.
func (s *stage) start() string {
	if len(s.town.Hosts) == 0 || s.town.Path != "" && s.Origin != "" {
		return s.Origin + "/" + s.town.Path + "/"
	}
	host := s.town.Hosts[0]
	if port := s.port(); port != "" {
		host = net.JoinHostPort(host, port)
	}
	if s.Plain {
		return "http://" + host + "/"
	}
	return "https://" + host + "/"
}

// state walks the path in each language.
func (s *stage) state(ctx context.Context) (manifest.Manifest, error) {
	kit, err := s.kit()
	if err != nil {
		return manifest.Manifest{}, err
	}
	doors, err := s.doors()
	if err != nil {
		return manifest.Manifest{}, err
	}
	m := manifest.Manifest{
		Served: kit.Served(), PageManifest: kit.Manifest(), City: string(s.town.City), Start: s.start(), MadeAt: s.clock.Now(),
	}
	files := map[string]string{}
	walker := visit.Plain{Transport: within{doors}, Agent: "Mozilla/5.0"}
	for _, language := range s.town.Languages {
		seen, err := walker.Walk(ctx, visit.Errand{Start: m.Start, Language: string(language), Fields: s.answers()})
		if err != nil {
			return m, err
		}
		for _, sight := range seen {
			m.Pages = append(m.Pages, statePage(sight, string(language), m.Start, files))
		}
	}
	for _, asset := range m.Assets {
		delete(files, asset.Path)
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		m.Files = append(m.Files, manifest.Asset{Path: path, SHA256: files[path]})
	}
	return m, nil
}

// statePage keeps the facts of a page, and what its files hold apart from them.
func statePage(sight visit.Sight, language, start string, files map[string]string) manifest.Page {
	page := manifest.Page{Kind: sight.Kind, Language: language, Path: sight.Path}
	for _, fact := range sight.Facts {
		if fact.Subject == manifest.File {
			files[fact.Name] = fact.Value
			continue
		}
		page.Facts = append(page.Facts, fact)
	}
	page.Facts = manifest.Sorted(append(page.Facts, visit.Connections(page.Facts, start)...))
	return page
}

// within sends requests to a handler in this process.
type within struct{ handler http.Handler }

// RoundTrip asks the handler.
func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := r.Clone(r.Context())
	asked.RequestURI, asked.RemoteAddr, asked.Host = r.URL.RequestURI(), "127.0.0.1:1", r.URL.Host
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	caught := &caught{header: http.Header{}, status: http.StatusOK}
	w.handler.ServeHTTP(caught, asked)
	return &http.Response{
		StatusCode: caught.status, Status: http.StatusText(caught.status), Header: caught.header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(&caught.body),
	}, nil
}

// caught is an answer in memory.
type caught struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is what will be sent.
func (c *caught) Header() http.Header { return c.header }

// WriteHeader keeps the status.
func (c *caught) WriteHeader(status int) { c.status = status }

// Write keeps the body.
func (c *caught) Write(p []byte) (int, error) { return c.body.Write(p) }
