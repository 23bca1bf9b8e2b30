package city

import (
	"os"
	"strings"
	"testing"
)

// Every setting that the code asks for is in the manual, in back quotes.
func TestEverySettingIsInTheManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/city-file.md")
	if err != nil {
		t.Fatal(err)
	}
	f := parse(t, edited(t, "capture: fields", "banners:\n  - {id: holiday, text: {en: Closed, es: Cerrado}}\ncapture: fields"))
	for path := range f.places {
		setting := path[strings.LastIndexByte(path, '.')+1:]
		setting, _, _ = strings.Cut(setting, "[")
		if setting != "" && !strings.Contains(string(manual), "`"+setting+"`") && !strings.Contains(string(manual), "`"+setting+":") {
			t.Errorf("docs/city-file.md does not explain %s (%s)", setting, path)
		}
	}
}
