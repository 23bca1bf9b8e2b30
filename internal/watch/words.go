package watch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"clearwell/internal/locale"
)

// Letter is an alarm in words.
type Letter struct {
	Subject string
	Text    string
	Short   string // for a telephone, without anything that was found
}

// Words says a report, in the language of whoever is woken by it.
func (r Report) Words(words *locale.Printer) Letter {
	at := r.At.Format("2006-01-02 15:04:05 UTC")
	if r.Verdict() == Good {
		subject := words.T("watch.well.subject", "City", r.City)
		return Letter{subject, words.T("watch.well.text", "Start", r.Start, "At", at), subject}
	}
	parts := []string{words.T("watch.alarm.text", "Start", r.Start, "At", at)}
	if len(r.Findings) > 0 {
		parts = append(parts, words.T("watch.alarm.found"), r.list(words))
	}
	for _, t := range r.Troubles {
		parts = append(parts, words.T("watch.alarm.trouble", "View", locale.Phrase("watch.view."+t.View), "Language", t.Language, "Why", t.Why))
	}
	if len(r.Findings) > 0 {
		parts = append(parts, words.T("watch.alarm.next"), r.Command())
	}
	parts = append(parts, r.window(words))
	if r.Evidence != "" {
		parts = append(parts, words.T("watch.alarm.evidence", "Folder", r.Evidence))
	}
	subject := words.T("watch.alarm.unseen", "City", r.City)
	if len(r.Findings) > 0 {
		subject = words.T("watch.alarm.subject", "City", r.City)
	}
	return Letter{subject, strings.Join(parts, "\n\n") + "\n", words.T("watch.alarm.short", "Subject", subject, "At", at)}
}

// Words says what is wrong with a sign of life, which may be none.
func (b Beat) Words(words *locale.Printer, why error) Letter {
	whose := b.City
	if whose == "" {
		whose = "?"
	}
	subject := words.T("watch.silent.subject", "City", whose)
	if errors.Is(why, ErrAlarming) {
		subject = words.T("watch.alarm.subject", "City", whose)
	}
	return Letter{subject, words.T("watch.silent.text", "Why", short(why.Error())) + "\n", subject}
}

// mostListed is how many differences an alarm lists; the evidence has all.
const mostListed = 40

// list says each difference once, with all views that saw it.
func (r Report) list(words *locale.Printer) string {
	var lines []string
	for _, f := range r.Findings {
		line := "- " + f.Words(words)
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if more := len(lines) - mostListed; more > 0 {
		lines = append(lines[:mostListed], words.T("watch.alarm.more", "Count", more))
	}
	return strings.Join(lines, "\n")
}

// Words says one difference.
func (f Finding) Words(words *locale.Printer) string {
	where := words.T("watch.where", "Page", locale.Phrase("watch.page."+string(f.Kind)), "Language", f.Language, "View", locale.Phrase("watch.view."+f.View), "Face", f.Face)
	what := locale.Phrase("watch.subject." + string(f.Subject))
	was, is := short(f.Was), short(f.Is)
	switch f.Change {
	case "missing":
		return words.T("watch.difference.missing", "Where", where, "What", what, "Name", short(f.Name))
	case "changed":
		return words.T("watch.difference.changed", "Where", where, "What", what, "Name", short(f.Name), "Was", was, "Is", is)
	}
	return words.T("watch.difference.added", "Where", where, "What", what, "Name", strings.TrimSpace(short(f.Name)+" "+is))
}

const mostOfValue = 300 // bytes; a content policy is longer, and begins alike

// short is a value as it stands in a letter, without what a terminal would obey.
func short(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	if len(text) > mostOfValue {
		return strings.ToValidUTF8(text[:mostOfValue], "") + " …"
	}
	return text
}

// window says between which instants residents may have met the page.
func (r Report) window(words *locale.Printer) string {
	if r.LastGood.IsZero() {
		return words.T("watch.alarm.never_good")
	}
	return words.T("watch.alarm.window", "LastGood", r.LastGood.Format("2006-01-02 15:04:05 UTC"))
}

// Command opens an incident with its scope typed. The window since the last good
// run is the scope that holds whoever changed the page: a page changed on its way
// was made by the release that the rows name, one changed on the machine was not.
// Its first day is a day early, because the town's clocks are not ours. Without a
// good run before, it is every page of this manifest.
func (r Report) Command() string {
	scope := fmt.Sprintf("manifest %.12s", r.PageManifest)
	if !r.LastGood.IsZero() {
		scope = fmt.Sprintf("on %s.. and capture web_frame,processor_page", r.LastGood.AddDate(0, 0, -1).Format("2006-01-02"))
	}
	return fmt.Sprintf("    clearwell incident open --city %s page-%s %q", r.City, r.At.Format("2006-01-02-at-1504"), scope)
}
