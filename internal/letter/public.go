package letter

import (
	"html"
	"strings"

	"clearwell/internal/locale"
)

// Public is what everybody may read and hear. It says what happened in every
// state alike: what Massachusetts and Illinois forbid binds letters to their
// residents.
type Public struct {
	Language  locale.Lang
	Banner    string // one sentence, for the head of every page
	Web       Document
	Mail      Document // its title is the subject
	Press     Document
	Telephone Script
}

// Document is a title and sections of plain words.
type Document struct {
	Title    string
	Sections []Section
}

// Script is what those who answer the telephone say.
type Script struct {
	Title, Never string
	Answers      []Answer
}

// Answer is a question of a caller.
type Answer struct{ Question, Say string }

// Public writes the public texts in a language. It returns ErrNotice for a notice
// with holes.
func (w *Writer) Public(n Notice, lang locale.Lang) (Public, error) {
	if err := n.check(); err != nil {
		return Public{}, err
	}
	printer := w.catalogue.Printer(lang)
	n = n.spokenIn(printer.Lang())
	d := draft{notice: n, book: w.book, printer: printer}
	return Public{
		Language: d.printer.Lang(),
		Banner:   d.printer.T("letter.banner", "Windows", d.windows(), "Site", n.Site, "Phone", n.Phone),
		Web:      d.web(), Mail: d.mail(), Press: d.press(), Telephone: d.script(),
	}, nil
}

// public is the letter's text for everybody.
func (d draft) public() []Section {
	happened := d.happened()
	happened.Paragraphs = append(happened.Paragraphs[:3:3],
		d.say("", "letter.public.affected", "Ways", d.ways(d.notice.Ways), "Windows", d.windows()),
		d.safe(), d.say("", "letter.public.letters"))
	return []Section{
		happened,
		d.section("letter.heading.information", d.kinds()),
		d.section("letter.heading.doing", d.measures()...),
		d.section("letter.heading.you", d.advice()...),
		d.section("letter.heading.more", d.offices("")...),
	}
}

func (d draft) safe() Paragraph {
	if len(d.notice.Safe) == 0 {
		return Paragraph{}
	}
	return d.say("", "letter.safe", "Ways", d.ways(d.notice.Safe))
}

func (d draft) web() Document {
	return Document{Title: d.printer.T("letter.public.title"), Sections: d.public()}
}

// mail has no link to a payment, and says so: the next mail about a breach may
// come from somebody else.
func (d draft) mail() Document {
	sections := append(d.public(), Section{Paragraphs: []Paragraph{d.say("", "letter.mail.never")}})
	return Document{Title: d.printer.T("letter.mail.subject", "Town", d.notice.Town), Sections: sections}
}

func (d draft) press() Document {
	n := d.notice
	lead := []Paragraph{d.say("", "letter.press.lead", "Town", n.Town, "Day", n.On, "Windows", d.windows())}
	if n.People > 0 {
		lead = append(lead, d.say("", "letter.press.count", "Count", n.People))
	}
	lead = append(lead, d.safe())
	sections := append([]Section{{Paragraphs: lead}}, d.public()[2:4]...)
	sections = append(sections, Section{Paragraphs: []Paragraph{d.say("", "letter.press.contact", "Phone", n.Phone, "Site", n.Site)}})
	return Document{Title: d.printer.T("letter.press.title", "Town", n.Town), Sections: sections}
}

func (d draft) script() Script {
	n := d.notice
	q := func(id, say string) Answer { return Answer{d.printer.T(id), say} }
	sections := d.public()
	return Script{Title: d.printer.T("letter.script.title"), Never: d.printer.T("letter.script.never"), Answers: []Answer{
		q("letter.script.greet.q", d.printer.T("letter.script.greet.a", "Town", n.Town, "Office", n.Office)),
		q("letter.script.what.q", spoken(sections[0].Paragraphs[:3]...)),
		q("letter.script.me.q", d.printer.T("letter.script.me.a")),
		q("letter.script.safe.q", spoken(sections[0].Paragraphs[3], d.safe())),
		q("letter.script.do.q", spoken(sections[3].Paragraphs...)),
		q("letter.script.bill.q", d.printer.T("letter.script.bill.a")),
		q("letter.script.moved.q", d.printer.T("letter.script.moved.a")),
		q("letter.script.press.q", d.printer.T("letter.script.press.a")),
	}}
}

func spoken(paragraphs ...Paragraph) string {
	var all []string
	for _, p := range paragraphs {
		if p.Text != "" {
			all = append(all, p.Text)
		}
	}
	return strings.Join(all, " ")
}

// Text is the document as plain text.
func (d Document) Text() string { return Letter{Title: d.Title, Sections: d.Sections}.Text() }

// HTML is the document as a fragment without classes, styles or scripts, for the
// portal's own page or a town's. Its heading is of the second level.
func (d Document) HTML() string {
	var b strings.Builder
	b.WriteString("<h2>" + html.EscapeString(d.Title) + "</h2>\n")
	for _, s := range d.Sections {
		if s.Heading != "" {
			b.WriteString("<h3>" + html.EscapeString(s.Heading) + "</h3>\n")
		}
		for _, p := range s.Paragraphs {
			b.WriteString(p.html())
		}
	}
	return b.String()
}

func (p Paragraph) html() string {
	if p.Text == "" {
		return ""
	}
	text := "<p>" + html.EscapeString(p.Text) + "</p>\n"
	if len(p.Contacts) == 0 {
		return text
	}
	text += "<ul>\n"
	for _, c := range p.Contacts {
		text += "<li>" + html.EscapeString(contactLine(c)) + "</li>\n"
	}
	return text + "</ul>\n"
}

// Text is the script as plain text.
func (s Script) Text() string {
	var b strings.Builder
	b.WriteString(s.Title + "\n\n" + s.Never + "\n")
	for _, a := range s.Answers {
		b.WriteString("\n" + a.Question + "\n" + a.Say + "\n")
	}
	return b.String()
}
