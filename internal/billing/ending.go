package billing

import "strings"

// Ending is as much of a number as may travel by mail: its last four letters and
// digits before the part after the last dash, which is the same for nearly
// everybody, and that part.
func Ending(number string) string {
	const shown = 4
	body, suffix := number, ""
	if dash := strings.LastIndexByte(number, '-'); dash >= shown {
		body, suffix = number[:dash], number[dash:]
	}
	if len(body) <= shown {
		return number
	}
	return "…" + body[len(body)-shown:] + suffix
}
