package city

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/city/colour"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/policy"
)

// ErrFileInvalid is what every [MistakesError] is.
var ErrFileInvalid = fault.New(fault.Invalid, "city_file_invalid")

// MistakesError lists everything wrong with a city file.
type MistakesError struct {
	Name     string // of the file
	Problems []Problem
}

// Error reads one line per mistake, as compilers write them.
func (e *MistakesError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = e.Name + ":" + p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes it an [ErrFileInvalid].
func (e *MistakesError) Unwrap() error { return ErrFileInvalid }

// Parse reads a city file strictly: a setting that is not known is a mistake,
// because it is usually one that is misspelt. Name is what the mistakes are
// reported under. Returns [*MistakesError] with all mistakes, in the order of
// the file.
func Parse(name string, data []byte) (File, error) {
	r, root := open(data)
	if len(r.problems) > 0 {
		return File{}, &MistakesError{name, r.problems}
	}
	warnings, forbidden := &reader{places: r.places}, &reader{places: r.places}
	f := readFile(root, warnings)
	root.end()
	f.check(r, warnings)
	f.checkRules(r, warnings, forbidden)
	if len(r.problems) > 0 {
		return File{}, &MistakesError{name, r.sorted()}
	}
	f.Warnings, f.Forbidden, f.settings, f.places = warnings.sorted(), forbidden.sorted(), r.settings, r.places
	return f, nil
}

func readFile(m *mapping, warnings *reader) File {
	f := File{
		City:      id.City(m.need("city").matching(slug(), slugForm)),
		Name:      m.words("name"),
		State:     m.need("state").matching(states(), "give the two letters of the state, such as TX"),
		Zone:      parsed(m.need("zone"), parseZone, "give a time zone by name, such as America/Chicago"),
		Hosts:     m.texts("hosts"),
		Path:      m.may("path").matching(slug(), slugForm),
		Languages: choices(m, "languages", locale.Languages[:]),
		Brand:     readBrand(m.section("brand"), warnings),
		Contact:   readContact(m.section("contact")),
		Guest:     readGuest(m.section("guest")),
		Numbers:   readNumbers(m.section("utility_account_number"), warnings),
		Posting:   readPosting(m.section("posting")),
		Processor: readProcessor(m.section("processor")),
		Capture:   choice(m.or("capture", string(CaptureFields)), []Capture{CaptureFields, CaptureRedirect}),
	}
	if m.has("bank") {
		f.Bank = readBank(m.section("bank"), f.zone())
	}
	f.DuplicateWindow = m.or("duplicate_window", "24 hours").duration()
	f.QuoteLifetime = m.or("quote_lifetime", "30 minutes").duration()
	f.DeclinedCards = m.or("declined_cards", "6").whole(1, 100)
	f.DeclinedTries = m.or("declined_tries", "8").whole(1, 1000)
	m.each("services", "id", func(item *mapping) { f.Services = append(f.Services, readService(item)) })
	m.each("banners", "id", func(item *mapping) { f.Banners = append(f.Banners, readBanner(item, f.zone())) })
	m.each("rules", "version", func(item *mapping) { f.Rules = append(f.Rules, readSet(item)) })
	return f
}

const slugForm = "use lower-case letters, digits and hyphens, such as sampletown"

// slug is short, because it stands in addresses and names files.
func slug() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`) }

func states() *regexp.Regexp {
	return regexp.MustCompile(`^(A[KLRZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY])$`)
}

func parseZone(text string) (zone, bool) {
	location, err := calendar.Zone(text)
	return location, err == nil
}

// words reads a text in each language: a mapping of language to text.
func (m *mapping) words(key string) Words {
	section := m.section(key)
	words := Words{}
	for _, lang := range locale.Languages {
		if text := section.may(string(lang)).plain(); text != "" {
			words[lang] = text
		}
	}
	section.end()
	return words
}

func readBrand(m *mapping, warnings *reader) Brand {
	defer m.end()
	given := parsed(m.or("color", "#005ea2"), parseColour, "give a color as six hexadecimal digits, such as #005ea2")
	brand := Brand{Primary: given, Link: given.Readable()}
	if brand.Link != given {
		warnings.reportf(join(m.path, "color"), "%s on white has a contrast of %.1f to 1, and text needs 4.5; links and buttons use %s",
			given, colour.Contrast(given, colour.White()), brand.Link)
	}
	legible := false
	if brand.OnPrimary, legible = given.Text(); !legible {
		brand.Primary, brand.OnPrimary = brand.Link, colour.White()
		warnings.reportf(join(m.path, "color"), "neither white nor black text is legible on %s; the banner uses %s", given, brand.Link)
	}
	if logo := m.may("logo"); logo.written {
		brand.Logo = logo.picture()
	}
	return brand
}

func parseColour(text string) (colour.Colour, bool) {
	c, err := colour.Parse(text)
	return c, err == nil
}

// picture reads an SVG that stands in the file itself: what is applied is then
// complete, and cannot change behind the back of its version.
func (f field) picture() string {
	logo, err := cleanLogo(f.text)
	if err != nil {
		f.wrong("%s", err)
		return ""
	}
	f.keep(fmt.Sprintf("SVG of %d bytes, %s", len(logo), digest([]byte(logo))[:12]))
	return logo
}

func readContact(m *mapping) Contact {
	defer m.end()
	return Contact{
		Phone:   m.need("phone").matching(regexp.MustCompile(`^\+1 \d{3} \d{3} \d{4}$`), "write the number as +1 512 555 0100"),
		Email:   m.need("email").matching(regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`), "give an e-mail address"),
		Web:     m.need("web").matching(regexp.MustCompile(`^https://[^\s/]+(/\S*)?$`), "give an address that begins with https://"),
		Hours:   m.words("hours"),
		Address: m.texts("address"),
		Security: m.may("security").matching(regexp.MustCompile(`^([^@\s]+@[^@\s]+\.[^@\s]+|https://[^\s/]+(/\S*)?)$`),
			"give an e-mail address, or an address that begins with https://"),
		Finance:  m.may("finance").matching(regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`), "give an e-mail address"),
		Language: choice(m.may("language"), locale.Languages[:]),
	}
}

func readService(m *mapping) Service {
	return Service{
		ID:         policy.Service(m.need("id").matching(slug(), "use lower-case letters, digits and hyphens, such as water")),
		Name:       m.words("name"),
		Department: m.need("department").plain(),
		MCC: policy.MCC(m.need("mcc").matching(regexp.MustCompile(`^\d{4}$`),
			"give the four digits of the merchant category, such as 4900 for utilities")),
	}
}

func readGuest(m *mapping) Guest {
	defer m.end()
	return Guest{
		Factors:  choices(m, "factors", Factors()),
		Required: m.or("required", "1").whole(1, len(Factors())),
	}
}

func readNumbers(m *mapping, warnings *reader) NumberFormat {
	defer m.end()
	format := NumberFormat{
		Patterns:     m.texts("patterns"),
		LeadingZeros: choice(m.or("leading_zeros", string(ZerosOptional)), []ZeroRule{ZerosOptional, ZerosRequired}),
		CheckDigit:   choice(m.or("check_digit", string(NoCheckDigit)), []CheckDigit{NoCheckDigit, Luhn, Weights731}),
		Example:      m.need("example").plain(),
	}
	if format.MayBeCard() {
		warnings.reportf(join(m.path, "patterns"), "numbers of 13 to 19 digits can be taken for card numbers; "+
			"if yours all begin with the same digits, write these in place of #")
	}
	return format
}

func readPosting(m *mapping) Posting {
	defer m.end()
	return Posting{
		Layout:            m.or("layout", "clearwell-posting").plain(),
		Folder:            m.may("folder").plain(),
		AcknowledgeWithin: m.or("acknowledge_within", "26 hours").duration(),
	}
}

func readProcessor(m *mapping) Processor {
	defer m.end()
	p := Processor{
		Name:       m.need("name").matching(slug(), "use the adapter's name, such as sandbox"),
		Merchant:   m.need("merchant").plain(),
		Descriptor: m.need("descriptor").matching(descriptors(), "write 5 to 22 capitals, digits, spaces, dots, hyphens or asterisks, such as SAMPLETOWN UTILITIES"),
		Mode:       choice(m.need("mode"), []Mode{Sandbox, Live}),
		Secrets:    map[string]SecretRef{},
	}
	secrets := m.section("secrets")
	for _, key := range slices.Clone(secrets.keys) {
		p.Secrets[key] = secrets.may(key).secretRef()
	}
	return p
}

// descriptors are what every network and processor prints as it is.
func descriptors() *regexp.Regexp { return regexp.MustCompile(`^[A-Z0-9][A-Z0-9 .*-]{4,21}$`) }

// secretRef reads where a secret is kept. A secret that somebody wrote here
// instead is not repeated, for this message goes to a terminal and a ticket.
func (f field) secretRef() SecretRef {
	kind, where, _ := strings.Cut(f.text, ":")
	if kind != "file" && kind != "env" || where == "" {
		f.wrong("say where the secret is kept, file:/etc/clearwell/key or env:KEY; " +
			"if this was the secret itself, it has now been seen: replace it at the processor")
		return ""
	}
	return SecretRef(f.plain())
}

func readBanner(m *mapping, zone zone) Banner {
	b := Banner{ID: m.need("id").matching(slug(), slugForm), Text: m.words("text")}
	if from := m.may("from").date(); !from.IsZero() {
		b.From = from.Start(zone)
	}
	if until := m.may("until").date(); !until.IsZero() {
		b.Until = until.Start(zone)
	}
	return b
}
