package letter

import (
	"fmt"
	"slices"

	"clearwell/internal/law"
	"clearwell/internal/locale"
)

// Compose writes the letter that residents of a state get in a language, under
// the law of the notice's day. It returns ErrNotice for a notice with holes,
// ErrRequired and ErrForbidden where the law would not have the letter.
func (w *Writer) Compose(n Notice, kind Kind, state string, lang locale.Lang) (Letter, error) {
	if err := n.check(); err != nil {
		return Letter{}, err
	}
	content := w.book.Content(law.Facts{Entity: n.Entity, State: n.State}, state, n.On)
	printer := w.catalogue.Printer(lang)
	d := draft{notice: n.spokenIn(printer.Lang()), content: content, book: w.book, printer: printer}
	l := d.exposed(state)
	if kind == Information {
		l = d.information()
	}
	l.Language, l.Points = d.printer.Lang(), content.MinimumPoints
	if err := w.check(n, kind, content, l); err != nil {
		return Letter{}, fmt.Errorf("composing the letter for %s: %w", state, err)
	}
	return l, nil
}

// check: what no letter can do without.
func (n Notice) check() error {
	for _, text := range []string{n.Town, n.Office, n.Phone, n.Site, n.Hours} {
		if text == "" {
			return fmt.Errorf("%w: town, office, phone, site and hours", ErrNotice)
		}
	}
	if n.On.IsZero() || n.Discovered.IsZero() || len(n.Windows) == 0 || len(n.Address) == 0 || len(n.Ways) == 0 {
		return fmt.Errorf("%w: its day, the day of discovery, the windows, the ways and the town's address", ErrNotice)
	}
	if !slices.Contains([]Seen{SeenCard, SeenBank, SeenBoth}, n.Seen) {
		return fmt.Errorf("%w: what was seen", ErrNotice)
	}
	return nil
}

// draft is a letter being written.
type draft struct {
	notice  Notice
	content law.Content
	book    *law.Book
	printer *locale.Printer
}

// exposed is the letter to somebody whose card was seen. The five headings are
// those that California prescribes; nobody forbids them.
func (d draft) exposed(state string) Letter {
	return Letter{Title: d.printer.T("letter.title"), Sections: []Section{
		d.happened(),
		d.section("letter.heading.information", d.kinds()),
		d.section("letter.heading.doing", d.measures()...),
		d.section("letter.heading.you", d.advice()...),
		d.section("letter.heading.more", d.offices(state)...),
	}}
}

// information is the letter to somebody of whom no card was seen.
func (d draft) information() Letter {
	about := d.happened()
	about.Paragraphs = slices.DeleteFunc(about.Paragraphs, func(p Paragraph) bool { return p.Element == law.Acquired })
	return Letter{Title: d.printer.T("letter.title_information", "Town", d.notice.Town), Sections: []Section{
		about,
		d.section("letter.heading.doing", d.measures()[0]),
		d.section("letter.heading.you", d.say("", "letter.not_you")),
		d.section("letter.heading.more", d.contact()),
	}}
}

func (d draft) section(heading string, paragraphs ...Paragraph) Section {
	return Section{Heading: d.printer.T(heading), Paragraphs: paragraphs}
}

func (d draft) say(e law.Element, id string, params ...any) Paragraph {
	return Paragraph{Element: e, Text: d.printer.T(id, params...)}
}

// happened says what, when and how, unless the law forbids describing it: then
// only that there was something.
func (d draft) happened() Section {
	if d.content.Forbids(law.Nature) {
		return d.section("letter.heading.about", d.say("", "letter.plain"))
	}
	all := []Paragraph{
		d.nature(),
		d.say(law.Dates, "letter.dates", "Windows", d.windows()),
		d.say(law.DiscoveredOn, "letter.discovered", "Day", d.notice.Discovered),
		d.say(law.Acquired, "letter.acquired"),
		d.held(),
	}
	if len(d.notice.Safe) > 0 {
		all = append(all, d.say("", "letter.safe", "Ways", d.ways(d.notice.Safe)))
	}
	return d.section("letter.heading.what_happened", all...)
}

func (d draft) nature() Paragraph {
	if story := d.notice.Story[d.printer.Lang()]; story != "" {
		return Paragraph{Element: law.Nature, Text: story}
	}
	return d.say(law.Nature, "letter.nature", "Town", d.notice.Town)
}

func (d draft) held() Paragraph {
	if d.notice.Held {
		return d.say(law.HeldByPolice, "letter.held")
	}
	return d.say(law.HeldByPolice, "letter.not_held")
}

// measures says less where saying what was repaired would say what happened.
func (d draft) measures() []Paragraph {
	if d.content.Forbids(law.Nature) {
		return []Paragraph{d.say(law.Measures, "letter.measures_plain")}
	}
	if doing := d.notice.Doing[d.printer.Lang()]; doing != "" {
		return []Paragraph{{Element: law.Measures, Text: doing}}
	}
	return []Paragraph{d.say(law.Measures, "letter.measures")}
}

func (d draft) kinds() Paragraph {
	return d.say(law.DataKinds, "letter.data_kinds."+string(d.notice.Seen))
}

// banks is what to do about the card, the bank account or both.
func (d draft) banks() []Paragraph {
	var all []Paragraph
	if d.notice.Seen != SeenBank {
		all = append(all, d.say("", "letter.card"))
	}
	if d.notice.Seen != SeenCard {
		all = append(all, d.say("", "letter.bank"))
	}
	return all
}

// advice is the same everywhere: what one state requires harms nobody elsewhere,
// but for what only fits where its law says so.
func (d draft) advice() []Paragraph {
	all := append(d.banks(),
		d.say(law.Vigilance, "letter.vigilance"), d.say(law.FraudAlert, "letter.fraud_alert"),
		d.say(law.Freeze, "letter.freeze"), d.say(law.ReportTheft, "letter.report_theft"))
	if d.content.Requires(law.PoliceReport) {
		all = append(all, d.say(law.PoliceReport, "letter.police_report"))
	}
	if d.content.Requires(law.CreditRights) {
		all = append(all, d.say(law.CreditRights, "letter.credit_rights"))
	}
	return all
}

func (d draft) contact() Paragraph {
	n := d.notice
	return d.say(law.ContactPoint, "letter.contact", "Phone", n.Phone, "Hours", n.Hours, "Site", n.Site)
}

// offices lists whom one may turn to.
func (d draft) offices(state string) []Paragraph {
	all := []Paragraph{d.contact()}
	add := func(e law.Element, id, key string) {
		if contacts := d.book.Contacts(key, d.notice.On); len(contacts) > 0 {
			p := d.say(e, id)
			p.Contacts = contacts
			all = append(all, p)
		}
	}
	add(law.BureauAddresses, "letter.bureaus", "bureau")
	add(law.FTC, "letter.ftc", "ftc")
	add(law.AttorneyGeneral, "letter.attorney_general", "attorney_general."+state)
	if d.notice.Parent != "" {
		all = append(all, d.say(law.Parent, "letter.parent", "Parent", d.notice.Parent))
	}
	return all
}

// windows says the days of exposure as people do.
func (d draft) windows() string {
	var spans []string
	for _, w := range d.notice.Windows {
		if w.From == w.To {
			spans = append(spans, d.printer.T("letter.day", "Day", w.From))
			continue
		}
		spans = append(spans, d.printer.T("letter.span", "From", w.From, "To", w.To))
	}
	return d.printer.Join(spans)
}

func (d draft) ways(keys []string) string {
	var all []string
	for _, key := range keys {
		all = append(all, d.printer.T("letter.way."+key))
	}
	return d.printer.Join(all)
}
