package sampletown

import (
	"math/rand/v2"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"clearwell/internal/money"
	"clearwell/internal/processor/sandbox"
)

// use turns the meter by a month's water, in tens of gallons: lawns in summer,
// and now and then a leak that lasts until somebody reads the bill.
func (r *Resident) use(random *rand.Rand, month time.Month) int64 {
	used := r.thirst * season(month) / 100
	used += used * int64(random.IntN(31)-15) / 100
	if r.leaking == 0 && random.IntN(400) == 0 {
		r.leaking = 1 + random.IntN(3)
	}
	if r.leaking > 0 {
		r.leaking--
		used += 8_000 + int64(random.IntN(30_000))
	}
	used -= used % 10
	r.reading += used
	return used
}

// season is how much water a Texan month takes, in hundredths of an ordinary one.
func season(month time.Month) int64 {
	return []int64{75, 75, 85, 95, 110, 135, 155, 160, 130, 100, 85, 75}[month-1]
}

// charge is what a month costs: water and sewer by use, trash by the month.
func charge(used int64, business bool) money.Amount {
	const water, sewer, trash = 18_50, 14_25, 19_75
	thousands := (used + 999) / 1000
	cents := int64(water + sewer + trash)
	cents += thousands*3_95 + max(0, thousands-5)*1_60 + max(0, thousands-15)*2_40
	cents += min(thousands, 12) * 2_85
	if business {
		cents += 41_00
	}
	return money.Cents(cents)
}

// spend lets a resident pay what they mean to, on the portal or elsewhere. What
// is paid elsewhere the billing system hears at once; what would be paid after
// today has not happened.
func (t *Town) spend(r *Resident, m *Month) {
	amount := r.means(t.random)
	day := m.On.AddDays(r.payday - 1)
	minute := time.Duration(7*60+t.random.IntN(15*60)) * time.Minute
	mistakes, mails := t.random.IntN(40) == 0, t.random.IntN(2) == 0
	if !amount.IsPositive() || !day.Before(t.today) {
		return
	}
	if t.month < r.since || amount.Cents() < leastByCard || amount.Cents() > mostByCard {
		r.Balance = r.Balance.Sub(amount)
		return
	}
	p := Payment{Resident: r, Amount: amount, At: day.Start(t.zone).Add(minute), Card: r.card}
	if mistakes {
		p.Mistake = t.refused
	}
	if mails {
		p.Email = address(r.Name)
	}
	m.Payments = append(m.Payments, p)
}

// The least and the most that the town takes by card at once.
const leastByCard, mostByCard = 1_00, 3_000_00

// refused is the sandbox's card that has no money on it.
func refused() string {
	for _, card := range sandbox.Script() {
		if card.Does == sandbox.InsufficientFunds {
			return card.Number
		}
	}
	return ""
}

// means is what somebody sets out to pay this month.
func (r *Resident) means(random *rand.Rand) money.Amount {
	forgotten := random.IntN(100) < 35
	switch {
	case !r.Balance.IsPositive():
		return money.Amount{}
	case r.pays == forgets && forgotten:
		return money.Amount{}
	case r.pays == inPart:
		return money.Cents(max(r.Balance.Cents()/2, min(r.Balance.Cents(), 10_00)))
	case r.pays == ahead:
		return money.Cents((r.Balance.Cents()/5000 + 1) * 5000)
	}
	return r.Balance
}

// address is where somebody of that name reads mail. The domain is one kept
// free for examples.
func address(name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) && r < unicode.MaxASCII:
			return unicode.ToLower(r)
		case r == ' ':
			return '.'
		}
		return -1
	}, norm.NFD.String(name))
	return strings.Trim(strings.ReplaceAll(plain, "..", "."), ".") + "@example.com"
}
