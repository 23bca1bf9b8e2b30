package locale

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed catalogue/*.yaml
var embedded embed.FS

// Catalogue holds every message in every language. It does not change once
// loaded and is safe for concurrent use.
type Catalogue struct {
	printers map[Lang]*Printer
}

// Load reads the embedded catalogues. It is called once, at the start: an error
// means that the binary was built from a broken catalogue.
func Load() (*Catalogue, error) { return load(embedded) }

// Printer gives the printer of a language, that of English for one we do not
// speak. Printers are made once; asking costs nothing.
func (c *Catalogue) Printer(lang Lang) *Printer {
	if p, ok := c.printers[lang]; ok {
		return p
	}
	return c.printers[English]
}

func load(files fs.FS) (*Catalogue, error) {
	c := &Catalogue{printers: map[Lang]*Printer{}}
	bundle := i18n.NewBundle(language.English)
	for _, lang := range Languages {
		messages, err := loadLanguage(files, lang)
		if err != nil {
			return nil, err
		}
		if err := bundle.AddMessages(language.Make(string(lang)), complete(messages)...); err != nil {
			return nil, fmt.Errorf("adding messages of language %s: %w", lang, err)
		}
		c.printers[lang] = newPrinter(bundle, lang, messages)
	}
	return c, nil
}

// loadLanguage reads the files of one language and refuses an identifier that
// two of them have.
func loadLanguage(files fs.FS, lang Lang) (map[string]*i18n.Message, error) {
	paths, err := fs.Glob(files, path.Join("catalogue", "*."+string(lang)+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("listing catalogues of language %s: %w", lang, err)
	}
	all := map[string]*i18n.Message{}
	for _, name := range paths {
		messages, err := loadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading catalogue %s: %w", path.Base(name), err)
		}
		for _, m := range messages {
			if all[m.ID] != nil {
				return nil, fmt.Errorf("reading catalogue %s: another file has message %s too", path.Base(name), m.ID)
			}
			all[m.ID] = m
		}
	}
	return all, nil
}

func loadFile(files fs.FS, name string) ([]*i18n.Message, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	messages, err := i18n.ParseMessageBytes(text, func(data []byte, v any) error { return yaml.Unmarshal(data, v) })
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		for _, form := range forms(m) {
			if _, err := parse(form); err != nil {
				return nil, fmt.Errorf("message %s: %w", m.ID, err)
			}
		}
	}
	return messages, nil
}

// complete fills in the plural forms that a language has and a message need not
// spell out: Spanish has one of its own for whole millions.
func complete(messages map[string]*i18n.Message) []*i18n.Message {
	var all []*i18n.Message
	for _, m := range messages {
		filled := *m
		if filled.One == "" {
			filled.One = filled.Other
		}
		if filled.Many == "" {
			filled.Many = filled.Other
		}
		all = append(all, &filled)
	}
	return all
}

// forms lists the texts of a message: one for most, two where it counts.
func forms(m *i18n.Message) []string {
	all := []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other}
	return slices.DeleteFunc(all, func(text string) bool { return text == "" })
}

// fixed lists the messages without blanks or forms, which need no filling.
func fixed(messages map[string]*i18n.Message) map[string]string {
	texts := map[string]string{}
	for id, m := range messages {
		if all := forms(m); len(all) == 1 && all[0] == m.Other && !strings.Contains(m.Other, "{{") {
			texts[id] = m.Other
		}
	}
	return texts
}
