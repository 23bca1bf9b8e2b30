package imb

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

// Decode reads a barcode back into its tracking and routing codes. It returns
// ErrUnreadable for what is no barcode, ErrCheckSequence for one with a damaged
// bar.
func Decode(text string) (tracking, routing string, err error) {
	all, ok := read(text)
	if !ok {
		return "", "", ErrUnreadable
	}
	words, sum, ok := recognize(all)
	if !ok {
		return "", "", ErrCheckSequence
	}
	value := new(big.Int)
	for i, word := range words {
		value.Mul(value, big.NewInt(base(i)))
		value.Add(value, big.NewInt(int64(word)))
	}
	if checkSequence(value) != sum {
		return "", "", ErrCheckSequence
	}
	return codes(value)
}

// read turns bars into characters.
func read(text string) (all [10]uint16, ok bool) {
	if len(text) != Bars || strings.Trim(text, "FADT") != "" {
		return all, false
	}
	for at, place := range places() {
		descender, bar := place <= Bars, text[(place-1)%Bars]
		if bar == 'F' || bar == 'D' && descender || bar == 'A' && !descender {
			all[at/characterBits] |= 1 << (at % characterBits)
		}
	}
	return all, true
}

// recognize finds the codewords of characters, and the check that inverted them.
func recognize(all [10]uint16) (words [10]int, sum uint16, ok bool) {
	codeword := map[uint16]int{}
	for word, c := range alphabet() {
		codeword[c] = word
	}
	for i, c := range all {
		if bits.OnesCount16(c) > characterBits/2 {
			c ^= allBits
			sum |= 1 << i
		}
		word, known := codeword[c]
		if !known {
			return words, 0, false
		}
		words[i] = word
	}
	if words[9]%2 != 0 || words[0] >= 2*firstCodewords {
		return words, 0, false
	}
	words[9] /= 2
	if words[0] >= firstCodewords {
		words[0] -= firstCodewords
		sum |= 1 << 10
	}
	return words, sum, true
}

// codes takes the number apart.
func codes(value *big.Int) (tracking, routing string, err error) {
	var text [trackingLength]byte
	digit := new(big.Int)
	for i := trackingLength - 1; i >= 0; i-- {
		value.DivMod(value, big.NewInt(radix(i)), digit)
		text[i] = '0' + byte(digit.Int64())
	}
	kinds := routings()
	for i := len(kinds) - 1; i > 0; i-- {
		if first := big.NewInt(kinds[i].first); value.Cmp(first) >= 0 {
			routing = fmt.Sprintf("%0*d", kinds[i].digits, value.Sub(value, first))
			break
		}
	}
	return string(text[:]), routing, check(string(text[:]), routing)
}
