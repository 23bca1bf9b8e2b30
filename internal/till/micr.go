package till

import (
	"regexp"

	"clearwell/internal/routing"
)

// micr is the line at the foot of a check as readers write it: T stands for the
// transit symbol, U for on-us, D for the dash. A business check has its number
// before the routing number, a personal one behind the bank account's. The amount
// field that a bank adds is passed over.
var micr = regexp.MustCompile(`^\s*(?:U([0-9D]{1,15})U\s*)?T([0-9]{9})T\s*([0-9D ]{3,20})U\s*([0-9]{0,10})\s*(?:A[0-9]{10}A)?\s*$`)

// ReadCheck reads the line at the foot of a check. The number of the bank account
// is not kept but for its last four digits. Returns [ErrCheckUnread], and
// routing.ErrNotANumber where the routing number is misread.
func ReadCheck(line string) (Check, error) {
	found := micr.FindStringSubmatch(line)
	if found == nil {
		return Check{}, ErrCheckUnread
	}
	number, err := routing.Parse(found[2])
	if err != nil {
		return Check{}, err
	}
	check := Check{Number: bare(found[1]), Routing: string(number), Last4: bare(found[3])}
	if check.Number == "" {
		check.Number = found[4]
	}
	if len(check.Last4) > 4 {
		check.Last4 = check.Last4[len(check.Last4)-4:]
	}
	if check.Number == "" || check.Last4 == "" {
		return Check{}, ErrCheckUnread
	}
	return check, nil
}

// bare leaves the digits.
func bare(text string) string {
	return regexp.MustCompile(`[^0-9]`).ReplaceAllString(text, "")
}
