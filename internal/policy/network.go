package policy

import (
	"slices"

	"clearwell/internal/calendar"
)

// networkRule is something the card networks, or a state, forbid, for as long
// as they forbade it. A fee against it does not go into force unless it cites
// the acquirer's letter: there are waivers, and the networks amend their rules
// twice a year.
type networkRule struct {
	name     string
	citation string
	from     calendar.Date // first day; the zero date is "as long as anyone remembers"
	until    calendar.Date // first day no longer; the zero date is "still"
	sentence string
	breaks   func(charge) bool
}

// charge is one way of paying by card and the fee rule that prices it.
type charge struct {
	q     Question
	rule  FeeRule
	state string // of the town, two letters
}

func (c charge) is(kind FeeKind, brands ...Brand) bool {
	return c.rule.Kind == kind && !c.rule.Tariff.free() && c.q.Tender == Card &&
		(len(brands) == 0 || slices.Contains(brands, c.q.Brand))
}

// serviceFeeMCCs may always charge a Visa service fee: schools, courts, fines,
// taxes, government services. Utilities (4900) joined later.
func serviceFeeMCCs() []MCC {
	return []MCC{"8211", "8220", "8244", "8249", "9211", "9222", "9311", "9399"}
}

const utilities MCC = "4900"

// networkRules are the rules we know, with their dates. Sources: the Visa Core
// Rules and Visa Product and Service Rules on surcharges, convenience fees and
// service fees; Mastercard Rules 5.12.2; the states' caps as published by
// acquirers.
func networkRules() []networkRule {
	return slices.Concat(convenienceRules(), serviceFeeRules(), surchargeRules())
}

func convenienceRules() []networkRule {
	const citation = "Visa Core Rules, convenience fees"
	return []networkRule{{
		name: "visa-convenience-flat", citation: citation,
		sentence: "a convenience fee on a Visa card must be the same amount whatever is paid",
		breaks:   func(c charge) bool { return c.is(Convenience, Visa) && !c.rule.Tariff.isFlat() },
	}, {
		name: "visa-convenience-recurring", citation: citation,
		sentence: "a convenience fee may never be charged on a recurring Visa payment",
		breaks:   func(c charge) bool { return c.is(Convenience, Visa) && c.q.Recurring },
	}, {
		name: "visa-convenience-channel", citation: citation,
		sentence: "a convenience fee is for an alternative channel, never for paying by Visa at the counter",
		breaks:   func(c charge) bool { return c.is(Convenience, Visa) && c.q.Channel == Counter },
	}}
}

func serviceFeeRules() []networkRule {
	joined := calendar.MakeDate(2025, 10, 18)
	return []networkRule{{
		name: "visa-service-fee-utilities", citation: "Visa service fee program, utilities added 18 October 2025",
		until:    joined,
		sentence: "a service fee on a Visa card was not open to utilities (MCC 4900) before 18 October 2025",
		breaks:   func(c charge) bool { return c.is(ServiceFee, Visa) && c.q.MCC == utilities },
	}, {
		name: "visa-service-fee-category", citation: "Visa service fee program, eligible categories",
		sentence: "a service fee on a Visa card is open only to utilities, schools, courts, fines, taxes and government services",
		breaks: func(c charge) bool {
			return c.is(ServiceFee, Visa) && c.q.MCC != utilities && !slices.Contains(serviceFeeMCCs(), c.q.MCC)
		},
	}}
}

func surchargeRules() []networkRule {
	rules := []networkRule{{
		name: "surcharge-credit-only", citation: "Visa Core Rules and Mastercard Rules, surcharges",
		sentence: "a surcharge is for credit cards only, never for debit, prepaid or a card of unknown funding",
		breaks:   func(c charge) bool { return c.is(Surcharge) && c.q.Funding != Credit },
	}}
	for _, limit := range surchargeCaps() {
		rules = append(rules, limit.rule())
	}
	return rules
}

// surchargeCap is the largest surcharge a network or a state allows.
type surchargeCap struct {
	name, citation, sentence string
	from                     calendar.Date
	state                    string // empty: any
	brands                   []Brand
	basisPoints              int64
}

func surchargeCaps() []surchargeCap {
	return []surchargeCap{
		{"visa-surcharge-cap", "Visa, surcharge cap of 15 April 2023", "a surcharge on a Visa card may not exceed 3 %",
			calendar.MakeDate(2023, 4, 15), "", []Brand{Visa}, 300},
		{"surcharge-cap", "Mastercard Rules, surcharge cap", "a surcharge may not exceed 4 %",
			calendar.Date{}, "", []Brand{Mastercard, Amex, Discover}, 400},
		{"colorado-surcharge-cap", "Colorado Revised Statutes 5-2-212", "Colorado caps surcharges at 2 %",
			calendar.Date{}, "CO", nil, 200},
		{"oklahoma-surcharge-cap", "Oklahoma surcharge law, as published by acquirers", "Oklahoma caps surcharges at 2 %",
			calendar.Date{}, "OK", nil, 200},
		{"nevada-surcharge-cap", "Nevada surcharge law, as published by acquirers", "Nevada caps surcharges at 1.5 %",
			calendar.Date{}, "NV", nil, 150},
	}
}

func (l surchargeCap) rule() networkRule {
	return networkRule{name: l.name, citation: l.citation, from: l.from, sentence: l.sentence,
		breaks: func(c charge) bool {
			return c.is(Surcharge, l.brands...) && (l.state == "" || l.state == c.state) &&
				c.rule.Tariff.exceeds(l.basisPoints)
		}}
}

// exceeds reports whether the tariff asks more than a share for some amount. A
// fixed part always does, for an amount small enough.
func (t Tariff) exceeds(basisPoints int64) bool {
	return slices.ContainsFunc(t.Steps, func(s TariffStep) bool {
		return s.BasisPoints > basisPoints || s.Flat.IsPositive() || s.AtLeast.IsPositive()
	})
}

// inForce reports whether the rule held on any day from first until the day
// before end; a zero end is open.
func (r networkRule) inForce(first, end calendar.Date) bool {
	begins := end.IsZero() || r.from.Before(end)
	lasts := r.until.IsZero() || first.Before(r.until)
	return begins && lasts
}
