package city

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/locale"
	"clearwell/internal/policy"
)

type zone = *time.Location

// zone is the town's zone, UTC while the file does not say it right.
func (f File) zone() zone {
	if f.Zone == nil {
		return time.UTC
	}
	return f.Zone
}

// check looks for what is wrong between settings that are each right.
func (f File) check(r, warnings *reader) {
	f.checkAddress(r)
	f.checkWords(r)
	f.checkGuest(r, warnings)
	f.checkNumbers(r)
	f.checkProcessor(r)
	f.checkServices(r)
	for _, b := range f.Banners {
		if !b.Until.IsZero() && !b.From.Before(b.Until) {
			r.reportf("banners["+b.ID+"].until", "is not after from, so the banner would never be seen")
		}
	}
}

func (f File) checkAddress(r *reader) {
	host := regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	for _, h := range f.Hosts {
		if !host.MatchString(h) {
			r.reportf("hosts", "%q is not a host name; write it in lower case, without https:// and without a port", h)
		}
	}
	if len(f.Hosts) == 0 && f.Path == "" {
		r.reportf("hosts", "residents need an address; give a host name, or a path if towns share a host")
	}
}

// checkWords asks for every text in every language that the town offers.
func (f File) checkWords(r *reader) {
	if !slices.Contains(f.Languages, locale.English) {
		r.reportf("languages", "must contain en; it is what is shown where another language lacks a text")
	}
	f.spoken(r, "name", f.Name)
	f.spoken(r, "contact.hours", f.Contact.Hours)
	for _, s := range f.Services {
		f.spoken(r, fmt.Sprintf("services[%s].name", s.ID), s.Name)
	}
	for _, b := range f.Banners {
		f.spoken(r, fmt.Sprintf("banners[%s].text", b.ID), b.Text)
	}
}

func (f File) spoken(r *reader, path string, words Words) {
	for _, lang := range f.Languages {
		if words[lang] == "" {
			r.reportf(path, "has no text in %s, a language that the town offers", lang)
		}
	}
}

func (f File) checkGuest(r, warnings *reader) {
	const path = "guest.factors"
	switch {
	case len(f.Guest.Factors) == 0:
		r.reportf(path, "a number alone finds nobody; choose at least one of %s", anyOf(Factors()))
	case f.Guest.Required > len(f.Guest.Factors):
		r.reportf("guest.required", "asks for %d factors and offers %d", f.Guest.Required, len(f.Guest.Factors))
	case len(f.Guest.Asked()) == 0:
		r.reportf(path, "the whole town knows its ZIP Code; ask for house_number or name")
	case len(f.Guest.Asked()) < len(f.Guest.Factors):
		warnings.reportf(path, "the whole town knows its ZIP Code, so it is not asked for where one answer is enough; "+
			"leave zip out, or write required: 2")
	}
}

func (f File) checkNumbers(r *reader) {
	const path = "utility_account_number."
	form := regexp.MustCompile(`^[#@A-Z0-9][#@A-Z0-9 ./_-]*$`)
	for _, p := range f.Numbers.Patterns {
		if !form.MatchString(p) {
			r.reportf(path+"patterns", "%q is not understood; # is a digit, @ a letter, other capitals and digits are themselves", p)
		}
	}
	if len(f.Numbers.Patterns) == 0 {
		r.reportf(path+"patterns", "say how the numbers are written, such as [\"######-###\"]")
	} else if _, err := f.Numbers.Normalise(f.Numbers.Example); err != nil && f.Numbers.Example != "" {
		r.reportf(path+"example", "%q does not fit the patterns and the check digit", f.Numbers.Example)
	}
}

// checkProcessor keeps play money and real money apart.
func (f File) checkProcessor(r *reader) {
	play := f.Processor.Name == "sandbox"
	if play && f.Processor.Mode == Live {
		r.reportf("processor.mode", "the sandbox moves no money; live needs a real processor")
	}
	if len(f.Processor.Secrets) == 0 && !play && f.Processor.Name != "" {
		r.reportf("processor.secrets", "a real processor needs secrets; say where each is kept")
	}
}

func (f File) checkServices(r *reader) {
	if len(f.Services) == 0 {
		r.reportf("services", "a town bills for something; name at least one service")
	}
	for _, set := range f.Rules {
		for path, match := range conditions(set) {
			f.checkMatch(r, path, match)
		}
	}
}

// checkMatch refuses conditions on services and categories that the town has not.
func (f File) checkMatch(r *reader, path string, match policy.Match) {
	for _, id := range match.Services {
		if _, ok := f.Service(id); !ok {
			r.reportf(path+".when.services", "there is no service %q", id)
		}
	}
	for _, mcc := range match.MCCs {
		if !slices.ContainsFunc(f.Services, func(s Service) bool { return s.MCC == mcc }) {
			r.reportf(path+".when.mccs", "no service has the merchant category %s", mcc)
		}
	}
}

// conditions gives the conditions of every rule in a set, by the rule's path.
func conditions(set policy.Set) map[string]policy.Match {
	at := func(list, rule string) string { return fmt.Sprintf("rules[%s].%s[%s]", set.Version, list, rule) }
	all := map[string]policy.Match{}
	for _, r := range set.Tenders {
		all[at("tenders", r.Name)] = r.Match
	}
	for _, r := range set.Fees {
		all[at("fees", r.Name)] = r.Match
	}
	for _, r := range set.Amounts {
		all[at("amounts", r.Name)] = r.Match
	}
	return all
}

// checkRules has each set checked for the time it is in force.
func (f File) checkRules(r, warnings, forbidden *reader) {
	if len(f.Rules) == 0 {
		r.reportf("rules", "there are none; without rules nothing can be paid")
	}
	for i, set := range f.Rules {
		path := "rules[" + set.Version + "]"
		var end calendar.Date
		if i+1 < len(f.Rules) {
			end = f.Rules[i+1].EffectiveFrom
			if set.EffectiveFrom.After(end) && !end.IsZero() {
				r.reportf("rules["+f.Rules[i+1].Version+"].effective_from", "is before that of the set above it; put the earlier first")
			}
		}
		if r.troubled(path) {
			continue // its findings would repeat what has been reported
		}
		for _, finding := range policy.Check(set, f.town(), end) {
			findingIn(path, finding, map[policy.Severity]*reader{policy.Fatal: r, policy.Forbidden: forbidden, policy.Warning: warnings})
		}
	}
}

func findingIn(path string, finding policy.Finding, readers map[policy.Severity]*reader) {
	if finding.Rules != "" {
		path = join(path, finding.Rules)
	}
	if finding.Rule != "" {
		path += "[" + finding.Rule + "]"
	}
	readers[finding.Severity].reportf(path, "%s", finding.Message)
}

func (f File) town() policy.Town {
	town := policy.Town{State: f.State}
	for _, s := range f.Services {
		town.Services = append(town.Services, policy.Billed{Service: s.ID, MCC: s.MCC})
	}
	return town
}
