package city

import (
	"fmt"
	"regexp"

	"clearwell/internal/calendar"
	"clearwell/internal/policy"
)

// readSet reads one dated set of rules.
func readSet(m *mapping) policy.Set {
	s := policy.Set{
		Version:       m.need("version").matching(regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$`), "use letters, digits, dots and hyphens, such as 2026-1"),
		EffectiveFrom: m.need("effective_from").date(),
		Citation:      m.need("citation").plain(),
	}
	m.each("tenders", "rule", func(item *mapping) { s.Tenders = append(s.Tenders, readTenderRule(item)) })
	m.each("fees", "rule", func(item *mapping) { s.Fees = append(s.Fees, readFeeRule(item)) })
	m.each("amounts", "rule", func(item *mapping) { s.Amounts = append(s.Amounts, readAmountRule(item)) })
	m.each("blocks", "rule", func(item *mapping) { s.Blocks = append(s.Blocks, readBlockRule(item)) })
	m.each("cut_offs", "rule", func(item *mapping) { s.CutOffs = append(s.CutOffs, readCutOff(item)) })
	s.Counter = readCounter(m.section("counter"))
	return s
}

func readCounter(m *mapping) policy.CounterRules {
	defer m.end()
	rules := policy.CounterRules{
		Citation:    m.may("citation").plain(),
		VoidAlone:   m.may("void_alone_up_to").amount(),
		CashWarning: m.may("cash_warning").amount(),
		CashLimit:   m.may("cash_limit").amount(),
	}
	m.each("banks", "bank", func(item *mapping) {
		name := item.need("bank").matching(slug(), "name the bank with lower-case letters, digits and hyphens, such as first-bank")
		rules.Banks = append(rules.Banks, policy.BankRule{Bank: name, Tenders: choices(item, "tenders", policy.AllTenders())})
	})
	return rules
}

func (m *mapping) rule() string {
	return m.need("rule").matching(slug(), "name the rule with lower-case letters, digits and hyphens; refusals are explained by it")
}

func readMatch(m *mapping) policy.Match {
	defer m.end()
	return policy.Match{
		Services: convert[policy.Service](m.texts("services")),
		MCCs:     convert[policy.MCC](m.texts("mccs")),
		Channels: choices(m, "channels", policy.Channels()),
		Tenders:  choices(m, "tenders", policy.AllTenders()),
		Brands:   choices(m, "brands", policy.Brands()),
		Fundings: choices(m, "fundings", policy.Fundings()),
		Occasion: choice(m.may("occasion"), []policy.Occasion{policy.OneTime, policy.Recurring}),
	}
}

func readTenderRule(m *mapping) policy.TenderRule {
	rule := policy.TenderRule{Name: m.rule(), Match: readMatch(m.section("when")), Accept: choices(m, "accept", policy.AllTenders())}
	if !m.has("accept") {
		m.reader.reportf(m.path, "say what is accepted; accept: [] takes nothing")
	}
	return rule
}

func readFeeRule(m *mapping) policy.FeeRule {
	rule := policy.FeeRule{
		Name:     m.rule(),
		Citation: m.may("citation").plain(),
		Match:    readMatch(m.section("when")),
		Kind:     choice(m.need("kind"), policy.FeeKinds()),
		Waiver:   m.may("waiver").plain(),
	}
	rule.Tariff = readTariff(m)
	return rule
}

// readTariff reads either a list of steps or the parts of a single one.
func readTariff(m *mapping) policy.Tariff {
	single := readStep(m)
	var steps []policy.TariffStep
	for i, node := range m.list("steps") {
		item := &mapping{reader: m.reader, path: fmt.Sprintf("%s.steps[%d]", m.path, i+1)}
		m.reader.places[item.path] = placeOf(node)
		item.fill(node)
		step := readStep(item)
		step.UpTo = item.may("up_to").amount()
		item.end()
		steps = append(steps, step)
	}
	switch {
	case len(steps) > 0 && single != policy.TariffStep{}:
		m.reader.reportf(join(m.path, "steps"), "a fee has either steps or one flat, percent, at_least and at_most; move the latter into the steps")
	case len(steps) > 0:
		return policy.Tiered(steps...)
	case single != policy.TariffStep{}:
		return policy.Tiered(single)
	}
	return policy.Tariff{}
}

func readStep(m *mapping) policy.TariffStep {
	return policy.TariffStep{
		Flat:        m.may("flat").amount(),
		BasisPoints: m.may("percent").basisPoints(),
		AtLeast:     m.may("at_least").amount(),
		AtMost:      m.may("at_most").amount(),
	}
}

func readAmountRule(m *mapping) policy.AmountRule {
	rule := policy.AmountRule{
		Name:     m.rule(),
		Citation: m.may("citation").plain(),
		Match:    readMatch(m.section("when")),
		Minimum:  m.may("minimum").amount(),
		Maximum:  m.may("maximum").amount(),
		FullOnly: m.may("full_only").yes(),
	}
	if over := m.may("overpayment_up_to"); over.written {
		most := over.amount()
		rule.Overpayment = &most
	}
	return rule
}

func readBlockRule(m *mapping) policy.BlockRule {
	return policy.BlockRule{
		Name:     m.rule(),
		Citation: m.need("citation").plain(),
		Returns:  m.need("returns").whole(1, 100),
		Within:   m.need("within").period(),
		Counted:  choices(m, "of", policy.AllTenders()),
		Codes:    m.texts("codes"),
		Blocks:   choices(m, "block", policy.AllTenders()),
		For:      m.need("for").period(),
	}
}

func readCutOff(m *mapping) policy.CutOffRule {
	rule := policy.CutOffRule{Name: m.rule(), Tenders: choices(m, "tenders", policy.AllTenders())}
	at := parsed(m.need("at"), parseTimeOfDay, "give a time of day, such as 17:00")
	rule.Hour, rule.Minute = at.hour, at.minute
	return rule
}

type timeOfDay struct{ hour, minute int }

func (t timeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.hour, t.minute) }

func parseTimeOfDay(text string) (timeOfDay, bool) {
	c, err := calendar.ParseCutOff(text, nil)
	return timeOfDay{c.Hour, c.Minute}, err == nil
}
