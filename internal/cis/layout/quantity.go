package layout

import (
	"strconv"
	"strings"
)

// Quantity counts thousandths of whatever unit the meter counts: gallons,
// hundred cubic feet. Money is never one.
type Quantity int64

// String prints the quantity without needless zeros: "12.5".
func (q Quantity) String() string {
	text := strconv.FormatInt(int64(q), 10)
	sign := ""
	if q < 0 {
		sign, text = "-", text[1:]
	}
	if len(text) < quantityDecimals+1 {
		text = strings.Repeat("0", quantityDecimals+1-len(text)) + text
	}
	point := len(text) - quantityDecimals
	fraction := strings.TrimRight(text[point:], "0")
	if fraction == "" {
		return sign + text[:point]
	}
	return sign + text[:point] + "." + fraction
}

const quantityDecimals = 3
