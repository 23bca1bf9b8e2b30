package incident

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
)

// List is who answers a question.
type List struct {
	People []Person // by name
	Doubts []Doubt
	Counts
}

// People lists who answers a scope, as things are now. With everybody, it also
// lists those who do not, with the reason.
func (d *Desk) People(ctx context.Context, city id.City, scope Scope, everybody bool) (List, error) {
	filter := scope.Filter()
	if everybody {
		filter = exposure.Filter{}
	}
	g := gathering{scope: scope, everybody: everybody, crowd: newCrowd()}
	if err := d.occasions.Each(ctx, city, filter, g.meet); err != nil {
		return List{}, fmt.Errorf("listing people: %w", err)
	}
	return g.list(), nil
}

// gathering meets occasions, and lists people at the end. Who was in and who was
// out are matched apart, so that asking for both changes nothing of who is in.
type gathering struct {
	scope     Scope
	everybody bool
	crowd     *crowd
	files     []*file // by the place of a face in the crowd
	outside   *gathering
}

// file is what is known of one face.
type file struct {
	payer   exposure.Payer // the last that was given
	holder  exposure.Holder
	utility string
	verdict Verdict
	first   calendar.Date
	last    calendar.Date
	members []exposure.ID
}

func (g *gathering) meet(s exposure.Story, h exposure.Holder) error {
	verdict := g.scope.Judge(s)
	if verdict.In() {
		g.keep(s, h, verdict)
		return nil
	}
	if g.everybody {
		if g.outside == nil {
			g.outside = &gathering{crowd: newCrowd()}
		}
		g.outside.keep(s, h, verdict)
	}
	return nil
}

func (g *gathering) keep(s exposure.Story, h exposure.Holder, verdict Verdict) {
	place := g.crowd.add(exposure.FaceOf(s, h))
	if place == len(g.files) {
		g.files = append(g.files, &file{first: s.On, verdict: verdict})
	}
	f := g.files[place]
	f.holder, f.utility, f.last = h, s.UtilityAccount, s.On
	f.members = append(f.members, s.ID)
	f.payer = latest(f.payer, s.Payer)
	if nearer(verdict, f.verdict) {
		f.verdict = verdict
	}
}

// nearer reports whether a verdict tells more than another: of those who are in,
// what is certain; of those who are out, what met the most of the scope.
func nearer(a, b Verdict) bool {
	if a.Answer != b.Answer {
		return a.Answer > b.Answer
	}
	return a.Answer == No && len(a.Reasons) > len(b.Reasons)
}

// latest keeps what was known where the newer says nothing.
func latest(known, newer exposure.Payer) exposure.Payer {
	return exposure.Payer{
		Name: cmp.Or(newer.Name, known.Name), Address: cmp.Or(newer.Address, known.Address),
		Email: cmp.Or(newer.Email, known.Email), Phone: cmp.Or(newer.Phone, known.Phone),
	}
}

func (g *gathering) list() List {
	var l List
	m := g.crowd.matched()
	l.People = g.people(m)
	l.Doubts = doubts(l.People, m.shared)
	households := map[string]bool{}
	for i := range l.People {
		households[l.People[i].Household] = true
		l.Occasions += l.People[i].Occasions
	}
	l.Counts.People, l.Households = len(l.People), len(households)
	if g.outside != nil {
		l.People = append(l.People, g.beside(l.People)...)
	}
	return l
}

// beside lists who was on occasions, but on none that is in.
func (g *gathering) beside(in []Person) []Person {
	known := map[Mark]bool{}
	for i := range in {
		for _, m := range in[i].marks {
			known[m] = true
		}
	}
	out := g.outside.people(g.outside.crowd.matched())
	return slices.DeleteFunc(out, func(p Person) bool {
		return slices.ContainsFunc(p.marks, func(m Mark) bool { return known[m] })
	})
}

// people makes persons of the files that are one, by name.
func (g *gathering) people(m matching) []Person {
	at := map[int]int{}
	homes := map[int]uint64{}
	var all []Person
	for i, face := range g.crowd.faces {
		root := m.roots[i]
		place, known := at[root]
		if !known {
			place = len(all)
			at[root] = place
			all = append(all, Person{Verdict: g.files[i].verdict})
		}
		homes[place] = home(homes[place], face)
		all[place].take(g.files[i], face, marks(face, m.shared))
	}
	for i := range all {
		all[i].settle(homes[i])
	}
	slices.SortFunc(all, func(a, b Person) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return all
}

// take adds what one file knows to a person.
func (p *Person) take(f *file, face exposure.Face, by []Mark) {
	later := !f.last.Before(p.Last)
	if p.Occasions == 0 || f.first.Before(p.First) {
		p.First = f.first
	}
	if later {
		p.Last = f.last
	}
	p.Occasions += len(f.members)
	p.members = append(p.members, f.members...)
	known := p.marks
	if len(f.members) > 1 {
		known = by // the file itself is of several occasions
	}
	p.Links = append(p.Links, common(known, by)...)
	p.marks = append(p.marks, by...)
	if f.utility != "" && !slices.Contains(p.UtilityAccounts, f.utility) {
		p.UtilityAccounts = append(p.UtilityAccounts, f.utility)
	}
	if nearer(f.verdict, p.Verdict) {
		p.Verdict = f.verdict
	}
	p.describe(f, face, later)
}

// common lists by what links marks hold to those before.
func common(known, by []Mark) []Link {
	var links []Link
	for _, m := range by {
		if slices.Contains(known, m) {
			links = append(links, m.Link)
		}
	}
	return links
}

// describe takes over name and addresses, of the later file where both have them.
// What the holder of a utility account is called counts only for the holder.
func (p *Person) describe(f *file, face exposure.Face, later bool) {
	own := f.holder.Is(face)
	name := f.payer.Name
	if own {
		name = cmp.Or(f.payer.Name, f.holder.Name)
	}
	pick := func(to *string, fresh string) {
		if fresh != "" && (later || *to == "") {
			*to = fresh
		}
	}
	pick(&p.Name, name)
	pick(&p.Then, f.payer.Address)
	pick(&p.Email, f.payer.Email)
	pick(&p.Phone, f.payer.Phone)
	now := nowOf(f.holder)
	if !now.IsZero() && (p.Now.IsZero() || own && p.Kind != HolderKind || later && own == (p.Kind == HolderKind)) {
		p.Now = now
	}
	if own {
		p.Kind = HolderKind
	}
}

// nowOf is where the billing system sends the bill; where it does not say, it is
// where the water goes.
func nowOf(h exposure.Holder) Address {
	if h.Mailing[0] == "" && h.Mailing[1] == "" && h.ServiceAddress != "" {
		return Address{Lines: [2]string{h.ServiceAddress}, ZIP: h.ZIP}
	}
	return Address{h.Mailing, h.MailingCity, h.MailingState, h.MailingZIP}
}

// settle ends a person's file.
func (p *Person) settle(home uint64) {
	p.marks = sortMarks(p.marks)
	p.ID = identify(p.marks)
	p.Household = p.ID
	if home != 0 {
		p.Household = fmt.Sprintf("hsh_%016x", home)
	}
	slices.Sort(p.Links)
	p.Links = slices.Compact(p.Links)
	slices.Sort(p.UtilityAccounts)
	slices.SortFunc(p.members, func(a, b exposure.ID) int { return strings.Compare(a.String(), b.String()) })
	switch {
	case p.Name == "":
		p.Kind = UnknownKind
	case p.Kind == "":
		p.Kind = PayerKind
	}
	p.State = cmp.Or(stateIn(p.Then), p.Now.State)
}

var stateAndZIP = regexp.MustCompile(`(?i)\b([a-z]{2})[\s,.]+\d{5}(-\d{4})?\W*$`)

// stateIn finds the state in an address as people write it: the two letters
// before a ZIP Code at the end.
func stateIn(address string) string {
	if found := stateAndZIP.FindStringSubmatch(address); found != nil {
		return strings.ToUpper(found[1])
	}
	return ""
}

// doubts lists the shared anchors with those who share them.
func doubts(people []Person, shared map[anchor]bool) []Doubt {
	at := map[anchor]int{}
	var all []Doubt
	for _, p := range people {
		for _, m := range p.marks {
			a := anchor{m.Link, m.A}
			if !shared[a] {
				continue
			}
			place, known := at[a]
			if !known {
				place = len(all)
				at[a] = place
				all = append(all, Doubt{Link: m.Link, Anchor: m.A})
			}
			if !slices.Contains(all[place].People, p.ID) {
				all[place].People = append(all[place].People, p.ID)
			}
		}
	}
	return all
}
