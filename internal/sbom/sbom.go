package sbom

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"
)

// MediaType is that of a bill.
const MediaType = "application/vnd.cyclonedx+json; version=1.6"

// File is one file inside the program.
type File struct {
	Path   string
	SHA256 string // hex
}

// The parts of a bill, as https://cyclonedx.org/docs/1.6/json/ names them.
type (
	bill struct {
		Schema       string        `json:"$schema"`
		Format       string        `json:"bomFormat"`
		Spec         string        `json:"specVersion"`
		Serial       string        `json:"serialNumber"`
		Version      int           `json:"version"`
		Metadata     metadata      `json:"metadata"`
		Components   []component   `json:"components"`
		Dependencies []dependency  `json:"dependencies"`
		Compositions []composition `json:"compositions"`
	}
	metadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version,omitempty"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Licences   []licence  `json:"licenses,omitempty"`
		PURL       string     `json:"purl,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	hash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	licence struct {
		Licence struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn,omitempty"`
	}
	composition struct {
		Aggregate  string   `json:"aggregate"`
		Assemblies []string `json:"assemblies"`
	}
)

// Write makes the bill of a release: the program whose file has the digest, what
// the linker says of it, and the files inside.
func Write(release string, info *debug.BuildInfo, files []File) ([]byte, error) {
	main := component{Type: "application", Ref: "clearwell", Name: "clearwell", Version: release, Hashes: sha256Of(release), Licences: apache()}
	b := bill{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", Spec: "1.6", Version: 1,
		Serial: "urn:uuid:" + serial(release), Metadata: metadata{main},
		Components: []component{standardLibrary(info)},
	}
	for _, module := range info.Deps {
		b.Components = append(b.Components, library(module))
	}
	for _, file := range files {
		b.Components = append(b.Components, component{Type: "file", Ref: "file:" + file.Path, Name: file.Path, Hashes: sha256Of(file.SHA256)})
	}
	refs := make([]string, len(b.Components))
	for i, c := range b.Components {
		refs[i] = c.Ref
	}
	// The linker says what is inside, and not which of it asked for which.
	b.Dependencies = []dependency{{Ref: main.Ref, DependsOn: refs}}
	b.Compositions = []composition{{Aggregate: known(info), Assemblies: []string{main.Ref}}}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing a bill of materials: %w", err)
	}
	return append(text, '\n'), nil
}

// known is whether the list is all there is. The linker names no modules in a
// program that is made to test.
func known(info *debug.BuildInfo) string {
	if len(info.Deps) == 0 {
		return "unknown"
	}
	return "complete"
}

func apache() []licence {
	var l licence
	l.Licence.ID = "Apache-2.0"
	return []licence{l}
}

func sha256Of(digest string) []hash { return []hash{{"SHA-256", digest}} }

// serial is a UUID (RFC 9562, version 8) made of the release, so that a bill is
// the same whenever it is written.
func serial(release string) string {
	sum := sha256.Sum256([]byte("clearwell bill of materials\n" + release))
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum[:16])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:32]}, "-")
}

func standardLibrary(info *debug.BuildInfo) component {
	version := strings.TrimPrefix(info.GoVersion, "go")
	purl := "pkg:golang/stdlib@" + url.QueryEscape(version)
	return component{Type: "library", Ref: purl, Name: "stdlib", Version: info.GoVersion, PURL: purl}
}

// library is a module. The sum is that of go.sum, by which anybody can check what
// was built; it is no digest of a file, and so no hash of this format.
func library(module *debug.Module) component {
	if module.Replace != nil {
		module = module.Replace
	}
	purl := "pkg:golang/" + strings.ToLower(module.Path) + "@" + url.QueryEscape(module.Version)
	c := component{Type: "library", Ref: purl, Name: module.Path, Version: module.Version, PURL: purl}
	if module.Sum != "" {
		c.Properties = []property{{"go:sum", module.Sum}}
	}
	return c
}
