package locale

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// The catalogue that ships says everything in both languages.
func TestCatalogueIsWhole(t *testing.T) {
	if _, err := Load(); err != nil {
		t.Fatal(err)
	}
	complaints, err := complain(embedded)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range complaints {
		t.Error(c)
	}
}

func TestEachFileHasATwin(t *testing.T) {
	paths, err := fs.Glob(embedded, "catalogue/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		for _, lang := range Languages {
			parts := strings.Split(path, ".")
			twin := parts[0] + "." + string(lang) + ".yaml"
			if !slices.Contains(paths, twin) {
				t.Errorf("%s has no twin %s", path, twin)
			}
		}
	}
}

// A catalogue that is not whole is complained about, each fault by name.
func TestComplain(t *testing.T) {
	files := fstest.MapFS{
		"catalogue/a.en.yaml": {Data: []byte(`
a.fine: "{{.Day}}: {{.Amount}}"
a.english_only: Pay
a.blanks: Pay {{.Amount}}
a.empty: ""
a.counts: {one: a bill, other: "{{.Count}} bills"}
a.counts_alone: {one: a bill}
a.padded: "Pay "
a.marked: Pay <b>now</b>
`)},
		"catalogue/a.es.yaml": {Data: []byte(`
a.fine: "{{.Amount}}, {{.Day}}"
a.spanish_only: Pagar
a.blanks: Pague {{.Cantidad}}
a.empty: algo
a.counts: "{{.Count}} facturas"
a.counts_alone: {one: una factura}
a.padded: Pagar
a.marked: Pague ya
`)},
	}
	got, err := complain(files)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"a.blanks: en has the blanks [Amount], es [Cantidad]",
		"a.counts: en has 2 forms, es 1",
		"a.counts_alone: en has no text for other",
		"a.counts_alone: es has no text for other",
		"a.empty: en has 0 forms, es 1",
		"a.empty: en has no text for other",
		"a.english_only: not in es",
		"a.marked: en has markup; whoever writes HTML adds it",
		"a.padded: en has a space at an end",
		"a.spanish_only: not in en",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// complain lists what is wrong with a catalogue, sorted.
func complain(files fs.FS) ([]string, error) {
	var all []string
	spoken := map[Lang]map[string]*i18n.Message{}
	for _, lang := range Languages {
		messages, err := loadLanguage(files, lang)
		if err != nil {
			return nil, err
		}
		spoken[lang] = messages
	}
	for id, en := range spoken[English] {
		es, ok := spoken[Spanish][id]
		if !ok {
			all = append(all, id+": not in es")
			continue
		}
		all = append(all, compare(en, es)...)
	}
	for id := range spoken[Spanish] {
		if spoken[English][id] == nil {
			all = append(all, id+": not in en")
		}
	}
	slices.Sort(all)
	return all, nil
}

func compare(en, es *i18n.Message) []string {
	all := slices.Concat(inspect(en, English), inspect(es, Spanish))
	inEnglish, inSpanish := blanksOf(en), blanksOf(es)
	switch {
	case len(forms(en)) != len(forms(es)):
		all = append(all, sprint(en.ID, ": en has ", len(forms(en)), " forms, es ", len(forms(es))))
	case !slices.Equal(inEnglish, inSpanish):
		all = append(all, sprint(en.ID, ": en has the blanks ", inEnglish, ", es ", inSpanish))
	}
	return all
}

func inspect(m *i18n.Message, lang Lang) []string {
	var all []string
	if m.Other == "" {
		all = append(all, sprint(m.ID, ": ", lang, " has no text for other"))
	}
	for _, text := range forms(m) {
		if text != strings.TrimSpace(text) {
			all = append(all, sprint(m.ID, ": ", lang, " has a space at an end"))
		}
		if strings.ContainsAny(text, "<>") {
			all = append(all, sprint(m.ID, ": ", lang, " has markup; whoever writes HTML adds it"))
		}
	}
	return all
}

// blanksOf lists the blanks of all forms, each once, sorted.
func blanksOf(m *i18n.Message) []string {
	var names []string
	for _, form := range forms(m) {
		s, err := parse(form)
		if err == nil { // loading refuses the others
			names = append(names, s.blanks()...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
