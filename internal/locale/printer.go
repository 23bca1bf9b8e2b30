package locale

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/fault"
	"clearwell/internal/money"

	"github.com/bojanz/currency"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Printer writes in one language. It is safe for concurrent use.
type Printer struct {
	lang    Lang
	words   words
	fixed   map[string]string
	speaker *i18n.Localizer
	dollars *currency.Formatter
}

func newPrinter(bundle *i18n.Bundle, lang Lang, messages map[string]*i18n.Message) *Printer {
	return &Printer{
		lang:    lang,
		words:   wordsOf(lang),
		fixed:   fixed(messages),
		speaker: i18n.NewLocalizer(bundle, string(lang)),
		dollars: currency.NewFormatter(currency.NewLocale(string(lang) + "-US")),
	}
}

// Lang is the language of the printer.
func (p *Printer) Lang() Lang { return p.lang }

// T writes the message id, its blanks filled from pairs of name and value:
//
//	p.T("resident.bills", "Count", 3)
//
// A value is text, a number, a [money.Amount], a [calendar.Date], a [Phrase], a
// [List] or anything with a String method that is the same in every language.
// "Count" chooses the plural form. A message that is missing or cannot be
// filled prints as its identifier.
func (p *Printer) T(id string, params ...any) string {
	text, err := p.say(id, params)
	if err != nil {
		return id
	}
	return text
}

// Fault writes the sentence that the public may read about err: the message
// "fault.<code>", or a general one for its kind where the code has none.
func (p *Printer) Fault(err error) string {
	var params []any
	if named, ok := errors.AsType[*fault.Error](err); ok {
		for name, value := range named.Params {
			params = append(params, name, value)
		}
	}
	text, missing := p.say("fault."+fault.CodeOf(err), params)
	if missing != nil {
		return p.T("fault." + strings.ReplaceAll(fault.KindOf(err).String(), " ", "_"))
	}
	return text
}

// say is T with its error.
func (p *Printer) say(id string, params []any) (string, error) {
	if text, ok := p.fixed[id]; ok {
		return text, nil
	}
	fill := &filling{printer: p, params: params}
	count, _ := fill.value("Count")
	return p.speaker.Localize(&i18n.LocalizeConfig{
		MessageID:      id,
		TemplateData:   fill,
		PluralCount:    count,
		TemplateParser: reader{},
	})
}

// Phrase is a message inside another: its identifier, as the value of a blank.
type Phrase string

// List is phrases inside a message: "card, cash and check".
type List []Phrase

// filling is what the blanks of one sentence are filled with.
type filling struct {
	printer *Printer
	params  []any // name, value, name, value
}

func (f *filling) value(name string) (any, bool) {
	for i := 0; i+1 < len(f.params); i += 2 {
		if f.params[i] == name {
			return f.params[i+1], true
		}
	}
	return nil, false
}

// text writes the value of a blank in the language of the sentence.
func (f *filling) text(blank string) (string, error) {
	value, ok := f.value(blank)
	if !ok {
		return "", fmt.Errorf("filling a sentence: nothing for %s", blank)
	}
	switch v := value.(type) {
	case string:
		return v, nil
	case money.Amount:
		return f.printer.Amount(v), nil
	case calendar.Date:
		return f.printer.Date(v), nil
	case Phrase:
		return f.printer.say(string(v), nil)
	case List:
		return f.printer.list(v)
	case int:
		return f.number(blank, v), nil
	case fmt.Stringer:
		return v.String(), nil
	}
	return "", fmt.Errorf("filling a sentence: unexpected %T for %s", value, blank)
}

// number groups what is counted and leaves other numbers, such as years, alone.
func (f *filling) number(blank string, n int) string {
	if blank == "Count" {
		return f.printer.Number(n)
	}
	return strconv.Itoa(n)
}

// list joins phrases as a sentence does.
func (p *Printer) list(phrases List) (string, error) {
	words := make([]string, len(phrases))
	for i, phrase := range phrases {
		text, err := p.say(string(phrase), nil)
		if err != nil {
			return "", err
		}
		words[i] = text
	}
	return p.Join(words), nil
}

// Join writes a list as people read it: "gas, water and sewer"; "agua e
// impuestos".
func (p *Printer) Join(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + p.words.and(words[last]) + words[last]
}
