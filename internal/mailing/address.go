package mailing

import (
	"regexp"
	"slices"
	"strings"

	"clearwell/internal/incident"
)

var zipAtEnd = regexp.MustCompile(`\d{5}(-\d{4})?$`)

// linesOf is where a person's letter goes: what the billing system has for the
// holder of a utility account, what a payer gave for somebody else, and the other
// where that one is not whole.
func linesOf(p incident.Person, place string) []string {
	now, then := postal(p.Now, place), split(p.Then)
	if p.Kind == incident.HolderKind || len(then) == 0 {
		now, then = then, now
	}
	if len(then) > 0 {
		return then
	}
	return now
}

// postal writes an address in lines; none where it is not whole. Service
// addresses have no city of their own: theirs is the town's.
func postal(a incident.Address, place string) []string {
	last := strings.TrimSpace(strings.Trim(a.City+", "+a.State, ", ") + " " + a.ZIP)
	if a.City == "" && a.State == "" {
		last = strings.TrimSpace(place + " " + a.ZIP)
	}
	lines := slices.DeleteFunc([]string{a.Lines[0], a.Lines[1], last}, func(line string) bool { return strings.TrimSpace(line) == "" })
	if len(lines) < 2 || !zipAtEnd.MatchString(last) {
		return nil
	}
	return lines
}

// split makes lines of an address that somebody typed: by its line breaks, or
// else by its commas, with city and state on one line. None where it does not
// end in a ZIP Code.
func split(address string) []string {
	text := strings.TrimSpace(address)
	if !zipAtEnd.MatchString(text) {
		return nil
	}
	parts := strings.Split(text, "\n")
	if len(parts) == 1 {
		parts = strings.Split(text, ",")
		if n := len(parts); n > 2 {
			parts = append(parts[:n-2:n-2], strings.TrimSpace(parts[n-2])+", "+strings.TrimSpace(parts[n-1]))
		}
	}
	for i, part := range parts {
		parts[i] = strings.Join(strings.Fields(part), " ")
	}
	if len(parts) < 2 {
		return nil
	}
	return parts
}

// checkLines reads a corrected address. Returns [ErrAddressMalformed].
func checkLines(lines []string) ([]string, error) {
	var clean []string
	for _, line := range lines {
		if text := strings.Join(strings.Fields(line), " "); text != "" {
			clean = append(clean, text)
		}
	}
	if len(clean) < 2 || len(clean) > 5 || !zipAtEnd.MatchString(clean[len(clean)-1]) {
		return nil, ErrAddressMalformed
	}
	return clean, nil
}
