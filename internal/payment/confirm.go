package payment

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

// confirmations makes confirmation numbers: short enough to read over the
// telephone, and different for ever. Each is eleven symbols and a check symbol:
// 40 bits of milliseconds since 2024 (enough until 2058) and 15 that count from
// a random start, so that they append to their index.
type confirmations struct {
	mu   sync.Mutex
	next uint16
}

const (
	symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford base32: no I, L, O, U
	prime   = 31                                 // of the weighted sum behind the check symbol, which catches most slips
)

func newConfirmations() *confirmations {
	var seed [2]byte
	rand.Read(seed[:])
	return &confirmations{next: binary.BigEndian.Uint16(seed[:])}
}

// number makes the next confirmation number, such as "J1GR-4K2M-0Q7D".
func (c *confirmations) number(now time.Time) string {
	c.mu.Lock()
	c.next++
	count := c.next & 0x7fff
	c.mu.Unlock()
	epoch := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	bits := uint64(now.Sub(epoch).Milliseconds())<<15 | uint64(count)
	body := make([]byte, 11)
	for i := len(body) - 1; i >= 0; i-- {
		body[i] = symbols[bits&31]
		bits >>= 5
	}
	whole := string(body) + checkSymbol(string(body))
	return whole[:4] + "-" + whole[4:8] + "-" + whole[8:]
}

// checkSymbol is a letter, so that no confirmation number is all digits.
func checkSymbol(body string) string {
	sum := 0
	for i := range len(body) {
		sum = (sum + (i+1)*strings.IndexByte(symbols, body[i])) % prime
	}
	const letters = "ABCDEFGHJKMNPQRSTVWXYZ"
	return string(letters[sum%len(letters)])
}

// Confirmed reports whether a confirmation number, as somebody typed it, is well
// formed. It forgives case, spaces and dashes, and the letters that look like
// digits.
func Confirmed(text string) (string, bool) {
	tidy := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(text))
	if len(tidy) != 12 || checkSymbol(tidy[:11]) != tidy[11:] || strings.Trim(tidy, symbols) != "" {
		return "", false
	}
	return tidy[:4] + "-" + tidy[4:8] + "-" + tidy[8:], true
}
