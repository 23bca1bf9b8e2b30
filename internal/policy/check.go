package policy

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/money"
)

// Town is what [Check] must know of the town beside its rules.
type Town struct {
	State    string // two letters, for state law
	Services []Billed
}

// Billed is a service and the category its card payments are filed under.
type Billed struct {
	Service Service
	MCC     MCC
}

// Severity says what a finding does to a set.
type Severity int

// The severities.
const (
	Warning   Severity = iota // the set may be applied; somebody should know
	Forbidden                 // a set in force stays so; a new one may not be applied
	Fatal                     // the set means nothing
)

// String names the severity.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Finding is something wrong with a set.
type Finding struct {
	Severity Severity
	Rules    string // "tenders", "fees", "amounts", "blocks", "cut_offs"; empty for the set
	Rule     string // the rule's name; empty for the set
	Message  string // what is wrong and what to do, one sentence for staff
}

// Check looks for what is wrong with a set that holds until the day end (zero:
// open). It asks every question the set could be asked, so that a rule hidden
// behind an earlier one is neither blamed for what it never does nor missed.
func Check(s Set, town Town, end calendar.Date) []Finding {
	c := checker{set: s, town: town, end: end}
	c.names()
	c.tenders()
	c.tariffs()
	c.bounds()
	c.clocks()
	if c.fatal() {
		return c.findings // a set with broken parts gives no meaningful answers
	}
	c.coverage()
	c.networks()
	c.parity()
	c.freeWay()
	return c.findings
}

type checker struct {
	set      Set
	town     Town
	end      calendar.Date
	findings []Finding
}

func (c *checker) find(severity Severity, rules, rule, format string, args ...any) {
	f := Finding{severity, rules, rule, fmt.Sprintf(format, args...)}
	if !slices.Contains(c.findings, f) {
		c.findings = append(c.findings, f)
	}
}

func (c *checker) fatal() bool {
	return slices.ContainsFunc(c.findings, func(f Finding) bool { return f.Severity == Fatal })
}

// names refuses two rules of one name: a refusal must point at one of them.
func (c *checker) names() {
	seen := map[string]bool{}
	for _, named := range c.set.names() {
		switch {
		case named.rule == "":
			c.find(Fatal, named.rules, "", "a rule has no name; refusals are explained by it")
		case seen[named.rule]:
			c.find(Fatal, named.rules, named.rule, "two rules have this name; give each its own")
		}
		seen[named.rule] = true
	}
	if c.set.Version == "" {
		c.find(Fatal, "", "", "the set has no version; payments are explained by it")
	}
}

// tenders refuses rules that take nothing anywhere, and warns of tenders that
// only a hand can give where there is no counter.
func (c *checker) tenders() {
	if len(c.set.Tenders) == 0 {
		c.find(Fatal, "tenders", "", "no tender is taken anywhere; say what each channel takes")
	}
	for _, r := range c.set.Tenders {
		if len(r.Match.Tenders) > 0 {
			c.find(Fatal, "tenders", r.Name, "names tenders among its conditions; say what it takes under Accept")
		}
	}
	for q := range c.questions() {
		if c.fatal() || !q.Tender.ByHand() || q.Channel.ByHand() {
			continue
		}
		rule, _ := c.decision(q).tenderRule()
		c.find(Warning, "tenders", rule.Name, "%s cannot be handed over on %s", Tenders{q.Tender}, q.Channel)
	}
}

// clocks refuses cut-offs at no time of day.
func (c *checker) clocks() {
	for _, r := range c.set.CutOffs {
		if err := (calendar.CutOff{Hour: r.Hour, Minute: r.Minute}).Check(); err != nil {
			c.find(Fatal, "cut_offs", r.Name, "%d:%02d is no time of day", r.Hour, r.Minute)
		}
	}
}

type named struct{ rules, rule string }

func (s Set) names() []named {
	var all []named
	for _, r := range s.Tenders {
		all = append(all, named{"tenders", r.Name})
	}
	for _, r := range s.Fees {
		all = append(all, named{"fees", r.Name})
	}
	for _, r := range s.Amounts {
		all = append(all, named{"amounts", r.Name})
	}
	for _, r := range s.Blocks {
		all = append(all, named{"blocks", r.Name})
	}
	for _, r := range s.CutOffs {
		all = append(all, named{"cut_offs", r.Name})
	}
	return all
}

// tariffs refuses fees that cannot be computed and warns of those that surprise.
func (c *checker) tariffs() {
	for _, r := range c.set.Fees {
		if r.Kind != Absorbed && r.Tariff.free() {
			c.find(Fatal, "fees", r.Name, "a %s fee of nothing; say what it comes to, or that the town absorbs it", r.Kind)
		}
		if r.Kind == Absorbed && !r.Tariff.free() {
			c.find(Fatal, "fees", r.Name, "an absorbed fee has an amount; remove it, or say which kind of fee it is")
		}
		if problem := r.Tariff.problem(); problem != "" {
			c.find(Fatal, "fees", r.Name, "%s", problem)
			continue
		}
		if bound, falls := r.Tariff.falls(); falls {
			c.find(Warning, "fees", r.Name, "the fee falls just above %s: a larger payment would cost less", dollars(bound))
		}
	}
}

// problem says why a tariff cannot be computed, "" when it can.
func (t Tariff) problem() string {
	var bound money.Amount
	for i, s := range t.Steps {
		last := i == len(t.Steps)-1
		switch {
		case s.Flat.IsNegative() || s.AtLeast.IsNegative() || s.AtMost.IsNegative() || s.BasisPoints < 0:
			return "a fee is never negative"
		case s.BasisPoints > 10_000:
			return "a fee of more than 100 % is surely a slip"
		case s.AtMost.IsPositive() && s.AtMost.Less(s.AtLeast):
			return "the fee's upper bound is below its lower bound"
		case last && !s.UpTo.IsZero():
			return "the last step must have no bound, or larger payments would have no fee"
		case !last && !bound.Less(s.UpTo):
			return "the steps must ascend, each with its bound"
		}
		bound = s.UpTo
	}
	return ""
}

// bounds refuses amount and block rules that nothing can satisfy or complete.
func (c *checker) bounds() {
	for _, r := range c.set.Amounts {
		switch {
		case r.Minimum.IsNegative() || r.Maximum.IsNegative() || r.Overpayment != nil && r.Overpayment.IsNegative():
			c.find(Fatal, "amounts", r.Name, "an amount is never negative")
		case r.Maximum.IsPositive() && r.Maximum.Less(r.Minimum):
			c.find(Fatal, "amounts", r.Name, "the maximum %s is below the minimum %s", dollars(r.Maximum), dollars(r.Minimum))
		}
	}
	for _, r := range c.set.Blocks {
		c.block(r)
	}
}

func (c *checker) block(r BlockRule) {
	switch {
	case r.Returns < 1:
		c.find(Fatal, "blocks", r.Name, "say how many returned payments it takes, one or more")
	case len(r.Blocks) == 0:
		c.find(Fatal, "blocks", r.Name, "say which tenders it takes away")
	case r.Within.Months < 0 || r.Within.Days < 0 || r.For.Months < 0 || r.For.Days < 0:
		c.find(Fatal, "blocks", r.Name, "a period is never negative")
	case r.Citation == "":
		c.find(Fatal, "blocks", r.Name, "no citation; the resident is told which ordinance took the tender away")
	}
	if len(r.Blocks) == len(AllTenders()) {
		c.find(Warning, "blocks", r.Name, "takes every tender away, so the bill could not be paid at all")
	}
}

// coverage warns of payments that no fee rule prices and of fee rules that
// price none. Either is usually an edit that lost a line; a fee that vanished
// unseen has cost towns months of absorbed costs.
func (c *checker) coverage() {
	used, uncovered := map[string]bool{}, map[string]bool{}
	for q := range c.questions() {
		if rule, ok := c.price(q); ok {
			used[rule.Name] = true
		} else {
			uncovered[fmt.Sprintf("%s on %s", Tenders{q.Tender}, q.Channel)] = true
		}
	}
	if len(uncovered) > 0 {
		c.find(Warning, "fees", "", "no fee rule covers %s; such payments carry no fee. Say so with an absorbed rule",
			strings.Join(slices.Sorted(maps.Keys(uncovered)), "; "))
	}
	for _, r := range c.set.Fees {
		if !used[r.Name] {
			c.find(Warning, "fees", r.Name, "prices no payment: earlier rules cover all of its payments, or nothing it names is taken")
		}
	}
}

func (c *checker) price(q Question) (FeeRule, bool) { return c.decision(q).feeRule() }

func (c *checker) decision(q Question) *decision { return &decision{set: c.set, q: q} }

// networks warns of fees that the card networks or the state forbid.
func (c *checker) networks() {
	for q := range c.questions() {
		rule, ok := c.price(q)
		if !ok || q.Tender != Card {
			continue
		}
		for _, network := range networkRules() {
			if network.inForce(c.set.EffectiveFrom, c.end) && network.breaks(charge{q, rule, c.town.State}) {
				c.forbidden(rule, network)
			}
		}
	}
}

// forbidden refuses a fee that a network or a state forbids, unless the file
// cites the letter by which the acquirer allows it.
func (c *checker) forbidden(rule FeeRule, by networkRule) {
	if rule.Waiver != "" {
		c.find(Warning, "fees", rule.Name, "%s (%s); waived by %s", by.sentence, by.citation, rule.Waiver)
		return
	}
	c.find(Forbidden, "fees", rule.Name, "%s (%s); if your acquirer allows it all the same, cite its letter as the rule's waiver", by.sentence, by.citation)
}

// parity warns where a brand pays more than Visa does: Mastercard and American
// Express forbid fees that discriminate against their cards.
func (c *checker) parity() {
	for q := range c.questions() {
		if q.Brand != Mastercard && q.Brand != Amex {
			continue
		}
		asVisa := q
		asVisa.Brand = Visa
		for _, cents := range []int64{1_000, 10_000, 100_000} {
			amount := money.Cents(cents)
			if c.fee(asVisa, amount).Less(c.fee(q, amount)) {
				rule, _ := c.price(q)
				c.find(Warning, "fees", rule.Name, "%s pays more than visa; the network forbids fees that discriminate against its cards", q.Brand)
			}
		}
	}
}

func (c *checker) fee(q Question, amount money.Amount) money.Amount {
	rule, _ := c.price(q)
	return rule.Tariff.Fee(amount)
}

// freeWay warns of a service that nobody can pay for without a fee.
func (c *checker) freeWay() {
	free := map[Service]bool{}
	for q := range c.questions() {
		if rule, ok := c.price(q); !ok || rule.Tariff.free() {
			free[q.Service] = true
		}
	}
	for _, billed := range c.town.Services {
		if !free[billed.Service] {
			c.find(Warning, "fees", "", "%s cannot be paid anywhere without a fee; show residents at least one free way", billed.Service)
		}
	}
}

// questions lists every kind of payment that the set takes.
func (c *checker) questions() iter.Seq[Question] {
	return func(yield func(Question) bool) {
		for _, billed := range c.town.Services {
			for _, way := range ways() {
				q := Question{On: c.set.EffectiveFrom, Service: billed.Service, MCC: billed.MCC,
					Channel: way.channel, Recurring: way.recurring}
				if !c.tendered(q, yield) {
					return
				}
			}
		}
	}
}

type way struct {
	channel   Channel
	recurring bool
}

// ways lists the channels with what comes over them: autopay only recurs, and
// only it does, but for the API, whose callers may run an autopay of their own.
func ways() []way {
	return []way{{Web, false}, {Phone, false}, {Counter, false}, {Autopay, true}, {API, false}, {API, true}, {BankFile, false}}
}

// tendered asks q with each tender taken, a card in each brand and funding.
func (c *checker) tendered(q Question, yield func(Question) bool) bool {
	for _, tender := range AllTenders() {
		q.Tender = tender
		for _, card := range cards(tender) {
			q.Brand, q.Funding = card.brand, card.funding
			if c.set.takes(q) && !yield(q) {
				return false
			}
		}
	}
	return true
}

type card struct {
	brand   Brand
	funding Funding
}

// cards lists the kinds of card behind a tender; one blank kind behind the others.
func cards(tender Tender) []card {
	if tender != Card {
		return []card{{}}
	}
	var kinds []card
	for _, brand := range Brands() {
		for _, funding := range append(Fundings(), "") {
			kinds = append(kinds, card{brand, funding})
		}
	}
	return kinds
}
