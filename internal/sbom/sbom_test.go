package sbom

import (
	"bytes"
	"encoding/json"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

func built() *debug.BuildInfo {
	return &debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{
		{Path: "example.org/Words", Version: "v1.2.3", Sum: "h1:abc="},
		{Path: "example.org/old", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/mended", Version: "v1.0.1+incompatible", Sum: "h1:def="}},
	}}
}

func written(t *testing.T, release string) (bill, []byte) {
	t.Helper()
	text, err := Write(release, built(), []File{{"/assets/pay.js", strings.Repeat("b", 64)}})
	if err != nil {
		t.Fatal(err)
	}
	var b bill
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		t.Fatal(err)
	}
	return b, text
}

// What the schema of CycloneDX 1.6 demands, as far as a bill of ours can break
// it: the constants, the serial number, names that refer to something, hashes of
// the right length, each component with type and name.
func TestBillIsOfItsFormat(t *testing.T) {
	release := strings.Repeat("a", 64)
	b, _ := written(t, release)
	if b.Format != "CycloneDX" || b.Spec != "1.6" || b.Version != 1 || b.Schema != "http://cyclonedx.org/schema/bom-1.6.schema.json" {
		t.Errorf("the heading is %s %s %d %s", b.Format, b.Spec, b.Version, b.Schema)
	}
	if form := regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`); !form.MatchString(b.Serial) {
		t.Errorf("serial number %s", b.Serial)
	}
	digest := regexp.MustCompile(`^[0-9a-f]{64}$`)
	refs := []string{}
	for _, c := range append(b.Components, b.Metadata.Component) {
		if !slices.Contains([]string{"application", "library", "file"}, c.Type) || c.Name == "" || c.Ref == "" || slices.Contains(refs, c.Ref) {
			t.Errorf("component %+v", c)
		}
		for _, h := range c.Hashes {
			if h.Algorithm != "SHA-256" || !digest.MatchString(h.Content) {
				t.Errorf("%s: hash %+v", c.Name, h)
			}
		}
		refs = append(refs, c.Ref)
	}
	for _, d := range b.Dependencies {
		for _, ref := range append(d.DependsOn, d.Ref) {
			if !slices.Contains(refs, ref) {
				t.Errorf("%s refers to nothing", ref)
			}
		}
	}
}

// Everything that is inside is named, a replaced module by what replaced it.
func TestBillNamesAllThatIsInside(t *testing.T) {
	b, _ := written(t, strings.Repeat("a", 64))
	var names []string
	for _, c := range b.Components {
		names = append(names, c.Name+" "+c.PURL)
	}
	want := []string{
		"stdlib pkg:golang/stdlib@1.26.8",
		"example.org/Words pkg:golang/example.org/words@v1.2.3",
		"example.org/mended pkg:golang/example.org/mended@v1.0.1%2Bincompatible",
		"/assets/pay.js ",
	}
	if !slices.Equal(names, want) {
		t.Errorf("the bill names %q, want %q", names, want)
	}
}

// A list without modules does not call itself whole.
func TestBillWithoutModulesIsNotCalledComplete(t *testing.T) {
	bare := built()
	bare.Deps = nil
	text, err := Write(strings.Repeat("a", 64), bare, nil)
	if err != nil || !bytes.Contains(text, []byte(`"aggregate": "unknown"`)) {
		t.Errorf("%v:\n%s", err, text)
	}
	if _, whole := written(t, strings.Repeat("a", 64)); !bytes.Contains(whole, []byte(`"aggregate": "complete"`)) {
		t.Error("a list of all is not called complete")
	}
}

// One release has one bill, to the byte; another has another number.
func TestBillIsTheSameEachTime(t *testing.T) {
	first, text := written(t, strings.Repeat("a", 64))
	_, again := written(t, strings.Repeat("a", 64))
	if !bytes.Equal(text, again) {
		t.Error("a bill changes when it is written again")
	}
	if other, _ := written(t, strings.Repeat("c", 64)); other.Serial == first.Serial {
		t.Error("two releases have one serial number")
	}
}
