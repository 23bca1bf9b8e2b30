package app

import (
	"testing"

	"github.com/goccy/go-yaml"

	"clearwell/internal/city"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
)

// What the file leaves out is the city file's, in each of its languages.
func TestANoticesFileMaySpeakBothLanguages(t *testing.T) {
	both := func(english, spanish string) city.Words {
		return city.Words{locale.English: english, locale.Spanish: spanish}
	}
	town := &city.City{File: city.File{
		Name: both("City of Odessa", "Ciudad de Odessa"), Languages: []locale.Lang{locale.English, locale.Spanish},
		Contact: city.Contact{Hours: both("8 to 5", "de 8 a 5")},
	}}
	for text, want := range map[string][2]letter.Names{
		"office: Billing": {
			{Town: "City of Odessa", Office: "Billing", Hours: "8 to 5"}, {Town: "Ciudad de Odessa", Office: "Billing", Hours: "de 8 a 5"},
		},
		"office: {en: Billing, es: Facturación}\nhours: {en: 9 to 5, es: de 9 a 5}": {
			{Town: "City of Odessa", Office: "Billing", Hours: "9 to 5"}, {Town: "Ciudad de Odessa", Office: "Facturación", Hours: "de 9 a 5"},
		},
	} {
		var file noticeFile
		if err := yaml.UnmarshalWithOptions([]byte(text), &file, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		n := file.terms(town, law.Facts{}).Notice
		if got := (letter.Names{Town: n.Town, Office: n.Office, Hours: n.Hours}); got != want[0] || n.In[locale.Spanish] != want[1] {
			t.Errorf("%s: %+v, in Spanish %+v", text, got, n.In[locale.Spanish])
		}
	}
}
