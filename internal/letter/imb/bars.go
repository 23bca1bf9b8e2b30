package imb

import (
	"math/bits"
)

// place says where a bit of a character is drawn: bars 1 to 65 from the left for
// descenders, 66 to 130 for ascenders. It holds the thirteen bits of each of the
// ten characters, the lowest first (specification appendix D, turned around).
func places() [130]int {
	return [...]int{
		67, 6, 78, 16, 86, 95, 34, 40, 45, 113, 117, 121, 62,
		87, 18, 104, 41, 76, 57, 119, 115, 72, 97, 2, 127, 26,
		105, 35, 122, 52, 114, 7, 24, 82, 68, 63, 94, 44, 77,
		112, 70, 100, 39, 30, 107, 15, 125, 85, 10, 65, 54, 88,
		20, 106, 46, 66, 8, 116, 29, 61, 99, 80, 90, 37, 123,
		51, 25, 84, 129, 56, 4, 109, 96, 28, 36, 47, 11, 71,
		33, 102, 21, 9, 17, 49, 124, 79, 64, 91, 42, 69, 53,
		60, 14, 1, 27, 103, 126, 75, 89, 50, 120, 19, 32, 110,
		92, 111, 130, 59, 31, 12, 81, 43, 55, 5, 74, 22, 101,
		128, 58, 118, 48, 108, 38, 98, 93, 23, 83, 13, 73, 3,
	}
}

const (
	characterBits = 13
	allBits       = 1<<characterBits - 1
	fives         = 1287 // characters with five bits set; those with two follow
	allCharacters = 1365
)

// alphabet lists the characters by codeword: of thirteen bits, five or two are
// set. A character and its mirror image are neighbours, those that are their own
// stand at the end (specification appendix E).
func alphabet() [allCharacters]uint16 {
	var all [allCharacters]uint16
	fill(all[:fives], 5)
	fill(all[fives:], 2)
	return all
}

func fill(table []uint16, set int) {
	low, high := 0, len(table)-1
	for c := range uint16(allBits + 1) {
		mirror := bits.Reverse16(c) >> (16 - characterBits)
		switch {
		case bits.OnesCount16(c) != set || mirror < c:
		case mirror == c:
			table[high] = c
			high--
		default:
			table[low], table[low+1] = c, mirror
			low += 2
		}
	}
}

// characters turns codewords into characters; the ten low bits of the check each
// invert one.
func characters(words [10]int, sum uint16) [10]uint16 {
	var all [10]uint16
	letters := alphabet()
	for i, word := range words {
		all[i] = letters[word]
		if sum>>i&1 == 1 {
			all[i] ^= allBits
		}
	}
	return all
}

// bars draws ten characters.
func bars(all [10]uint16) string {
	var set [2 * Bars]bool
	for at, place := range places() {
		set[place-1] = all[at/characterBits]>>(at%characterBits)&1 == 1
	}
	var drawn [Bars]byte
	for i := range drawn {
		drawn[i] = letter(set[i], set[i+Bars])
	}
	return string(drawn[:])
}

func letter(descends, ascends bool) byte {
	switch {
	case descends && ascends:
		return 'F'
	case descends:
		return 'D'
	case ascends:
		return 'A'
	}
	return 'T'
}
