package cardscan

// luhn reports whether digits pass the check of ISO/IEC 7812-1.
func luhn(digits []spot) bool {
	sum := 0
	for i := range digits {
		value := int(digits[len(digits)-1-i].value)
		if i%2 == 1 {
			value *= 2
		}
		sum += value/10 + value%10
	}
	return sum%10 == 0
}

// prefix is the first four digits.
func prefix(digits []spot) int {
	number := 0
	for _, d := range digits[:4] {
		number = number*10 + int(d.value)
	}
	return number
}

// plausible reports whether any network, however small, has had numbers of
// this length that begin like this.
func plausible(digits []spot) bool {
	first, n := prefix(digits), len(digits)
	switch digits[0].value {
	case 0:
		return false
	case 1: // UATP, and the old numbers of JCB
		return n == 15
	case 2: // Mir and Mastercard; the old numbers of JCB. Years and times begin like the others
		return n >= 16 && 2200 <= first && first <= 2720 || n == 15 && first == 2131
	case 3:
		return n >= 14
	case 4, 5, 6:
		return true
	}
	return n >= 16
}

// issued reports whether a network that a town's processor would take has
// numbers of exactly this length that begin like this.
func issued(digits []spot) bool { return lengths(prefix(digits)).has(len(digits)) }

// lengthSet is a set of lengths, a bit for each.
type lengthSet uint32

func (s lengthSet) has(length int) bool { return s>>length&1 == 1 }

// lengths gives the lengths of the numbers that begin with these four digits.
func lengths(prefix int) lengthSet {
	var set lengthSet
	for _, network := range [...]struct{ from, to, shortest, longest int }{
		{2200, 2204, 16, 19}, // Mir
		{2221, 2720, 16, 16}, // Mastercard
		{3000, 3059, 14, 14}, // Diners Club
		{3095, 3095, 14, 14},
		{3400, 3499, 15, 15}, // American Express
		{3528, 3589, 16, 19}, // JCB
		{3600, 3699, 14, 14}, // Diners Club
		{3700, 3799, 15, 15}, // American Express
		{3800, 3999, 14, 14}, // Diners Club
		{4000, 4999, 16, 16}, // Visa
		{4000, 4999, 19, 19},
		{5000, 5099, 16, 19}, // Maestro and others
		{5100, 5599, 16, 16}, // Mastercard
		{5600, 5899, 16, 19}, // Maestro
		{6000, 6999, 16, 19}, // Discover, UnionPay, RuPay, Maestro and others
		{8100, 8299, 16, 19}, // UnionPay, RuPay
		{9792, 9792, 16, 16}, // Troy
	} {
		if network.from <= prefix && prefix <= network.to {
			set |= 1<<(network.longest+1) - 1<<network.shortest
		}
	}
	return set
}
