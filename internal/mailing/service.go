package mailing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/incident"
	"clearwell/internal/letter"
	"clearwell/internal/secret"
)

// chunk is how many letters one transaction writes down, so that residents can
// pay meanwhile.
const chunk = 250

// Deps are what a service works with.
type Deps struct {
	DB     *db.DB
	Writer *letter.Writer
	Sealer *secret.Sealer // of codes
	Key    secret.Key     // by which a code is recognised that is there already
}

// Service is where mailings are planned, written down and printed.
type Service struct {
	Deps
	incidents *incident.Desk
	bills     *billing.Service
}

// New makes a service for the mailings kept in a database.
func New(d Deps) *Service { return &Service{d, incident.New(d.DB), billing.New(d.DB)} }

// Plan says what an order would do, and writes nothing. It composes every letter
// that it needs, so that none is refused later. Returns what [letter.Writer.Compose]
// does, [incident.ErrUnknown] and [incident.ErrNotFrozen].
func (s *Service) Plan(ctx context.Context, city id.City, o Order) (Plan, error) {
	of, r, err := s.frozen(ctx, city, o)
	if err != nil {
		return Plan{}, err
	}
	o.Terms.Notice.People = r.People
	all, err := s.gather(ctx, city, o, of, r)
	if err != nil {
		return Plan{}, fmt.Errorf("gathering whom a mailing is for: %w", err)
	}
	plan := Plan{Revision: r.Number, Content: o.Terms.Content(o.Kind)}
	var had register
	err = s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		if had, err = selectRegister(ctx, tx, o.Incident); err != nil {
			return err
		}
		if plan.FreeCodes, err = countFree(ctx, tx, o.Incident); err != nil {
			return err
		}
		plan.printed, err = selectMailings(ctx, tx, o.Incident)
		return err
	})
	if err != nil {
		return Plan{}, fmt.Errorf("reading who has a letter: %w", err)
	}
	plan.printed = slices.DeleteFunc(plan.printed, func(m Mailing) bool { return m.Content != plan.Content })
	plan.sort(o, all, had)
	return plan, s.lawful(o, plan.Fresh)
}

// register is who has letters and codes.
type register struct {
	letters map[string][]string // contents by person
	covered map[string]string   // contents, with commas, by utility account
	coded   map[string]bool
}

// has reports whether somebody has the text: by name, or, as their name may be
// made of another utility account of theirs by now, by all that they hold.
func (g register) has(one Addressee, content string) bool {
	if slices.Contains(g.letters[one.Person], content) {
		return true
	}
	return strings.HasPrefix(content, string(letter.Information)) && slices.ContainsFunc(one.UtilityAccounts, func(number string) bool {
		return slices.Contains(strings.Split(g.covered[number], ","), content)
	})
}

func (g register) hasKind(person string, kind letter.Kind) bool {
	return slices.ContainsFunc(g.letters[person], func(content string) bool { return strings.HasPrefix(content, string(kind)+"-") })
}

// sort parts those who get a letter from those who have one.
func (p *Plan) sort(o Order, all []Addressee, had register) {
	for _, one := range all {
		before := had.hasKind(one.Person, o.Kind)
		if had.has(one, p.Content) || o.Newly && before {
			p.Had++
			continue
		}
		if before {
			p.Again++
		}
		if len(one.Lines) == 0 {
			p.Unaddressed++
		}
		if o.coded() && !had.coded[one.Person] {
			p.Codes++
		}
		p.Fresh = append(p.Fresh, one)
	}
}

// coded reports whether the letters of an order have a code.
func (o Order) coded() bool { return o.Kind == letter.Exposed && o.Terms.Notice.Monitoring != "" }

// lawful composes each letter once for each state and language.
func (s *Service) lawful(o Order, all []Addressee) error {
	if len(all) == 0 {
		all = []Addressee{{State: o.Terms.Notice.State}}
	}
	done := map[string]bool{}
	for _, one := range all {
		lang := letter.Spoken(one.Language)
		if key := one.State + string(lang); !done[key] {
			done[key] = true
			if _, err := s.Writer.Compose(o.Terms.Notice, o.Kind, one.State, lang); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) frozen(ctx context.Context, city id.City, o Order) (incident.Incident, incident.Revision, error) {
	of, err := s.incidents.Find(ctx, city, o.Incident)
	if err != nil {
		return of, incident.Revision{}, err
	}
	if o.Revision == 0 {
		if r, found := of.LastFrozen(len(of.Revisions) + 1); found {
			return of, r, nil
		}
		return of, incident.Revision{}, incident.ErrNotFrozen
	}
	r, err := of.Revision(o.Revision)
	if err == nil && r.State != incident.Frozen {
		err = incident.ErrNotFrozen
	}
	return of, r, err
}

// Write writes down who gets a letter, each once. It goes on where an earlier
// Write of the same text was interrupted. With agreed, it refuses another number
// of letters than somebody has seen. Returns what [Service.Plan] does, and
// [ErrNobody], [ErrCodesShort] and [ErrOvertaken].
func (s *Service) Write(ctx context.Context, city id.City, o Order, agreed *int, by audit.Actor) (Mailing, error) {
	plan, err := s.Plan(ctx, city, o)
	if err != nil {
		return Mailing{}, err
	}
	begun := slices.ContainsFunc(plan.printed, func(m Mailing) bool { return m.State == Preparing })
	switch {
	case len(plan.Fresh) == 0 && !begun:
		return Mailing{}, ErrNobody
	case agreed != nil && *agreed != len(plan.Fresh):
		return Mailing{}, ErrOvertaken
	case plan.Codes > plan.FreeCodes:
		return Mailing{}, ErrCodesShort.With("Needed", plan.Codes).With("Free", plan.FreeCodes)
	}
	m, err := s.begin(ctx, city, o, plan, by)
	if err != nil {
		return Mailing{}, fmt.Errorf("beginning a mailing: %w", err)
	}
	for at := 0; at < len(plan.Fresh); at += chunk {
		part := plan.Fresh[at:min(at+chunk, len(plan.Fresh))]
		if err := s.add(ctx, city, o, m, part); err != nil {
			return Mailing{}, fmt.Errorf("writing down letters from %d: %w", at, err)
		}
	}
	if err := s.finish(ctx, city, o.Incident, m, by); err != nil {
		return Mailing{}, fmt.Errorf("ending a mailing: %w", err)
	}
	return s.find(ctx, city, o.Incident, m.Number)
}

// lock is held by whoever writes mailings of a town: their numbers follow each
// other.
const lock = "mailing"

// begin makes a mailing, or takes up one that was interrupted. Others that were
// interrupted are ended as they are: their letters belong to somebody.
func (s *Service) begin(ctx context.Context, city id.City, o Order, plan Plan, by audit.Actor) (Mailing, error) {
	var m Mailing
	err := s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock(lock)
		known, err := selectMailings(ctx, tx, o.Incident)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(known, func(m Mailing) bool {
			return m.State == Preparing && m.Content == plan.Content && m.Revision == plan.Revision
		})
		if at >= 0 {
			m = known[at]
			return nil
		}
		for _, left := range known {
			if left.State != Preparing {
				continue
			}
			if err := closeMailing(ctx, tx, o.Incident, left, by); err != nil {
				return err
			}
		}
		m = Mailing{
			Number: len(known) + 1, Kind: o.Kind, Round: First, Revision: plan.Revision, Content: plan.Content,
			Terms: o.Terms, State: Preparing, MadeBy: by,
		}
		return insertMailing(tx, o.Incident, m)
	})
	return m, err
}

// add writes down some letters with their first posting, and hands out codes.
func (s *Service) add(ctx context.Context, city id.City, o Order, m Mailing, part []Addressee) error {
	return s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock(lock)
		if err := stillPreparing(ctx, tx, o.Incident, m.Number); err != nil {
			return err
		}
		next, err := nextNumber(ctx, tx)
		if err != nil {
			return err
		}
		for _, one := range part {
			fresh, err := insertLetter(ctx, tx, o.Incident, m, next, one)
			if err != nil {
				return err
			}
			if !fresh {
				continue
			}
			insertPosting(tx, o.Incident, m.Number, Piece{Number: next, Posting: 1, Lines: one.Lines})
			next++
			if o.coded() {
				if err := handOut(ctx, tx, o.Incident, one.Person); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// finish gives a mailing its barcodes and ends it.
func (s *Service) finish(ctx context.Context, city id.City, name string, m Mailing, by audit.Actor) error {
	return s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock(lock)
		return closeMailing(ctx, tx, name, m, by)
	})
}

// closeMailing counts the letters of a mailing and makes it ready.
func closeMailing(ctx context.Context, tx *db.Tx, name string, m Mailing, by audit.Actor) error {
	if err := stillPreparing(ctx, tx, name, m.Number); err != nil {
		return err
	}
	count, err := countPostings(ctx, tx, name, m.Number)
	if err != nil {
		return err
	}
	serial, err := nextSerial(ctx, tx)
	if err != nil {
		return err
	}
	updateReady(tx, name, m.Number, count, max(serial, m.Terms.Mailing.Serial))
	record(tx, by, "incident.mail", name, m.Number, map[string]string{
		"content": m.Content, "letters": strconv.Itoa(count), "revision": strconv.Itoa(m.Revision), "round": string(m.Round),
	})
	return nil
}

// Mailings lists the mailings of an incident, the oldest first. Returns
// [incident.ErrUnknown].
func (s *Service) Mailings(ctx context.Context, city id.City, name string) ([]Mailing, error) {
	if _, err := s.incidents.Find(ctx, city, name); err != nil {
		return nil, err
	}
	var all []Mailing
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		all, err = selectMailings(ctx, tx, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing mailings: %w", err)
	}
	return all, nil
}

func (s *Service) find(ctx context.Context, city id.City, name string, number int) (Mailing, error) {
	all, err := s.Mailings(ctx, city, name)
	if errors.Is(err, incident.ErrUnknown) || err == nil && (number < 1 || number > len(all)) {
		return Mailing{}, ErrUnknown
	}
	if err != nil {
		return Mailing{}, err
	}
	return all[number-1], nil
}

// Post notes that a mailing was handed to the Postal Service: everybody on it who
// has an address is told by its text, and the first letters to the exposed are a
// fact of the incident. Said again, it changes nothing. Returns [ErrUnknown],
// [ErrNotReady] and [ErrEvidence].
func (s *Service) Post(ctx context.Context, city id.City, name string, number int, on calendar.Date, evidence string, by audit.Actor) (Mailing, error) {
	m, err := s.find(ctx, city, name, number)
	switch {
	case err != nil:
		return m, err
	case on.IsZero() || strings.TrimSpace(evidence) == "":
		return m, ErrEvidence
	case m.State == Preparing:
		return m, ErrNotReady
	case m.State == Posted:
		return m, nil
	}
	if err := s.tell(ctx, city, name, m, on, evidence, by); err != nil {
		return m, fmt.Errorf("noting who was told: %w", err)
	}
	err = s.DB.Write(ctx, city, func(_ context.Context, tx *db.Tx) error {
		updatePosted(tx, name, number, on, evidence)
		record(tx, by, "incident.posted", name, number, map[string]string{"on": on.String(), "evidence": evidence})
		return nil
	})
	if err != nil {
		return m, fmt.Errorf("noting that a mailing was posted: %w", err)
	}
	return s.find(ctx, city, name, number)
}

// tell notes it with the incident. A bystander is not on its list.
func (s *Service) tell(ctx context.Context, city id.City, name string, m Mailing, on calendar.Date, evidence string, by audit.Actor) error {
	if m.Kind != letter.Exposed {
		return nil
	}
	pieces, err := s.pieces(ctx, city, name, m.Number)
	if err != nil {
		return err
	}
	people := map[string]bool{}
	for _, p := range pieces {
		if len(p.Lines) > 0 {
			people[p.Person] = true
		}
	}
	if len(people) == 0 {
		return nil
	}
	if err := s.tellOn(ctx, city, name, people, incident.Telling{Content: m.Content, Way: "letter", By: by}); err != nil {
		return err
	}
	facts, err := s.incidents.Facts(ctx, city, name)
	if err != nil || !incident.Known(facts, incident.Told).IsZero() {
		return err
	}
	return s.incidents.Record(ctx, city, name, incident.Fact{Name: incident.Told, On: on, Evidence: evidence, RecordedBy: by})
}

// tellOn notes people as told, each on a list that they are on: letters of one
// text may have begun with several.
func (s *Service) tellOn(ctx context.Context, city id.City, name string, people map[string]bool, t incident.Telling) error {
	of, err := s.incidents.Find(ctx, city, name)
	if err != nil {
		return err
	}
	for _, r := range of.Revisions {
		if r.State != incident.Frozen {
			continue
		}
		var here []string
		err := s.incidents.Each(ctx, city, name, r.Number, func(p incident.Person) error {
			if people[p.ID] {
				here = append(here, p.ID)
				delete(people, p.ID)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(here) == 0 {
			continue
		}
		if _, err := s.incidents.Tell(ctx, city, name, r.Number, here, t); err != nil {
			return err
		}
	}
	return nil
}

// record writes an act into the audit log, beside those of the incident itself.
func record(tx *db.Tx, by audit.Actor, action, name string, number int, detail map[string]string) {
	detail["mailing"] = strconv.Itoa(number)
	audit.RecordTx(tx, audit.Event{Actor: by, Action: action, Thing: "incident/" + name, Detail: detail})
}
