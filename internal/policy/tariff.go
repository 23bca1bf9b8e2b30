package policy

import "clearwell/internal/money"

// Tariff says what a fee comes to for an amount: steps in ascending order, each
// for payments up to its bound. Every shape in use is one of these: flat,
// percent, the greater of both, flat and percent together, or several steps
// such as $1.99 up to $200 and 2.5 % beyond. The zero Tariff is no fee.
type Tariff struct{ Steps []TariffStep }

// TariffStep is the fee within one step: Flat and BasisPoints of the whole
// amount added up, at least AtLeast and at most AtMost.
type TariffStep struct {
	UpTo        money.Amount // the largest amount of the step; zero in the last, which has no bound
	Flat        money.Amount
	BasisPoints int64 // hundredths of a percent of the whole amount, rounded once, half up
	AtLeast     money.Amount
	AtMost      money.Amount // zero: no cap
}

// Flat is the same fee for every amount.
func Flat(fee money.Amount) Tariff { return Tariff{[]TariffStep{{Flat: fee}}} }

// Percent is a share of the amount, in basis points.
func Percent(basisPoints int64) Tariff { return Tariff{[]TariffStep{{BasisPoints: basisPoints}}} }

// GreaterOf is a share of the amount, and never less than a floor.
func GreaterOf(basisPoints int64, floor money.Amount) Tariff {
	return Tariff{[]TariffStep{{BasisPoints: basisPoints, AtLeast: floor}}}
}

// FlatAndPercent is a fixed fee and a share of the amount.
func FlatAndPercent(fee money.Amount, basisPoints int64) Tariff {
	return Tariff{[]TariffStep{{Flat: fee, BasisPoints: basisPoints}}}
}

// Tiered is a tariff of several steps.
func Tiered(steps ...TariffStep) Tariff { return Tariff{steps} }

// Fee is what the tariff asks for a payment of amount; nothing for nothing.
func (t Tariff) Fee(amount money.Amount) money.Amount {
	if !amount.IsPositive() {
		return money.Amount{}
	}
	step, _ := t.step(amount)
	return step.fee(amount)
}

// step finds the step an amount falls in.
func (t Tariff) step(amount money.Amount) (TariffStep, bool) {
	for _, step := range t.Steps {
		if step.UpTo.IsZero() || !step.UpTo.Less(amount) {
			return step, true
		}
	}
	return TariffStep{}, false
}

func (s TariffStep) fee(amount money.Amount) money.Amount {
	fee := s.Flat.Add(amount.BasisPoints(s.BasisPoints))
	if fee.Less(s.AtLeast) {
		fee = s.AtLeast
	}
	if s.AtMost.IsPositive() && s.AtMost.Less(fee) {
		fee = s.AtMost
	}
	return fee
}

// Monotonic reports whether a larger payment never costs a smaller fee. Within
// a step it is always so; it can only fall where one step gives way to the next.
func (t Tariff) Monotonic() bool {
	_, falls := t.falls()
	return !falls
}

// falls finds the first bound beyond which the fee is smaller.
func (t Tariff) falls() (bound money.Amount, found bool) {
	for _, step := range t.Steps {
		if step.UpTo.IsZero() {
			break
		}
		beyond := step.UpTo.Add(money.Cents(1))
		if t.Fee(beyond).Less(t.Fee(step.UpTo)) {
			return step.UpTo, true
		}
	}
	return money.Amount{}, false
}

// free reports whether the tariff asks nothing for any amount.
func (t Tariff) free() bool {
	for _, s := range t.Steps {
		if !s.Flat.IsZero() || s.BasisPoints != 0 || !s.AtLeast.IsZero() {
			return false
		}
	}
	return true
}

// isFlat reports whether the fee is the same for every amount.
func (t Tariff) isFlat() bool {
	return len(t.Steps) == 0 || len(t.Steps) == 1 && t.Steps[0].BasisPoints == 0
}
