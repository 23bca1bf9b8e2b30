package city

import (
	"fmt"
	"strings"

	"clearwell/internal/calendar"
)

// rewritten finds the sets of rules that a new file may not touch: those that
// are or were in force have priced payments, and the same payment must have the
// same explanation for ever. A set that comes too late, dated before today,
// would rewrite the past too.
func rewritten(old, proposed File, today calendar.Date) []Problem {
	var problems []Problem
	for _, set := range old.Rules {
		path := "rules[" + set.Version + "]"
		if !set.EffectiveFrom.After(today) && under(old.settings, path) != under(proposed.settings, path) {
			problems = append(problems, proposed.problem(path,
				"is in force since %s and may not change; write a new version, effective %s or later", set.EffectiveFrom, today))
		}
	}
	for _, set := range proposed.Rules {
		if _, known := old.Rules.Version(set.Version); !known && set.EffectiveFrom.Before(today) {
			problems = append(problems, proposed.problem("rules["+set.Version+"].effective_from",
				"is in the past; new rules are effective %s or later", today))
		}
	}
	return problems
}

// forbidden lists the fees against a network's or a state's rules in the sets
// that are not in force yet. Those in force are history, and may not change.
func forbidden(old, proposed File, today calendar.Date) []Problem {
	var problems []Problem
	for _, set := range proposed.Rules {
		if _, known := old.Rules.Version(set.Version); known && !set.EffectiveFrom.After(today) {
			continue
		}
		for _, p := range proposed.Forbidden {
			if strings.HasPrefix(p.Path, "rules["+set.Version+"]") {
				problems = append(problems, p)
			}
		}
	}
	return problems
}

// under writes down all settings under a path, to be compared.
func under(settings []setting, path string) string {
	var b strings.Builder
	for _, s := range settings {
		if strings.HasPrefix(s.path, path) {
			fmt.Fprintf(&b, "%s=%q\n", s.path, s.value)
		}
	}
	return b.String()
}

func (f File) problem(path, format string, args ...any) Problem {
	at, known := f.places[path]
	if !known {
		at = f.places["rules"]
	}
	return Problem{at.line, at.column, path, fmt.Sprintf(format, args...)}
}
