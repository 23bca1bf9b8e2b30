package settings_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/secret"
	"clearwell/internal/settings"
)

func strong() settings.Protection {
	return settings.Protection{
		People: []string{"ada+1", "bo+2"}, Confinement: "required", Origin: "https://pay.example.com",
		Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Mail: "mail.example.com:587", Security: "mailto:a@example.com",
		Probers: map[string]settings.Prober{"sampletown": {Key: "k", Beat: "https://beat.example"}}, AuditKey: "audit+1",
		Copy: settings.Copy{To: "depot.example:8440", Key: "depot+1"},
	}
}

func TestEachWeakeningIsNamed(t *testing.T) {
	for name, one := range map[string]struct {
		setting string
		change  func(*settings.Protection)
	}{
		"a new approver":             {"people", func(p *settings.Protection) { p.People = append(p.People, "eve+3") }},
		"an approver fewer":          {"people", func(p *settings.Protection) { p.People = p.People[:1] }},
		"nobody":                     {"people", func(p *settings.Protection) { p.People = nil }},
		"another key of an approver": {"people", func(p *settings.Protection) { p.People = []string{"ada+1", "bo+9"} }},
		"less confined":              {"jail", func(p *settings.Protection) { p.Confinement = "" }},
		"not confined":               {"jail", func(p *settings.Protection) { p.Confinement = "off" }},
		"without TLS":                {"plain", func(p *settings.Protection) { p.Plain = true }},
		"open":                       {"listen", func(p *settings.Protection) { p.Open = true }},
		"another address":            {"origin", func(p *settings.Protection) { p.Origin = "https://pay.example.net" }},
		"another proxy":              {"proxies", func(p *settings.Protection) { p.Proxies = append(p.Proxies, netip.MustParsePrefix("192.0.2.1/32")) }},
		"a wider network":            {"proxies", func(p *settings.Protection) { p.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/7")} }},
		"play money":                 {"sandbox", func(p *settings.Protection) { p.Sandbox = settings.OwnMachine }},
		"no mail":                    {"mail", func(p *settings.Protection) { p.Mail = "" }},
		"mail to a folder":           {"mail", func(p *settings.Protection) { p.Mail = settings.Folder }},
		"mail by another":            {"mail", func(p *settings.Protection) { p.Mail = "mail.example.net:587" }},
		"reports to another":         {"security", func(p *settings.Protection) { p.Security = "" }},
		"no prober":                  {"watch", func(p *settings.Protection) { p.Probers = nil }},
		"another prober":             {"watch", func(p *settings.Protection) { p.Probers = map[string]settings.Prober{"sampletown": {Key: "e"}} }},
		"no copy":                    {"copy", func(p *settings.Protection) { p.Copy = settings.Copy{} }},
		"a copy at another":          {"copy", func(p *settings.Protection) { p.Copy.Key = "depot+2" }},
		"another audit key":          {"keys", func(p *settings.Protection) { p.AuditKey = "audit+2" }},
	} {
		proposed := strong()
		one.change(&proposed)
		lost := settings.Weakenings(strong(), proposed)
		if len(lost) == 0 {
			t.Errorf("%s: nothing is named", name)
		}
		for _, w := range lost {
			if w.Setting != one.setting {
				t.Errorf("%s: %s", name, w)
			}
		}
		if proposed.Digest() == strong().Digest() {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}

func TestWhatIsNoWeakening(t *testing.T) {
	if lost := settings.Weakenings(strong(), strong()); len(lost) > 0 {
		t.Errorf("the same: %v", lost)
	}
	for name, change := range map[string]func(*settings.Protection){
		"fewer believed":  func(p *settings.Protection) { p.Proxies = []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")} },
		"nobody believed": func(p *settings.Protection) { p.Proxies = nil },
		"another prober besides": func(p *settings.Protection) {
			p.Probers = map[string]settings.Prober{"sampletown": {Key: "k", Beat: "https://beat.example"}, "lake-odd": {Key: "o"}}
		},
		"an address of one's own": func(p *settings.Protection) { p.Origin = settings.OwnMachine },
		"no shared address":       func(p *settings.Protection) { p.Origin = "" },
	} {
		proposed := strong()
		change(&proposed)
		if lost := settings.Weakenings(strong(), proposed); len(lost) > 0 {
			t.Errorf("%s: %v", name, lost)
		}
	}
	if lost := settings.Weakenings(settings.Protection{}, settings.Protection{People: []string{"ada+1"}, Mail: settings.Folder}); len(lost) > 0 {
		t.Errorf("the first people: %v", lost)
	}
}

// hall is an installation with two people who decide, and one who would like to.
type hall struct {
	*testing.T
	db   *db.DB
	clk  *clock.Manual
	kept *settings.Service
	keys map[string]note.Signer
	says map[string]string
}

func eachHall(t *testing.T, test func(*hall)) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		h := &hall{t, d, clk, settings.New(d, secret.NewKey()), map[string]note.Signer{}, map[string]string{}}
		for _, name := range []string{"ada", "bo", "eve", "mallory"} {
			key, _, err := audit.NewKey(name)
			h.must(err)
			h.keys[name], h.says[name] = key.Signer(), key.Verifier()
		}
		test(h)
	})
}

func (h *hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *hall) wants(what string, got, want error) {
	h.Helper()
	if !errors.Is(got, want) || got == nil && want != nil {
		h.Errorf("%s: %v, want %v", what, got, want)
	}
}

func (h *hall) of(names ...string) settings.Protection {
	p := settings.Protection{Confinement: "required"}
	for _, name := range names {
		p.People = append(p.People, h.says[name])
	}
	return p
}

// ask has people sign that something is taken.
func (h *hall) ask(proposed settings.Protection, names ...string) approval.ID {
	h.Helper()
	inForce, err := h.kept.InForce(h.Context())
	h.must(err)
	people, err := approval.MakePeople(inForce.People)
	h.must(err)
	desk := approval.New(h.db, people)
	r, err := desk.Write(approval.Draft{City: id.Everyone, Action: settings.TakeAction, Content: settings.Words(inForce, proposed), By: names[0]})
	h.must(err)
	text := r.Text()
	for _, name := range names {
		text, err = approval.Sign(text, h.keys[name])
		h.must(err)
	}
	if _, err = desk.Take(h.Context(), id.Everyone, text); err != nil {
		h.Logf("taking the request of %v: %v", names, err)
	}
	return r.ID
}

// Who may decide is not for one to change, with whatever the file says.
func TestApproversArePinned(t *testing.T) {
	eachHall(t, func(h *hall) {
		first, err := h.kept.Take(h.Context(), h.of("ada", "bo"), audit.System)
		h.must(err)
		own := h.of("eve", "mallory")
		_, err = h.kept.Take(h.Context(), own, "operator:eve")
		h.wants("by editing the file", err, settings.ErrNeedsApproval)
		_, err = h.kept.TakeApproved(h.Context(), own, h.ask(own, "eve", "mallory"), "operator:eve")
		h.wants("signed by those who would like to", err, approval.ErrUnknown)
		_, err = h.kept.TakeApproved(h.Context(), own, h.ask(own, "ada"), "operator:eve")
		h.wants("signed by one", err, approval.ErrNotApproved)
		both := h.ask(h.of("ada", "bo", "eve"), "ada", "bo")
		_, err = h.kept.TakeApproved(h.Context(), own, both, "operator:eve")
		h.wants("other people than were signed", err, approval.ErrOtherContent)
		taken, err := h.kept.TakeApproved(h.Context(), h.of("ada", "bo", "eve"), both, "operator:cy")
		h.must(err)
		if first.Number != 1 || taken.Number != 2 || taken.Request != both.String() {
			t.Errorf("taken %+v after %+v", taken, first)
		}
	})
}

func TestWhatProtectsMoreIsTakenAtOnce(t *testing.T) {
	eachHall(t, func(h *hall) {
		weak := h.of("ada", "bo")
		weak.Confinement, weak.Plain = "off", true
		_, err := h.kept.Take(h.Context(), weak, audit.System)
		h.must(err)
		v, err := h.kept.Take(h.Context(), h.of("ada", "bo"), audit.System)
		h.must(err)
		again, err := h.kept.Take(h.Context(), h.of("ada", "bo"), audit.System)
		h.must(err)
		_, err = h.kept.Take(h.Context(), weak, audit.System)
		h.wants("back", err, settings.ErrNeedsApproval)
		inForce, err := h.kept.InForce(h.Context())
		h.must(err)
		if v.Number != 2 || again.Number != 2 || inForce.Number != 2 || inForce.Digest != h.of("ada", "bo").Digest() || inForce.Plain {
			t.Errorf("versions %+v, %+v, in force %+v", v, again, inForce)
		}
		if log := h.log(); strings.Count(log, "settings.take") != 2 || !strings.Contains(log, inForce.Digest) {
			t.Errorf("the log has %s", log)
		}
	})
}

func (h *hall) log() string {
	h.Helper()
	var all strings.Builder
	h.must(h.db.Read(h.Context(), id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		all.Reset()
		rows, err := tx.Query(ctx, `select action, detail from audit_unsealed where city_id = $1 order by id`, id.Everyone)
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var action, detail string
			err := scan(&action, &detail)
			all.WriteString(action + " " + detail + "\n")
			return err
		})
	}))
	return all.String()
}

// Where one is named the first request for a second one waits a day.
func TestASecondPersonIsNamedAfterADay(t *testing.T) {
	eachHall(t, func(h *hall) {
		_, err := h.kept.Take(h.Context(), h.of("ada"), audit.System)
		h.must(err)
		request := h.ask(h.of("ada", "bo"), "ada")
		_, err = h.kept.TakeApproved(h.Context(), h.of("ada", "bo"), request, "operator:cy")
		h.wants("at once", err, approval.ErrTooSoon)
		h.clk.Advance(24 * time.Hour)
		_, err = h.kept.TakeApproved(h.Context(), h.of("ada", "bo"), request, "operator:cy")
		h.must(err)
	})
}

// What somebody writes into the database is passed over, and told.
func TestARowThatWasNotTakenIsPassedOver(t *testing.T) {
	eachHall(t, func(h *hall) {
		_, err := h.kept.Take(h.Context(), h.of("ada", "bo"), audit.System)
		h.must(err)
		h.must(h.db.Write(h.Context(), id.Everyone, func(_ context.Context, tx *db.Tx) error {
			tx.Exec(`insert into settings_versions (city_id, version, taken_at, taken_by, request, settings, digest, seal)
				select city_id, 2, taken_at, taken_by, request, '{}', digest, seal from settings_versions where city_id = $1`, id.Everyone)
			return nil
		}))
		v, err := h.kept.InForce(h.Context())
		h.wants("a row of somebody's", err, settings.ErrNotSealed)
		if v.Number != 1 || len(v.People) != 2 {
			t.Errorf("in force is %+v", v)
		}
		other := settings.New(h.db, secret.NewKey()) // as if the key were lost
		if v, err := other.InForce(h.Context()); !errors.Is(err, settings.ErrNotSealed) || v.Number != 0 {
			t.Errorf("with another key: %+v, %v", v, err)
		}
		_, err = other.Take(h.Context(), h.of("eve"), "operator:eve")
		h.wants("where nobody can compare", err, settings.ErrNeedsApproval)
	})
}
