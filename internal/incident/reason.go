package incident

import (
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/locale"
)

// Say writes a verdict as one sentence: "In: on August 30, 2019; typed into the
// card page; a one-time payment; a card." Or "Out: a token saved before was used."
func (v Verdict) Say(words *locale.Printer) string {
	var found, unknown []string
	for _, r := range v.Reasons {
		if r.Found == "" {
			unknown = append(unknown, fieldName(words, r.Field))
			continue
		}
		found = append(found, r.say(words))
	}
	switch {
	case len(v.Reasons) == 0:
		return words.T("incident.in_all")
	case v.Answer == Yes:
		return words.T("incident.in", "Found", strings.Join(found, "; "))
	case v.Answer == No:
		return words.T("incident.out", "Found", strings.Join(found, "; "))
	case len(found) == 0:
		return words.T("incident.in_unsure_only", "Unknown", words.Join(unknown))
	}
	return words.T("incident.in_unsure", "Found", strings.Join(found, "; "), "Unknown", words.Join(unknown))
}

// say writes what was found, in the words of a resident where it has some.
func (r Reason) say(words *locale.Printer) string {
	if r.Field == On {
		if on, err := calendar.Parse(r.Found); err == nil {
			return words.T("incident.found_on", "Day", on)
		}
	}
	id := "incident." + string(r.Field) + "_" + r.Found
	if knownValues(r.Field) != nil {
		if text := words.T(id); text != id {
			return text
		}
	}
	return words.T("incident.found", "Field", fieldName(words, r.Field), "Value", r.Found)
}

func fieldName(words *locale.Printer, field Field) string {
	return words.T("incident.field_" + string(field))
}

// Say writes why several occasions were taken for one person's.
func (l Link) Say(words *locale.Printer) string { return words.T("incident.link_" + string(l)) }
