package policy

import (
	"fmt"
	"slices"

	"clearwell/internal/fault"
	"clearwell/internal/locale"
	"clearwell/internal/money"
)

// Decide answers a question. Every refusal is reported, not only the first, so
// that a resident who mends one is not told of the next.
func (s Set) Decide(q Question) Answer {
	return decide(s, q, false)
}

// Explain answers a question and says, rule by rule, how the answer came about.
func (s Set) Explain(q Question) Answer {
	return decide(s, q, true)
}

func decide(s Set, q Question, explain bool) Answer {
	d := decision{set: s, q: q, explain: explain, answer: Answer{Version: s.Version}}
	d.tender()
	d.blocks()
	d.amounts()
	d.fee()
	d.notices()
	d.answer.Allowed = len(d.answer.Refusals) == 0
	return d.answer
}

// decision is a question on its way to its answer.
type decision struct {
	set     Set
	q       Question
	explain bool
	answer  Answer
}

func (d *decision) step(rules, rule string, verdict Verdict, format string, args ...any) {
	if d.explain {
		d.answer.Explanation = append(d.answer.Explanation, Step{rules, rule, verdict, fmt.Sprintf(format, args...)})
	}
}

func (d *decision) refuse(rules, rule string, err *fault.Error, format string, args ...any) {
	staff := fmt.Sprintf(format, args...)
	d.answer.Refusals = append(d.answer.Refusals, Refusal{rule, err, fmt.Sprintf("rule %s: %s", rule, staff)})
	d.step(rules, rule, Refuses, "%s", staff)
}

// tender refuses what the channel does not take.
func (d *decision) tender() {
	rule, found := d.tenderRule()
	switch {
	case !found:
		d.refuse("tender", "default", ErrChannelClosed, "no tender rule covers %s on channel %s", d.q.Service, d.q.Channel)
	case open(rule.Accept, d.q.Tender) && len(rule.Accept) > 0:
		d.step("tender", rule.Name, Applies, "takes %s", rule.Accept)
	default:
		d.refuse("tender", rule.Name, d.set.notTaken(d.q), "takes %s, not %s", rule.Accept, d.q.tender())
	}
}

// notTaken is the resident's side of a tender that the rules refuse: which, and
// what else there is. Where only some cards are refused, it names them.
func (s Set) notTaken(q Question) *fault.Error {
	card, taken := s.otherCards(q)
	for _, tender := range s.Taken(q) {
		if tender != q.Tender {
			taken = append(taken, tender.Phrase())
		}
	}
	switch {
	case len(taken) == 0:
		return ErrChannelClosed
	case card != "":
		return ErrCardNotTaken.With("Card", card).With("Taken", taken)
	}
	return ErrTenderNotTaken.With("Tender", q.Tender.Phrase()).With("Taken", taken)
}

// otherCards says what is wrong with a card that the rules refuse, its brand or
// else its funding, and which others they take; nothing where they take none.
func (s Set) otherCards(q Question) (refused locale.Phrase, taken locale.List) {
	if q.Tender != Card {
		return "", nil
	}
	brands := phrased(Brands(), func(b Brand) bool { return s.takes(q.with(b, q.Funding)) })
	fundings := phrased(Fundings(), func(f Funding) bool { return s.takes(q.with(q.Brand, f)) })
	switch {
	case slices.Contains(Brands(), q.Brand) && len(brands) > 0:
		return q.Brand.Phrase(), brands
	case slices.Contains(Fundings(), q.Funding) && len(fundings) > 0:
		return q.Funding.Phrase(), fundings
	}
	return "", nil
}

// with is the question of another card.
func (q Question) with(brand Brand, funding Funding) Question {
	q.Brand, q.Funding = brand, funding
	return q
}

// phrased lists what residents read for those that are taken.
func phrased[T interface{ Phrase() locale.Phrase }](all []T, taken func(T) bool) (list locale.List) {
	for _, one := range all {
		if taken(one) {
			list = append(list, one.Phrase())
		}
	}
	return list
}

func (d *decision) tenderRule() (TenderRule, bool) {
	for _, rule := range d.set.Tenders {
		failing, ok := rule.Match.covers(d.q)
		if ok {
			return rule, true
		}
		d.step("tender", rule.Name, PassedOver, "is for another %s", failing)
	}
	return TenderRule{}, false
}

// Taken lists the tenders that the rules take for a payment such as q, with
// returned payments taken into account; q's own tender, brand and funding do
// not matter. What one holds is taken only where it can be handed over or sent,
// whatever a rule for all channels says.
func (s Set) Taken(q Question) Tenders {
	var taken Tenders
	for _, tender := range AllTenders() {
		q.Tender, q.Brand, q.Funding = tender, "", ""
		if s.takes(q) && (!tender.ByHand() || q.Channel.ByHand()) {
			taken = append(taken, tender)
		}
	}
	return taken
}

// takes reports whether the tender of q is taken and not blocked.
func (s Set) takes(q Question) bool {
	for _, rule := range s.Blocks {
		if rule.standing(q).blocked && open(rule.Blocks, q.Tender) {
			return false
		}
	}
	d := decision{set: s, q: q}
	rule, found := d.tenderRule()
	return found && len(rule.Accept) > 0 && open(rule.Accept, q.Tender)
}

// blocks refuses tenders that returned payments have taken away.
func (d *decision) blocks() {
	before := len(d.answer.Refusals)
	for _, rule := range d.set.Blocks {
		standing := rule.standing(d.q)
		switch {
		case !open(rule.Blocks, d.q.Tender):
			d.step("block", rule.Name, PassedOver, "is for another tender")
		case !standing.blocked:
			d.step("block", rule.Name, PassedOver, "%d of %d returned payments; none stands", standing.counted, rule.Returns)
		default:
			d.refuse("block", rule.Name, blocked(rule, standing), "%s", rule.staff(standing))
		}
	}
	if len(d.answer.Refusals) > before {
		d.left()
	}
}

// blocked is the resident's side of a block: what, why, until when, by which
// ordinance.
func blocked(rule BlockRule, standing standing) *fault.Error {
	err := ErrTenderBlocked
	if !standing.forGood {
		err = ErrTenderBlockedUntil.With("Until", standing.until)
	}
	return err.With("Tenders", rule.Blocks.Phrases()).With("Count", standing.counted).With("Citation", rule.Citation)
}

// left tells a resident whose tender is blocked what else there is, here or at
// the counter.
func (d *decision) left() {
	if here := d.set.Taken(d.q); len(here) > 0 {
		d.notice(NoticeLeftHere, "Left", here.Phrases())
		return
	}
	atCounter := d.q
	atCounter.Channel = Counter
	if there := d.set.Taken(atCounter); len(there) > 0 {
		d.notice(NoticeLeftAtCounter, "Left", there.Phrases())
	}
}

// amounts refuses what is too little or too much.
func (d *decision) amounts() {
	if !d.q.Amount.IsPositive() {
		d.refuse("amount", "default", ErrAmountNotPositive, "a payment is of at least one cent")
		return
	}
	for _, rule := range d.set.Amounts {
		if failing, ok := rule.Match.covers(d.q); !ok {
			d.step("amount", rule.Name, PassedOver, "is for another %s", failing)
			continue
		}
		if err, staff := rule.refusal(d.q.Amount, d.q.Owed.Due()); err != nil {
			d.refuse("amount", rule.Name, err, "%s", staff)
			continue
		}
		d.step("amount", rule.Name, Applies, "%s is within its bounds", dollars(d.q.Amount))
	}
}

// refusal says why the rule does not take amount where due is owed, nil if it does.
func (r AmountRule) refusal(amount, due money.Amount) (err *fault.Error, staff string) {
	switch {
	case r.FullOnly && amount.Less(due):
		return ErrFullAmountRequired.With("Due", due),
			fmt.Sprintf("%s is less than the %s due, and only the full amount is taken", dollars(amount), dollars(due))
	case amount.Less(r.Minimum) && amount.Compare(due) != 0:
		return ErrAmountTooLow.With("Minimum", r.Minimum),
			fmt.Sprintf("%s is below the minimum of %s", dollars(amount), dollars(r.Minimum))
	case r.Maximum.IsPositive() && r.Maximum.Less(amount):
		return ErrAmountTooHigh.With("Maximum", r.Maximum),
			fmt.Sprintf("%s is above the maximum of %s", dollars(amount), dollars(r.Maximum))
	case r.Overpayment != nil:
		return r.overpaid(amount, due)
	}
	return nil, ""
}

func (r AmountRule) overpaid(amount, due money.Amount) (err *fault.Error, staff string) {
	most := due.Add(*r.Overpayment)
	switch {
	case !most.Less(amount):
		return nil, ""
	case most.IsZero():
		return ErrNothingDue, "nothing is due, and paying ahead is not taken"
	}
	return ErrOverpayment.With("Due", due).With("Most", most),
		fmt.Sprintf("%s is more than %s above the %s due", dollars(amount), dollars(*r.Overpayment), dollars(due))
}

// fee prices the payment by the first rule that covers it.
func (d *decision) fee() {
	rule, found := d.feeRule()
	if !found {
		d.answer.FeeKind = Absorbed
		d.step("fee", "", Applies, "no rule covers this payment, so it carries no fee")
	} else {
		d.price(rule)
	}
	d.answer.Total = d.q.Amount.Add(d.answer.Fee)
	if d.q.Amount.IsPositive() && d.answer.Total.Err() != nil {
		d.refuse("amount", "default", money.ErrRange, "amount and fee together are beyond any amount we count")
	}
}

func (d *decision) price(rule FeeRule) {
	d.answer.FeeRule, d.answer.FeeKind = rule.Name, rule.Kind
	if rule.Kind == Absorbed {
		d.step("fee", rule.Name, Applies, "the town absorbs the cost")
		return
	}
	d.answer.Fee = rule.Tariff.Fee(d.q.Amount)
	d.step("fee", rule.Name, Applies, "%s fee, %s: %s", rule.Kind, rule.Tariff.at(d.q.Amount), dollars(d.answer.Fee))
}

func (d *decision) feeRule() (FeeRule, bool) {
	for _, rule := range d.set.Fees {
		failing, ok := rule.Match.covers(d.q)
		if ok {
			return rule, true
		}
		d.step("fee", rule.Name, PassedOver, "is for another %s", failing)
	}
	return FeeRule{}, false
}

// notices tells what does not stop a payment. Partial payments get theirs
// because they do not stop a shut-off, which residents believe they do.
func (d *decision) notices() {
	owed, due := d.q.Owed, d.q.Owed.Due()
	if owed.Credit.IsPositive() {
		d.notice(NoticeCredit, "Credit", owed.Credit)
	}
	if owed.Pending.IsPositive() {
		d.notice(NoticePending, "Pending", owed.Pending)
	}
	switch {
	case due.IsZero():
		d.notice(NoticeNothingDue)
	case due.Less(d.q.Amount):
		d.notice(NoticeOverpayment, "Over", d.q.Amount.Sub(due))
	}
	if remaining := owed.PastDue.Sub(owed.Pending).Sub(d.q.Amount); remaining.IsPositive() {
		d.notice(NoticePastDueStands, "Remaining", remaining)
	}
}

func (d *decision) notice(id string, params ...any) {
	n := Notice{ID: id, Params: map[string]any{}}
	for i := 0; i+1 < len(params); i += 2 {
		n.Params[fmt.Sprint(params[i])] = params[i+1]
	}
	d.answer.Notices = append(d.answer.Notices, n)
}
