package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/city"
	"clearwell/internal/watch/manifest"
)

// stated is the manifest of Sampletown at an origin.
func stated(t *testing.T, plain bool) manifest.Manifest {
	t.Helper()
	cfg := Config{Origin: "https://pay.shared.example", Plain: plain, Sandbox: &Sandbox{Origin: "https://cards.example"}}
	if plain {
		cfg.Origin = "http://localhost:20080"
	}
	cfg.complete(t.TempDir())
	m, err := stateTown(t.Context(), cfg, city.ExampleName, city.Example())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func has(page manifest.Page, want manifest.Fact) bool { return slices.Contains(page.Facts, want) }

// The manifest states what the design promises of the card page, in both
// languages: our script, the processor's frame, no code in the markup, no field
// for a card.
func TestManifestStatesThePaymentPath(t *testing.T) {
	m := stated(t, false)
	if !slices.Equal(m.Languages(), []string{"en", "es"}) || m.Start != "https://pay.shared.example/sampletown/" {
		t.Fatalf("languages %v, start %s", m.Languages(), m.Start)
	}
	for _, language := range m.Languages() {
		for _, kind := range manifest.Kinds() {
			page, ok := m.Page(kind, language)
			if !ok {
				t.Fatalf("no %s page in %s", kind, language)
			}
			for _, fact := range page.Facts {
				switch fact.Subject {
				case manifest.InlineScript, manifest.Handler, manifest.CardField, manifest.InlineStyle:
					t.Errorf("%s page in %s has %+v", kind, language, fact)
				}
			}
			for _, name := range []string{"Content-Security-Policy", "Permissions-Policy", "Strict-Transport-Security", "X-Frame-Options"} {
				if !slices.ContainsFunc(page.Facts, func(f manifest.Fact) bool { return f.Subject == manifest.Header && f.Name == name }) {
					t.Errorf("%s page in %s: %s is not stated", kind, language, name)
				}
			}
		}
		pay, _ := m.Page(manifest.Pay, language)
		frame := "https://cards.example/fields?lang=" + language + "&merchant=sampletown&origin=https://pay.shared.example&session={quo}"
		for _, want := range []manifest.Fact{
			{Subject: manifest.Frame, Name: frame, Value: "allow=payment"},
			{Subject: manifest.Form, Name: "post /sampletown/pay/{quo}"},
			{Subject: manifest.Connection, Name: "https://cards.example"},
			{Subject: manifest.Cookie, Name: "__Host-visit", Value: "httponly lax path=/ secure"},
		} {
			if !has(pay, want) {
				t.Errorf("the card page in %s does not have %+v:\n%+v", language, want, pay.Facts)
			}
		}
	}
}

// Exposure rows have the digest that the manifest states, and it can be computed
// from the manifest alone.
func TestExposureHasTheManifestsDigest(t *testing.T) {
	m := stated(t, true)
	recomputed, err := m.Digest()
	if err != nil || recomputed != m.PageManifest {
		t.Errorf("the manifest says %s and makes %s (%v)", m.PageManifest, recomputed, err)
	}
	secure := stated(t, false)
	if secure.PageManifest == m.PageManifest {
		t.Error("a page without TLS has the digest of one with it")
	}
}

// The three commands, as an engineer uses them.
func TestManifestCommands(t *testing.T) {
	folder := t.TempDir()
	run := func(args ...string) (string, int) {
		out := &heard{}
		status := Run(context.Background(), Process{Args: args, In: strings.NewReader(""), Out: out, Err: out, Lookup: func(string) (string, bool) { return "", false }})
		return out.String(), status
	}
	at := func(name string) string { return filepath.Join(folder, name) }
	if err := os.WriteFile(at("town.yaml"), city.Example(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := createKeysIn(at("keys")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("clearwell.yaml"), []byte("origin: http://localhost:20080\nplain: true\nsandbox: {origin: http://localhost:20081}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	public, status := run("manifest", "key", "--name", "sampletown.example", at("signing.key"))
	if status != 0 || !strings.HasPrefix(public, "sampletown.example+") {
		t.Fatalf("key: %d %s", status, public)
	}
	if said, status := run("city", "apply", "--config", at("clearwell.yaml"), at("town.yaml")); status != 0 {
		t.Fatal(said)
	}
	if said, status := run("manifest", "--config", at("clearwell.yaml"), "--city", "sampletown", "--key", at("signing.key"), "--out", at("manifest.txt")); status != 0 {
		t.Fatal(said)
	}
	said, status := run("manifest", "verify", "--key", strings.TrimSpace(public), at("manifest.txt"))
	if status != 0 || !strings.Contains(said, "pay  es") || !strings.Contains(said, "The signature is right.") {
		t.Errorf("verify: %d %s", status, said)
	}
	text, err := os.ReadFile(at("manifest.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("forged.txt"), []byte(strings.Replace(string(text), "DENY", "SAMEORIGIN", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, status := run("manifest", "verify", "--key", strings.TrimSpace(public), at("forged.txt")); status == 0 {
		t.Errorf("a forged manifest is right: %s", said)
	}
}

func createKeysIn(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return createKeys(folder, "sampletown.example")
}
