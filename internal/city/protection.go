package city

import (
	"fmt"
	"slices"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/policy"
)

// Weakening is protection that a new file takes away.
type Weakening struct {
	Path  string // the setting, or the rule
	Words string // what is lost, for whoever approves it
}

// String reads "guest.required: one answer fewer opens a bill (2 before, now 1)".
func (w Weakening) String() string { return w.Path + ": " + w.Words }

// Weakenings lists what a new file takes from the protection of residents and of
// the town. A setting that is neither harmless nor judged here counts: whoever
// adds one must say which it is. The zero File is no town yet, and has nothing to
// lose.
func Weakenings(old, proposed File) []Weakening {
	if old.City == "" {
		return nil
	}
	var lost []Weakening
	for _, judge := range []func(old, proposed File) []Weakening{
		weakerProof, weakerNumbers, weakerLimits, weakerCapture, moreAddresses, otherAlarms, weakerRules, unjudged,
	} {
		lost = append(lost, judge(old, proposed)...)
	}
	return lost
}

// harmless are the settings that protect nobody. One that ends in a dot, or in a
// bracket, means all below it.
func harmless() []string {
	return []string{
		"name.", "brand.", "languages", "contact.phone", "contact.web", "contact.hours.", "contact.address", "contact.language",
		"services[", "banners[", "utility_account_number.leading_zeros", "utility_account_number.example", "quote_lifetime",
	}
}

// judged are those that [Weakenings] compares.
func judged() []string {
	return []string{
		"guest.", "utility_account_number.patterns", "utility_account_number.check_digit", "duplicate_window", "declined_cards",
		"declined_tries", "posting.acknowledge_within", "capture", "hosts", "path", "contact.email", "contact.security", "rules[",
	}
}

// payee are those that say where money goes, and who is told of it.
func payee() []string {
	return []string{"processor.", "bank.", "posting.layout", "posting.folder", "contact.finance"}
}

// among reports whether a setting is one of those listed.
func among(list []string, path string) bool {
	return slices.ContainsFunc(list, func(one string) bool {
		return path == one || strings.HasSuffix(one, ".") && strings.HasPrefix(path, one) || strings.HasSuffix(one, "[") && strings.HasPrefix(path, one)
	})
}

func unjudged(old, proposed File) []Weakening {
	var lost []Weakening
	for _, change := range Diff(old, proposed) {
		if !among(slices.Concat(harmless(), judged(), payee()), change.Path) {
			lost = append(lost, Weakening{change.Path, fmt.Sprintf("is changed from %q to %q, and is not known to be harmless", oneLine(change.Old), oneLine(change.New))})
		}
	}
	return lost
}

// weakerProof compares what a stranger must know to see a bill.
func weakerProof(old, proposed File) []Weakening {
	var lost []Weakening
	if before, now := old.Guest.Required, proposed.Guest.Required; now < before {
		lost = append(lost, Weakening{"guest.required", fmt.Sprintf("fewer answers open a bill: %d before, now %d", before, now)})
	}
	for _, factor := range proposed.Guest.Asked() {
		if !slices.Contains(old.Guest.Asked(), factor) {
			lost = append(lost, Weakening{"guest.factors", fmt.Sprintf("a bill may be opened with %s, which did not do before", factor)})
		}
	}
	return lost
}

func weakerNumbers(old, proposed File) []Weakening {
	var lost []Weakening
	if proposed.Numbers.MayBeCard() && !old.Numbers.MayBeCard() {
		lost = append(lost, Weakening{"utility_account_number.patterns", "numbers that look like cards are taken for utility account numbers"})
	}
	if old.Numbers.CheckDigit != NoCheckDigit && proposed.Numbers.CheckDigit == NoCheckDigit {
		lost = append(lost, Weakening{"utility_account_number.check_digit", "guessed numbers are no longer refused by their check digit"})
	}
	return lost
}

// weakerLimits compares what is counted and timed.
func weakerLimits(old, proposed File) []Weakening {
	var lost []Weakening
	weaker := func(path string, is bool, words string, before, now any) {
		if is {
			lost = append(lost, Weakening{path, fmt.Sprintf("%s: %v before, now %v", words, before, now)})
		}
	}
	weaker("declined_cards", proposed.DeclinedCards > old.DeclinedCards, "more stolen cards can be tried on a utility account",
		old.DeclinedCards, proposed.DeclinedCards)
	weaker("declined_tries", proposed.DeclinedTries > old.DeclinedTries, "more stolen cards can be tried from a network",
		old.DeclinedTries, proposed.DeclinedTries)
	weaker("duplicate_window", proposed.DuplicateWindow < old.DuplicateWindow, "a second payment is asked about for less long",
		span(old.DuplicateWindow), span(proposed.DuplicateWindow))
	weaker("posting.acknowledge_within", proposed.Posting.AcknowledgeWithin > old.Posting.AcknowledgeWithin, "a posting file that is lost is missed later",
		span(old.Posting.AcknowledgeWithin), span(proposed.Posting.AcknowledgeWithin))
	return lost
}

func weakerCapture(old, proposed File) []Weakening {
	if old.Capture == CaptureRedirect && proposed.Capture != CaptureRedirect {
		return []Weakening{{"capture", "cards are typed into a frame of our page, no longer on the processor's own"}}
	}
	return nil
}

// moreAddresses compares where residents are answered: mail leads to the first,
// and a page at any of them is the town's.
func moreAddresses(old, proposed File) []Weakening {
	var lost []Weakening
	for _, host := range proposed.Hosts {
		if !slices.Contains(old.Hosts, host) {
			lost = append(lost, Weakening{"hosts", fmt.Sprintf("%s becomes an address of the town's", host)})
		}
	}
	if len(proposed.Hosts) > 0 && len(old.Hosts) > 0 && proposed.Hosts[0] != old.Hosts[0] && slices.Contains(old.Hosts, proposed.Hosts[0]) {
		lost = append(lost, Weakening{"hosts", fmt.Sprintf("mail leads to %s, before to %s", proposed.Hosts[0], old.Hosts[0])})
	}
	if proposed.Path != "" && proposed.Path != old.Path {
		lost = append(lost, Weakening{"path", fmt.Sprintf("/%s becomes an address of the town's", proposed.Path)})
	}
	return lost
}

// otherAlarms compares who is told of an attack.
func otherAlarms(old, proposed File) []Weakening {
	var lost []Weakening
	if before, now := old.Contact.Alarms(), proposed.Contact.Alarms(); before != now {
		lost = append(lost, Weakening{"contact.security", fmt.Sprintf("alarms go to %s, before to %s", now, before)})
	}
	if before, now := old.Contact.SecurityAddress(), proposed.Contact.SecurityAddress(); before != now {
		lost = append(lost, Weakening{"contact.security", fmt.Sprintf("weaknesses are reported to %s, before to %s", now, before)})
	}
	return lost
}

// weakerRules asks of every day what its rules refuse. A loss that lasts is named
// once, for the first day.
func weakerRules(old, proposed File) []Weakening {
	var lost []Weakening
	named := map[string]bool{}
	for _, day := range effective(old, proposed) {
		before, err := old.Rules.InForce(day)
		if err != nil {
			continue // nothing was taken then
		}
		now, err := proposed.Rules.InForce(day)
		if err != nil {
			continue // nothing is
		}
		for _, loss := range policy.Loosened(before, now) {
			if path := fmt.Sprintf("%s[%s]", loss.Rules, loss.Rule); !named[path+loss.Words] {
				named[path+loss.Words] = true
				lost = append(lost, Weakening{path, fmt.Sprintf("from %s, %s", day, loss.Words)})
			}
		}
	}
	return lost
}

// effective lists the days on which rules of either file begin.
func effective(files ...File) []calendar.Date {
	var days []calendar.Date
	for _, file := range files {
		for _, set := range file.Rules {
			days = append(days, set.EffectiveFrom)
		}
	}
	slices.SortFunc(days, calendar.Date.Compare)
	return slices.Compact(days)
}

// Payee lists what a new file changes of where money goes, and of who is told of
// it. The zero File is no town yet, and nobody is paid.
func Payee(old, proposed File) []Change {
	if old.City == "" {
		return nil
	}
	var changes []Change
	for _, change := range Diff(old, proposed) {
		if among(payee(), change.Path) && change.Path != "contact.finance" {
			changes = append(changes, change)
		}
	}
	if before, now := old.Contact.FinanceOfficer(), proposed.Contact.FinanceOfficer(); before != now {
		changes = append(changes, Change{"contact.finance", before, now})
	}
	return changes
}
