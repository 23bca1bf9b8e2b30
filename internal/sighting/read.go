package sighting

import (
	"encoding/json"
	"mime"
	"net/url"
	"regexp"
	"strings"

	"clearwell/internal/cardscan"
)

// The media types of reports: of the older way, which every browser knows, and
// of the Reporting API.
const (
	older = "application/csp-report"
	newer = "application/reports+json"
)

// IsReport reports whether a media type is one of a browser's reports.
func IsReport(mediaType string) bool {
	kind, _, err := mime.ParseMediaType(mediaType)
	return err == nil && (kind == older || kind == newer)
}

const (
	mostReports = 20  // of one request
	mostText    = 400 // bytes of one value that is kept
	mostSegment = 48  // bytes of one part of a path
	mostSample  = 4 << 10
)

// Read reads what a browser sent. Kinds of report that say nothing of our pages
// (crashes, deprecations) are left out. Returns [ErrMalformed].
func Read(mediaType string, body []byte) ([]Report, error) {
	kind, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return nil, ErrMalformed
	}
	found := cardscan.Contains(body)
	var all []Report
	switch kind {
	case older:
		var one struct {
			Report map[string]any `json:"csp-report"`
		}
		if err := json.Unmarshal(body, &one); err != nil || len(one.Report) == 0 {
			return nil, ErrMalformed
		}
		all = append(all, read("csp-violation", "", one.Report))
	case newer:
		var several []struct {
			Type string         `json:"type"`
			URL  string         `json:"url"`
			Body map[string]any `json:"body"`
		}
		if err := json.Unmarshal(body, &several); err != nil {
			return nil, ErrMalformed
		}
		for _, one := range several {
			if one.Type == "csp-violation" || one.Type == "integrity-violation" {
				all = append(all, read(one.Type, one.URL, one.Body))
			}
		}
	default:
		return nil, ErrMalformed
	}
	all = all[:min(len(all), mostReports)]
	for i := range all {
		all[i].Card = found
	}
	return all, nil
}

// read reads one report in whichever spelling.
func read(kind, page string, body map[string]any) Report {
	said := func(names ...string) string {
		for _, name := range names {
			if text, ok := body[name].(string); ok && text != "" {
				return text
			}
		}
		return ""
	}
	directive, _, _ := strings.Cut(said("effective-directive", "effectiveDirective", "violated-directive", "destination"), " ")
	blocked, source := said("blocked-uri", "blockedURL"), said("source-file", "sourceFile")
	if page == "" {
		page = said("document-uri", "documentURL")
	}
	r := Report{
		Kind: kindOf(directive), Origin: originOf(blocked, source), Directive: clean(directive),
		Blocked: harmless(blocked), Source: harmless(source), Page: pathOf(page), Sample: sample(body),
	}
	if kind == "integrity-violation" {
		r.Kind = Integrity
	}
	return r
}

// name is what names a visit, a quote or a payment.
var name = regexp.MustCompile(`\b([a-z]{3,5})_[0-9a-z]{16,}`)

// clean is a text without card numbers, long numbers, names of visits, and what
// a terminal or a database would choke on; and not long.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = name.ReplaceAllString(cardscan.Redact(text), "{$1}")
	if cardscan.LongDigits(text) {
		return "[a long number]"
	}
	if len(text) > mostText {
		text = strings.ToValidUTF8(text[:mostText], "") + "…"
	}
	return text
}

// harmless is an address without what may have been taken from a page: its
// query, its fragment, and long parts of its path.
func harmless(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return "[an address that is none]"
	}
	if at.Scheme == "" || at.Host == "" {
		return clean(strings.TrimSuffix(at.Scheme+":"+part(at.Opaque+at.Path), ":"))
	}
	parts := strings.Split(at.Path, "/")
	for i := range parts {
		parts[i] = part(parts[i])
	}
	return clean(at.Scheme + "://" + at.Host + strings.Join(parts, "/"))
}

func part(text string) string {
	if len(text) > mostSegment {
		return "…"
	}
	return text
}

// pathOf is which of our pages it was.
func pathOf(address string) string {
	at, err := url.Parse(address)
	if err != nil || at.Path == "" {
		return "/"
	}
	return clean(at.Path)
}

// sample writes a report as it came, with each text in it made harmless. Of
// numbers, lines and columns are kept.
func sample(body map[string]any) string {
	kept := map[string]any{}
	for key, value := range body {
		key = clean(key)
		switch value := value.(type) {
		case string:
			if strings.Contains(value, "://") && !strings.Contains(value, " ") {
				kept[key] = harmless(value)
				continue
			}
			kept[key] = clean(value)
		case float64:
			if value >= 0 && value < 1_000_000 {
				kept[key] = value
			}
		case bool:
			kept[key] = value
		}
	}
	text, err := json.Marshal(kept)
	if err != nil || len(text) > mostSample || cardscan.Contains(text) {
		return "{}"
	}
	return string(text)
}
