package mailing

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"clearwell/internal/billing"
	"clearwell/internal/id"
	"clearwell/internal/incident"
	"clearwell/internal/letter"
)

// nameless is whom a letter is for when nobody knows who lives there, as the
// Postal Service writes it.
const nameless = "Current Resident / Residente"

// gather lists whom an order is for, whether or not they have a letter.
func (s *Service) gather(ctx context.Context, city id.City, o Order, of incident.Incident, r incident.Revision) ([]Addressee, error) {
	exposed, err := s.exposed(ctx, city, o, r)
	if err != nil || o.Kind == letter.Exposed {
		return exposed, err
	}
	others, err := s.bystanders(ctx, city, o, r)
	if err != nil {
		return nil, err
	}
	holders, err := s.holders(ctx, city, o, append(slices.Clone(exposed), others...))
	return append(others, holders...), err
}

func (s *Service) exposed(ctx context.Context, city id.City, o Order, r incident.Revision) ([]Addressee, error) {
	var all []Addressee
	err := s.incidents.Each(ctx, city, o.Incident, r.Number, func(p incident.Person) error {
		all = append(all, addressee(p, o.Terms))
		return nil
	})
	return all, err
}

// bystanders are who was on an occasion of these days that is out. Who would be
// in today belongs on a list first, and gets nothing here.
func (s *Service) bystanders(ctx context.Context, city id.City, o Order, r incident.Revision) ([]Addressee, error) {
	list, err := s.incidents.People(ctx, city, r.Scope, true)
	if err != nil {
		return nil, err
	}
	days := r.Scope.Window()
	var all []Addressee
	for _, p := range list.People {
		before := !days.First.IsZero() && p.Last.Before(days.First)
		after := !days.Last.IsZero() && p.First.After(days.Last)
		if one := addressee(p, o.Terms); !p.Verdict.In() && !before && !after && len(one.Lines) > 0 {
			all = append(all, one)
		}
	}
	return all, nil
}

func addressee(p incident.Person, t Terms) Addressee {
	one := Addressee{
		Person: p.ID, Name: cmp.Or(p.Name, nameless), Lines: linesOf(p, t.Place),
		State: cmp.Or(p.State, t.Notice.State), Language: p.Language,
	}
	if p.Kind != incident.PayerKind { // the holder of those a payer paid for is somebody else
		one.UtilityAccounts = p.UtilityAccounts
	}
	return one
}

// holders are the customers of all utility accounts that none of the others
// holds, one for several with one name and address.
func (s *Service) holders(ctx context.Context, city id.City, o Order, others []Addressee) ([]Addressee, error) {
	covered := map[string]bool{}
	for _, one := range others {
		for _, number := range one.UtilityAccounts {
			covered[number] = true
		}
	}
	at := map[string]int{}
	var all []Addressee
	err := s.bills.Holders(ctx, city, func(h billing.Holder) error {
		number := string(h.Number)
		one := addressee(holderOf(h), o.Terms)
		if covered[number] || len(one.Lines) == 0 {
			return nil
		}
		key := strings.ToLower(one.Name + "\n" + strings.Join(one.Lines, "\n"))
		place, known := at[key]
		if !known {
			place, at[key] = len(all), len(all)
			all = append(all, one)
		}
		all[place].UtilityAccounts = append(all[place].UtilityAccounts, number)
		return nil
	})
	return all, err
}

// holderOf is a customer as a person. Who has no occasion is called by the first
// of their utility accounts.
func holderOf(h billing.Holder) incident.Person {
	now := incident.Address{Lines: h.Mailing.Lines, City: h.Mailing.City, State: h.Mailing.State, ZIP: h.Mailing.ZIP}
	if h.Mailing.Lines == [2]string{} {
		now = incident.Address{Lines: [2]string{h.ServiceAddress}, ZIP: h.ZIP}
	}
	return incident.Person{ID: "utl_" + string(h.Number), Kind: incident.HolderKind, Name: h.Name, Now: now, State: now.State}
}
