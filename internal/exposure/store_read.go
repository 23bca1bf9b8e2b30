package exposure

import (
	"context"
	"fmt"
	"strings"

	"clearwell/internal/db"
	"clearwell/internal/id"
)

// where writes a filter as SQL.
type where struct{ args []any }

func (w *where) mark(value string) string {
	w.args = append(w.args, value)
	return fmt.Sprintf("$%d", len(w.args))
}

// write gives a condition that is true of all that the filter keeps.
func (w *where) write(f Filter) string {
	switch f.how {
	case is:
		return w.is(f)
	case within:
		return w.within(f)
	case allOf:
		return w.joined(f.of, " and ", "1 = 1")
	case anyOf:
		return w.joined(f.of, " or ", "1 = 0")
	}
	return "1 = 1"
}

func (w *where) joined(of []Filter, word, none string) string {
	parts := []string{none}
	for _, f := range of {
		parts = append(parts, w.write(f))
	}
	if len(parts) > 1 {
		parts = parts[1:]
	}
	return "(" + strings.Join(parts, word) + ")"
}

// is keeps what is empty, whichever way round.
func (w *where) is(f Filter) string {
	column := "e." + string(f.column)
	parts := []string{"1 = 0"}
	for _, value := range f.values {
		if f.begins {
			parts = append(parts, fmt.Sprintf("substr(%s, 1, %d) = %s", column, len([]rune(value)), w.mark(value)))
		} else {
			parts = append(parts, column+" = "+w.mark(value))
		}
	}
	return "(" + column + " = '' or " + turned(parts, f.negated) + ")"
}

func (w *where) within(f Filter) string {
	parts := []string{"1 = 0"}
	for _, days := range f.days {
		first, last := bounds(days)
		parts = append(parts, "e.business_on between "+w.mark(first)+" and "+w.mark(last))
	}
	return turned(parts, f.negated)
}

func turned(parts []string, negated bool) string {
	text := "(" + strings.Join(parts, " or ") + ")"
	if negated {
		return "not " + text
	}
	return text
}

// bounds are texts between which all dates of a range lie.
func bounds(d Days) (first, last string) {
	first, last = "", "9999-12-31"
	if !d.First.IsZero() {
		first = d.First.String()
	}
	if !d.Last.IsZero() {
		last = d.Last.String()
	}
	return first, last
}

// Window is the least range of days that holds all that the filter keeps, so that
// the index is read between two places.
func (f Filter) Window() Days {
	var all Days
	switch {
	case f.how == within && !f.negated && len(f.days) > 0:
		all = f.days[0]
		for _, d := range f.days[1:] {
			all = all.joined(d)
		}
	case f.how == anyOf && len(f.of) > 0:
		all = f.of[0].Window()
		for _, part := range f.of[1:] {
			all = all.joined(part.Window())
		}
	case f.how == allOf:
		for _, part := range f.of {
			all = all.met(part.Window())
		}
	}
	return all
}

// joined is the range from the first day of both to the last.
func (d Days) joined(other Days) Days {
	if d.First.IsZero() || !other.First.IsZero() && other.First.After(d.First) {
		other.First = d.First
	}
	if d.Last.IsZero() || !other.Last.IsZero() && other.Last.Before(d.Last) {
		other.Last = d.Last
	}
	return other
}

// met is the range of the days of both.
func (d Days) met(other Days) Days {
	if d.First.After(other.First) {
		other.First = d.First
	}
	if !d.Last.IsZero() && (other.Last.IsZero() || d.Last.Before(other.Last)) {
		other.Last = d.Last
	}
	return other
}

func eachStory(ctx context.Context, tx *db.Tx, city id.City, f Filter, each func(Story, Holder) error) error {
	w := &where{}
	first, last := bounds(f.Window())
	found := "e.city_id = " + w.mark(string(city)) + " and e.business_on between " + w.mark(first) + " and " + w.mark(last)
	rows, err := tx.Query(ctx, `
		select e.id, e.shown_at, e.business_on, e.capture_path, e.flow, e.instrument, e.channel, e.service,
			e.department, e.utility_account, e.login_id, e.processor, e.page_manifest, e.release, e.node,
			coalesce(o.outcome, ''), coalesce(o.entry, ''), coalesce(o.brand, ''), coalesce(o.last4, ''),
			coalesce(o.payer_name, ''), coalesce(o.payer_address, ''), coalesce(o.payer_email, ''), coalesce(o.payer_phone, ''),
			coalesce(u.name, ''), coalesce(u.service_address, ''), coalesce(u.zip, ''), coalesce(u.mailing_1, ''),
			coalesce(u.mailing_2, ''), coalesce(u.mailing_city, ''), coalesce(u.mailing_state, ''), coalesce(u.mailing_zip, '')
		from exposures e
		left join exposure_outcomes o on o.city_id = e.city_id and o.exposure_id = e.id
		left join utility_accounts u on u.city_id = e.city_id and u.number = e.utility_account
		where `+found+" and "+w.write(f)+`
		order by e.business_on, e.id, o.occurred_at, o.attempt_id, o.outcome desc`, w.args...)
	if err != nil {
		return err
	}
	return eachFolded(rows, each)
}

// eachFolded folds rows that follow each other and are of one occasion.
func eachFolded(rows *db.Rows, each func(Story, Holder) error) error {
	var open Story
	var holder Holder
	err := rows.Each(func(scan func(...any) error) error {
		next, came, of, err := scanStory(scan)
		if err != nil {
			return err
		}
		if next.ID != open.ID && !open.ID.IsZero() {
			if err := each(open, holder); err != nil {
				return err
			}
		}
		if next.ID != open.ID {
			open, holder = next, of
		}
		open.tell(came)
		return nil
	})
	if err != nil || open.ID.IsZero() {
		return err
	}
	return each(open, holder)
}

func scanStory(scan func(...any) error) (s Story, came Result, of Holder, err error) {
	var shown int64
	err = scan(&s.ID, &shown, &s.On, &s.CapturePath, &s.Flow, &s.Instrument, &s.Channel, &s.Service,
		&s.Department, &s.UtilityAccount, &s.Login, &s.Processor, &s.PageManifest, &s.Release, &s.Node,
		&came.Outcome, &came.Entry, &came.Brand, &came.Last4,
		&came.Payer.Name, &came.Payer.Address, &came.Payer.Email, &came.Payer.Phone,
		&of.Name, &of.ServiceAddress, &of.ZIP, &of.Mailing[0], &of.Mailing[1], &of.MailingCity, &of.MailingState, &of.MailingZIP)
	s.ShownAt = db.Time(shown)
	return s, came, of, err
}

// cities skips from one town to the next in the key.
func cities(ctx context.Context, tx *db.Tx) ([]id.City, error) {
	rows, err := tx.Query(ctx, `
		with recursive towns(city) as (
			select min(city_id) from exposures
			union all
			select (select min(e.city_id) from exposures e where e.city_id > towns.city) from towns where towns.city is not null)
		select city from towns where city is not null`)
	if err != nil {
		return nil, err
	}
	var found []id.City
	err = rows.Each(func(scan func(...any) error) error {
		var city string
		err := scan(&city)
		found = append(found, id.City(city))
		return err
	})
	return found, err
}
