package locale

import "golang.org/x/text/language"

// Lang is a language that residents may choose.
type Lang string

// The languages.
const (
	English Lang = "en"
	Spanish Lang = "es"
)

// Languages lists the languages, the one to fall back on first. Amounts and
// dates are those of people in the United States, whichever they read.
var Languages = [...]Lang{English, Spanish}

// matcher chooses among Languages, in their order.
var matcher = language.NewMatcher([]language.Tag{language.English, language.Spanish})

// longestAccept bounds how much of a header is read: it comes from anybody, and
// no browser sends more.
const longestAccept = 256

// Match picks the language for an Accept-Language header, English when it asks
// for none of ours.
func Match(accept string) Lang {
	if accept == "" || len(accept) > longestAccept {
		return English
	}
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return English
	}
	_, index, _ := matcher.Match(wanted...)
	return Languages[index]
}
