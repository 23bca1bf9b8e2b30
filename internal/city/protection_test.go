package city_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// council is two people with keys of their own.
type council struct {
	testing.TB
	people approval.People
	keys   []note.Signer
	desk   *approval.Service
}

func newCouncil(t testing.TB, d *db.DB) *council {
	t.Helper()
	c := &council{TB: t}
	var public []string
	for _, name := range []string{"ada", "bo"} {
		key, _, err := audit.NewKey(name)
		if err != nil {
			t.Fatal(err)
		}
		c.keys, public = append(c.keys, key.Signer()), append(public, key.Verifier())
	}
	var err error
	if c.people, err = approval.MakePeople(public); err != nil {
		t.Fatal(err)
	}
	c.desk = approval.New(d, c.people)
	return c
}

// sign has so many of them sign what a plan does.
func (c *council) sign(plan city.Plan, many int) city.Warrant {
	c.Helper()
	r, err := c.desk.Write(approval.Draft{City: plan.File.City, Action: city.ApplyAction, Content: plan.Words(), By: "ada"})
	if err != nil {
		c.Fatal(err)
	}
	text := r.Text()
	for _, key := range c.keys[:many] {
		if text, err = approval.Sign(text, key); err != nil {
			c.Fatal(err)
		}
	}
	if _, err := c.desk.Take(c.Context(), plan.File.City, text); err != nil {
		c.Fatal(err)
	}
	return city.Warrant{People: c.people, Request: r.ID}
}

// decided puts a file in force that two people have approved.
func decided(t testing.TB, d *db.DB, s *city.Registry, file string) city.Version {
	t.Helper()
	p := plan(t, s, file)
	v, err := s.ApplyApproved(t.Context(), p, newCouncil(t, d).sign(p, 2), "operator:ana")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parsed(t *testing.T, file string) city.File {
	t.Helper()
	f, err := city.Parse("city.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// weaker are changes of the example that take protection away, with the setting
// that must be named, one each. The other way round each gives protection, except
// where "both".
func weaker() map[string]struct {
	path, old, new string
	both           bool
} {
	type one = struct {
		path, old, new string
		both           bool
	}
	return map[string]one{
		"another factor":              {path: "guest.factors", old: "[house_number, name]", new: "[house_number, name, last_payment]"},
		"one answer fewer":            {path: "guest.required", old: "required: 2", new: "required: 1"},
		"numbers like cards":          {path: "utility_account_number.patterns", old: `["######-###"]`, new: `["######-###", "################"]`},
		"no check digit":              {path: "utility_account_number.check_digit", old: "check_digit: weights_731\n  example: 004217-002", new: "check_digit: none\n  example: 004217-002"},
		"more cards":                  {path: "declined_cards", old: "declined_cards: 6", new: "declined_cards: 7"},
		"more tries":                  {path: "declined_tries", old: "declined_tries: 8", new: "declined_tries: 9"},
		"fewer duplicates asked":      {path: "duplicate_window", old: "duplicate_window: 24 hours", new: "duplicate_window: 23 hours"},
		"later missed":                {path: "posting.acknowledge_within", old: "acknowledge_within: 26 hours", new: "acknowledge_within: 27 hours"},
		"cards in our page":           {path: "capture", old: "capture: redirect", new: "capture: fields"},
		"another host":                {path: "hosts", old: "[pay.sampletown.example]", new: "[pay.sampletown.example, pay.example.net]"},
		"another host in mail":        {path: "hosts", old: "[pay.sampletown.example, b.example]", new: "[b.example, pay.sampletown.example]", both: true},
		"another path":                {path: "path", old: "path: sampletown", new: "path: sampletowm", both: true},
		"alarms elsewhere":            {path: "contact.security", old: "security: a@sampletown.example", new: "security: b@example.net", both: true},
		"no block":                    {path: "blocks[returned-payments]", old: "block: [bank_account, check]\n        for: 6 months\n    cut_offs", new: "block: [check]\n        for: 6 months\n    cut_offs"},
		"a larger maximum":            {path: "amounts[card-maximum]", old: "maximum: 3,000.00", new: "maximum: 3,000.01"},
		"a setting nobody has judged": {path: "state", old: "state: TX", new: "state: OH", both: true},
	}
}

// example is the example file, with what a change begins with put in where it is
// not there already.
func example(t *testing.T, old string) string {
	t.Helper()
	file := strings.Replace(string(city.Example()), "2026-01-01", "2027-01-01", 1)
	for _, put := range [][2]string{
		{"required: 1", "required: 2"}, {"capture: fields", "capture: redirect"}, {"[pay.sampletown.example]", "[pay.sampletown.example, b.example]"},
		{"check_digit: none\n  example: 004217-001", "check_digit: weights_731\n  example: 004217-002"},
		{"email: utilities@sampletown.example", "email: utilities@sampletown.example\n  security: a@sampletown.example"},
	} {
		if !strings.Contains(file, old) {
			if with := strings.Replace(file, put[0], put[1], 1); strings.Contains(with, old) {
				file = with
			}
		}
	}
	return file
}

func TestEachWeakeningIsNamed(t *testing.T) {
	for name, w := range weaker() {
		before := example(t, w.old)
		now := replacedLast(t, before, w.old, w.new)
		lost := city.Weakenings(parsed(t, before), parsed(t, now))
		if len(lost) == 0 || slices.ContainsFunc(lost, func(l city.Weakening) bool { return l.Path != w.path || l.Words == "" }) {
			t.Errorf("%s: %v", name, lost)
		}
		if back := city.Weakenings(parsed(t, now), parsed(t, before)); len(back) > 0 != w.both {
			t.Errorf("%s, the other way round: %v", name, back)
		}
	}
}

func replacedLast(t *testing.T, file, old, new string) string {
	t.Helper()
	at := strings.LastIndex(file, old)
	if at < 0 {
		t.Fatalf("the file has no %q", old)
	}
	return file[:at] + new + file[at+len(old):]
}

// A new town takes nothing away, and what residents merely read protects nobody.
func TestWhatIsNoWeakening(t *testing.T) {
	now := parsed(t, string(city.Example()))
	if lost := city.Weakenings(city.File{}, now); len(lost) > 0 {
		t.Errorf("a new town: %v", lost)
	}
	if changes := city.Payee(city.File{}, now); len(changes) > 0 {
		t.Errorf("a new town: %v", changes)
	}
	for old, new := range map[string]string{
		"City of Sampletown": "Town of Sampletown", "#1a5e8a": "#123456", "quote_lifetime: 30 minutes": "quote_lifetime: 20 minutes",
		"department: Public Works": "department: Works", "+1 512 555 0100": "+1 512 555 0199", "percent: 2.25": "percent: 2.20",
	} {
		before := example(t, old)
		if lost := city.Weakenings(parsed(t, before), parsed(t, replaced(t, before, old, new))); len(lost) > 0 {
			t.Errorf("%s: %v", new, lost)
		}
	}
}

// One person applies what protects more, and two what protects less.
func TestAWeakeningNeedsTwoPeople(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s, council := city.New(d, sealing()), newCouncil(t, d)
		apply(t, s, string(city.Example()))
		strong := replaced(t, string(city.Example()), "declined_cards: 6", "declined_cards: 3")
		apply(t, s, strong)
		weak := plan(t, s, string(city.Example()))
		refused := func(what string, err, want error) {
			t.Helper()
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
		_, err := s.Apply(t.Context(), weak, "operator:eve")
		refused("by one", err, city.ErrNeedsApproval)
		_, err = s.ApplyApproved(t.Context(), weak, council.sign(weak, 1), "operator:eve")
		refused("signed by one", err, approval.ErrNotApproved)
		both := council.sign(weak, 2)
		_, err = s.ApplyApproved(t.Context(), plan(t, s, replaced(t, string(city.Example()), "declined_cards: 6", "declined_cards: 90")), both, "operator:eve")
		refused("another file", err, approval.ErrOtherContent)
		v, err := s.ApplyApproved(t.Context(), weak, both, "operator:cy")
		if err != nil || v.Number != 3 {
			t.Errorf("signed by two: %+v, %v", v, err)
		}
		apply(t, s, strong)
		_, err = s.ApplyApproved(t.Context(), plan(t, s, string(city.Example())), both, "operator:eve")
		refused("once more", err, approval.ErrDone)
		clk.Advance(time.Hour)
		if detail := applied(t, d); !strings.Contains(detail, "declined_cards: more stolen cards") {
			t.Errorf("the log has %s", detail)
		}
	})
}

// applied is all that the audit log has of files that were applied.
func applied(t *testing.T, d *db.DB) string {
	t.Helper()
	var all []string
	err := d.Read(t.Context(), "sampletown", func(ctx context.Context, tx *db.Tx) error {
		all = nil
		rows, err := tx.Query(ctx, `select detail from audit_unsealed where city_id = $1 and action = 'city.apply' order by id`, "sampletown")
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var detail string
			err := scan(&detail)
			all = append(all, detail)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// Who can write to the database, and has no key of ours, changes nobody's file:
// the town goes on with what was applied, also after a start.
func TestAFileWrittenIntoTheDatabaseIsNotBelieved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, directory := city.New(d, sealing()), city.NewDirectory(d, sealing())
		apply(t, s, string(city.Example()))
		if err := directory.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		forged := replaced(t, string(city.Example()), "merchant: sampletown", "merchant: eve")
		err := d.Write(t.Context(), "sampletown", func(_ context.Context, tx *db.Tx) error {
			tx.Exec(`insert into city_versions (city_id, version, applied_at, applied_by, digest, file)
				values ('sampletown', 2, 1, 'operator:ana', $1, $2)`, digestOf(forged), forged)
			tx.Exec(`insert into city_seals (city_id, version, seal) select city_id, 2, seal from city_seals where city_id = 'sampletown'`)
			tx.Exec(`update cities set version = 2 where city_id = 'sampletown'`)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, towns := range map[string]*city.Directory{"running": directory, "started anew": city.NewDirectory(d, sealing())} {
			if err := towns.Refresh(t.Context()); !errors.Is(err, city.ErrNotSealed) {
				t.Errorf("%s: %v", name, err)
			}
			if c, err := towns.ByID("sampletown"); err != nil || c.Processor.Merchant != "sampletown" {
				t.Errorf("%s: money goes to %+v, %v", name, c, err)
			}
		}
		if _, err := s.Kept(t.Context(), "sampletown", 2); !errors.Is(err, city.ErrNotSealed) {
			t.Errorf("shown as applied: %v", err)
		}
	})
}

// What was applied before there were seals is sealed once.
func TestFilesFromBeforeAreSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := city.New(d, sealing())
		apply(t, s, string(city.Example()))
		if err := d.Write(t.Context(), "sampletown", func(_ context.Context, tx *db.Tx) error {
			tx.Exec(`delete from city_seals where city_id = 'sampletown'`)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Kept(t.Context(), "sampletown", 1); !errors.Is(err, city.ErrNotSealed) {
			t.Errorf("without a seal: %v", err)
		}
		if err := s.SealAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Kept(t.Context(), "sampletown", 1); err != nil {
			t.Errorf("sealed: %v", err)
		}
	})
}
