package mailing

import (
	"slices"

	"clearwell/internal/calendar"
	"clearwell/internal/law"
	"clearwell/internal/letter"
)

// Substitute is what a place lets a town do in place of letters, with why.
type Substitute struct {
	law.Substitute
	// All: public notice may stand for every letter there. Otherwise it may for
	// the Unreachable alone.
	All         bool
	Unreachable int
}

// Substitutes lists the places where the law lets public notice stand for
// letters: for all, where it is too dear or too many, and else for those of the
// exposed who cannot be reached. Where the law has no such rule, letters are
// still owed, and nothing is listed.
func Substitutes(book *law.Book, facts law.Facts, letters []Piece, on calendar.Date) []Substitute {
	facts.Unaddressed = 0
	unreachable := Unreachable(letters)
	for _, count := range unreachable {
		facts.Unaddressed += count
	}
	var all []Substitute
	for _, found := range book.Substitutes(facts, on) {
		one := Substitute{Substitute: found, Unreachable: unreachable[found.Jurisdiction]}
		one.Grounds = slices.DeleteFunc(slices.Clone(found.Grounds), func(g law.Ground) bool {
			return g == law.NoAddresses && one.Unreachable == 0
		})
		one.All = slices.ContainsFunc(one.Grounds, func(g law.Ground) bool { return g != law.NoAddresses })
		if len(one.Grounds) > 0 {
			all = append(all, one)
		}
	}
	return all
}

// Unreachable counts, by state, the exposed of whom no letter can reach the
// address: none is known, or the last envelope came back and nobody knows
// another.
func Unreachable(letters []Piece) map[string]int {
	reached, strays := map[string]bool{}, map[string]string{}
	for _, p := range letters {
		switch {
		case !isExposed(p):
		case p.Unreachable():
			strays[p.Person] = p.State
		default:
			reached[p.Person] = true
		}
	}
	all := map[string]int{}
	for person, state := range strays {
		if !reached[person] {
			all[state]++
		}
	}
	return all
}

func isExposed(p Piece) bool {
	kind := string(letter.Exposed) + "-"
	return len(p.Content) > len(kind) && p.Content[:len(kind)] == kind
}
