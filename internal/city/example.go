package city

import (
	_ "embed"
	"strconv"
	"strings"
)

//go:embed sampletown.yaml
var sampletown string

// ExampleName is what mistakes in the example would be reported under.
const ExampleName = "sampletown.yaml"

// Example is a complete city file, that of the fictional town of the demo.
func Example() []byte { return []byte(sampletown) }

// Basics is what `clearwell init` asks about a town; the rest of its first file
// is as in the example.
type Basics struct {
	City    string // slug
	English string // name
	Spanish string // name
	State   string
	Zone    string
	Host    string
}

// Draft writes a town's first city file. It still has to be parsed: the answers
// may be wrong.
func Draft(b Basics) []byte {
	quote := strconv.Quote // a YAML double-quoted string reads what Go's says
	return []byte(strings.NewReplacer(
		"city: sampletown\n", "city: "+quote(b.City)+"\n",
		"en: City of Sampletown\n", "en: "+quote(b.English)+"\n",
		"es: Ciudad de Sampletown\n", "es: "+quote(b.Spanish)+"\n",
		"state: TX\n", "state: "+quote(b.State)+"\n",
		"zone: America/Chicago\n", "zone: "+quote(b.Zone)+"\n",
		"hosts: [pay.sampletown.example]\n", "hosts: ["+quote(b.Host)+"]\n",
		"path: sampletown\n", "path: "+quote(b.City)+"\n",
		"merchant: sampletown\n", "merchant: "+quote(b.City)+"\n",
		"descriptor: SAMPLETOWN UTILITIES\n", "descriptor: "+quote(onStatement(b.English))+"\n",
	).Replace(sampletown))
}

// onStatement is a first descriptor for a town: its name as card statements can
// print it, with "UTILITIES" where that is needed to fill it.
func onStatement(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, strings.ToUpper(name))
	if len(plain) <= 12 {
		plain = strings.TrimSpace(plain + " UTILITIES")
	}
	return strings.TrimSpace(plain[:min(len(plain), 22)])
}
