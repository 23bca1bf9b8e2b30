package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"clearwell/internal/calendar"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
	"clearwell/internal/mailing"
	"clearwell/internal/report"

	"github.com/goccy/go-yaml"
)

// noticeFile is what a town says of a breach, as somebody types it. What the city
// file and the facts of the incident have is not asked again.
type noticeFile struct {
	Office     noticeWords            `yaml:"office"`
	Phone      string                 `yaml:"phone"` // the town's where it is left out
	Site       string                 `yaml:"site"`
	Hours      noticeWords            `yaml:"hours"` // the town's where they are left out
	Monitoring string                 `yaml:"monitoring"`
	On         calendar.Date          `yaml:"on"`
	Windows    []noticeWindow         `yaml:"windows"`
	Seen       letter.Seen            `yaml:"seen"`
	Ways       []string               `yaml:"ways"`
	Safe       []string               `yaml:"safe"`
	Story      map[locale.Lang]string `yaml:"story"`
	Doing      map[locale.Lang]string `yaml:"doing"`
	Edition    string                 `yaml:"edition"` // makes the same text another one, to be sent again
	Place      string                 `yaml:"place"`   // postal city of service addresses; of the town's own where it is left out
	Mailer     string                 `yaml:"mailer"`
	Service    string                 `yaml:"service"`
	Serial     int                    `yaml:"serial"`
	Duplex     bool                   `yaml:"duplex"`
}

// noticeWords are one text for all languages, or one for each.
type noticeWords struct {
	all string
	own map[locale.Lang]string
}

// UnmarshalYAML reads either.
func (w *noticeWords) UnmarshalYAML(read func(any) error) error {
	if err := read(&w.all); err == nil {
		return nil
	}
	return read(&w.own)
}

// in is the text in a language; in English where that one is missing.
func (w noticeWords) in(lang locale.Lang) string {
	return cmp.Or(w.own[lang], w.own[locale.English], w.all)
}

type noticeWindow struct {
	From calendar.Date `yaml:"from"`
	To   calendar.Date `yaml:"to"`
}

// readNotice reads a notice's file, and fills in what is known.
func readNotice(ctx context.Context, path string, desk *incident.Desk, town townOf, name string) (mailing.Terms, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return mailing.Terms{}, fmt.Errorf("reading a notice: %w", err)
	}
	var file noticeFile
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&file); err != nil {
		return mailing.Terms{}, fmt.Errorf("reading %s: %w", filepath.Base(path), err)
	}
	recorded, err := desk.Facts(ctx, town.City, name)
	if err != nil {
		return mailing.Terms{}, err
	}
	return file.terms(town, report.Facts(reportOn(town), recorded)), nil
}

func (f noticeFile) terms(town townOf, facts law.Facts) mailing.Terms {
	n := letter.Notice{
		Town: town.Name.In(locale.English), Office: f.Office.in(locale.English), Address: town.Contact.Address,
		Phone: cmp.Or(f.Phone, town.Contact.PhoneInWords()), Site: f.Site, Monitoring: f.Monitoring,
		Hours: cmp.Or(f.Hours.in(locale.English), town.Contact.Hours.In(locale.English)), In: map[locale.Lang]letter.Names{},
		Entity: facts.Entity, State: town.State, On: f.On, Discovered: facts.CityDiscovered, Held: !facts.Delay.From.IsZero(),
		Seen: f.Seen, Ways: f.Ways, Safe: f.Safe, Story: f.Story, Doing: f.Doing,
	}
	for _, lang := range town.Languages {
		if lang != locale.English {
			n.In[lang] = letter.Names{
				Town: town.Name.In(lang), Office: f.Office.in(lang), Hours: cmp.Or(f.Hours.in(lang), town.Contact.Hours.In(lang)),
			}
		}
	}
	for _, w := range f.Windows {
		n.Windows = append(n.Windows, letter.Window{From: w.From, To: w.To})
	}
	return mailing.Terms{
		Notice: n, Edition: f.Edition, Place: cmp.Or(f.Place, placeOf(town.Contact.Address)),
		Mailing: letter.Mailing{Mailer: f.Mailer, Service: f.Service, Serial: f.Serial, Duplex: f.Duplex},
	}
}

// placeOf is the postal city in an address: "Clearwell, TX".
func placeOf(address []string) string {
	if len(address) == 0 {
		return ""
	}
	return strings.TrimRight(address[len(address)-1], "0123456789- ")
}
