package cardscan

// appendCards adds the card numbers of the chain to matches.
func (c *chain) appendCards(matches []Match) []Match {
	for i := range c.groups {
		matches = c.appendFrom(i, matches)
		matches = c.appendWithin(i, matches)
	}
	return matches
}

// appendFrom adds the card numbers that begin with group i.
func (c *chain) appendFrom(i int, matches []Match) []Match {
	first := c.groups[i].from
	for j := i; j < len(c.groups) && c.groups[j].to-first <= maxCard; j++ {
		number := c.digits[first:c.groups[j].to]
		if len(number) >= minCard && c.written(i, j, number) && luhn(number) {
			matches = c.appendMatch(number, matches)
		}
	}
	return matches
}

// written reports whether groups i to j are written as a card number may be,
// and begin as one.
func (c *chain) written(i, j int, number []spot) bool {
	groups := c.groups[i : j+1]
	whole := len(groups) == len(c.groups)
	switch {
	case len(groups) == 1 && !c.isFraction(i):
		return plausible(number)
	case len(groups) == 1:
		return issued(number)
	case hasOdd(groups):
		return alike(groups) && embossed(groups) && issued(number)
	case len(groups) == 2 && c.isFraction(j): // an amount of billions
		return false
	case embossed(groups) || even(groups):
		return issued(number) || whole && pieces(groups) && plausible(number)
	}
	return alike(groups) && (whole && !telephone(groups) || fours(groups)) && issued(number)
}

// appendWithin adds the card numbers inside group i that have other digits
// glued to them: on one side if the group is no longer than a card number may
// be, else on both.
func (c *chain) appendWithin(i int, matches []Match) []Match {
	const shortest, glued = 14, 17
	digits := c.digits[c.groups[i].from:c.groups[i].to]
	nanoseconds := len(digits) == maxCard && digits[0].value == 1
	if len(digits) < glued || nanoseconds {
		return matches
	}
	for from := 0; from+shortest <= len(digits); from++ {
		known := lengths(prefix(digits[from:]))
		for to := from + shortest; known != 0 && to <= min(from+maxCard, len(digits)); to++ {
			oneSided := from == 0 || to == len(digits)
			if known.has(to-from) && (oneSided || len(digits) > maxCard) && luhn(digits[from:to]) {
				matches = c.appendMatch(digits[from:to], matches)
			}
		}
	}
	return matches
}

func (c *chain) appendMatch(number []spot, matches []Match) []Match {
	found := Match{number[0].start, number[len(number)-1].end}
	if inDigest(c.text, found) {
		return matches
	}
	return append(matches, found)
}

// longFrom reports whether a number of minLong digits and more begins with
// group i.
func (c *chain) longFrom(i int) bool {
	first := c.groups[i].from
	for j := i; j < len(c.groups); j++ {
		groups := c.groups[i : j+1]
		if hasOdd(groups) || !alike(groups) && !even(groups) {
			return false
		}
		if c.groups[j].to-first >= minLong {
			return true
		}
	}
	return false
}

// isFraction reports whether group i is what follows a decimal point.
func (c *chain) isFraction(i int) bool {
	point := gap{}.add(glyph{soft, 0, '.'})
	return i > 0 && c.groups[i].before == point &&
		c.groups[i-1].before != point &&
		(i+1 == len(c.groups) || c.groups[i+1].before != point)
}

// hasOdd reports whether an odd mark stands between groups.
func hasOdd(groups []group) bool {
	for _, g := range groups[1:] {
		if g.before.odd {
			return true
		}
	}
	return false
}

// alike reports whether the same marks stand between all groups.
func alike(groups []group) bool {
	for _, g := range groups[1:] {
		if g.before != groups[1].before {
			return false
		}
	}
	return true
}

// even reports whether groups are of one length, but for a shorter last.
func even(groups []group) bool {
	first, last := groups[0].len(), len(groups)-1
	for _, g := range groups[:last] {
		if g.len() != first {
			return false
		}
	}
	return groups[last].len() <= first
}

// embossed reports whether groups are those printed on cards.
func embossed(groups []group) bool {
	if groups[0].len() == 4 && even(groups) {
		return true
	}
	for _, shape := range [...][3]int{{4, 6, 5}, {4, 6, 4}, {4, 4, 5}} {
		if len(groups) == 3 && shape == [3]int{groups[0].len(), groups[1].len(), groups[2].len()} {
			return true
		}
	}
	return false
}

// pieces reports whether even groups are so small that they are meant to be
// read together: embossed, in pairs, digit by digit.
func pieces(groups []group) bool { return embossed(groups) || groups[0].len() <= 2 }

// fours reports whether every group but the last has four digits or more.
func fours(groups []group) bool {
	for _, g := range groups[:len(groups)-1] {
		if g.len() < 4 {
			return false
		}
	}
	return true
}

// telephone reports whether groups hold a telephone number of the US, 3-3-4.
func telephone(groups []group) bool {
	for i := 2; i < len(groups); i++ {
		if groups[i-2].len() == 3 && groups[i-1].len() == 3 && groups[i].len() == 4 {
			return true
		}
	}
	return false
}

// inDigest reports whether a match lies inside a UUID or the hexadecimal
// digest of a hash.
func inDigest(text string, m Match) bool {
	const longest = 128
	start, end := m.Start, m.End
	for start > 0 && end-start <= longest && isHexOrDash(text[start-1]) {
		start--
	}
	for end < len(text) && end-start <= longest && isHexOrDash(text[end]) {
		end++
	}
	digest, letters, dashes := text[start:end], 0, 0
	for i := range len(digest) {
		switch {
		case digest[i] == '-':
			dashes++
		case hexValue(digest[i]) < 0: // the number itself is written in another way
			return false
		case digest[i] > '9':
			letters++
		}
	}
	if dashes > 0 {
		return letters > 0 && isUUID(digest, dashes)
	}
	switch len(digest) {
	case 32, 40, 64, 96, 128:
		return letters > 0
	}
	return false
}

func isUUID(text string, dashes int) bool {
	return len(text) == 36 && dashes == 4 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-'
}

func isHexOrDash(b byte) bool { return hexValue(b) >= 0 || b == '-' }
