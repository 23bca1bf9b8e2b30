package manifest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// small states a path of one language.
func small(t *testing.T) Manifest {
	t.Helper()
	m := Manifest{
		Served: Served{Release: "4f2c", Assets: []Asset{{"/assets/pay.js", "aa"}}, Headers: map[string]string{"X-Frame-Options": "DENY"}},
		City:   "sampletown", Start: "https://pay.example/", MadeAt: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC),
	}
	for _, kind := range Kinds() {
		m.Pages = append(m.Pages, Page{kind, "en", "/" + string(kind), []Fact{{Header, "X-Frame-Options", "DENY"}}})
	}
	digest, err := m.Digest()
	if err != nil {
		t.Fatal(err)
	}
	m.PageManifest = digest
	return m
}

func created(t *testing.T) Key {
	t.Helper()
	key, err := CreateKey(filepath.Join(t.TempDir(), "key"), "town.example")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestSignedManifestIsReadBack(t *testing.T) {
	key := created(t)
	signed, err := small(t).Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	read, err := Open(signed, key.Public())
	if diff := cmp.Diff(small(t), read); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// Whoever may write the file of the manifest must not be able to make the prober
// content.
func TestChangedManifestIsRefused(t *testing.T) {
	key := created(t)
	signed, err := small(t).Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	other := created(t)
	for name, forged := range map[string][2]string{
		"a changed header":    {strings.Replace(signed, `"value": "DENY"`, `"value": "ALLOW"`, 1), key.Public()},
		"another's signature": {signed, other.Public()},
		"no signature":        {strings.Split(signed, "\n\n")[0] + "\n", key.Public()},
	} {
		if _, err := Open(forged[0], forged[1]); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A manifest that compares nothing would be content with everything.
func TestEmptyManifestIsNotSigned(t *testing.T) {
	key, bare, lying := created(t), small(t), small(t)
	bare.Pages = bare.Pages[:2]
	lying.Assets = append(lying.Assets, Asset{"/assets/more.js", "bb"})
	for _, c := range []struct {
		m    Manifest
		want error
	}{{bare, ErrEmpty}, {lying, ErrDigest}} {
		if _, err := c.m.Sign(key); !errors.Is(err, c.want) {
			t.Errorf("got %v, want %v", err, c.want)
		}
	}
}

func TestDigestNamesEachPart(t *testing.T) {
	first := small(t)
	for name, change := range map[string]func(*Served){
		"release": func(s *Served) { s.Release = "4f2d" },
		"asset":   func(s *Served) { s.Assets = []Asset{{"/assets/pay.js", "ab"}} },
		"header":  func(s *Served) { s.Headers = map[string]string{"X-Frame-Options": "SAMEORIGIN"} },
	} {
		other := first.Served
		change(&other)
		if digest, err := other.Digest(); err != nil || digest == first.PageManifest {
			t.Errorf("another %s has the same digest (%v)", name, err)
		}
	}
}

func TestKeyIsForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if _, err := CreateKey(path, "town.example"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := CreateKey(path, "town.example"); err == nil {
		t.Error("a key was written over")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKey(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others may read is read: %v", err)
	}
}

func TestCompare(t *testing.T) {
	stated := []Fact{{Header, "X-Frame-Options", "DENY"}, {Script, "/a.js", "1"}, {Input, "text email", ""}, {Frame, "https://cards.example/fields", ""}}
	for _, c := range []struct {
		name string
		seen []Fact
		want []Difference
	}{
		{"the same in another order", []Fact{stated[3], stated[2], stated[0], stated[1]}, nil},
		{"an input of another state", []Fact{stated[0], stated[1], stated[3]}, nil},
		{"a script more", append([]Fact{{Script, "/b.js", ""}}, stated...), []Difference{{Change: Added, Subject: Script, Name: "/b.js"}}},
		{"a script twice, once changed", append([]Fact{{Script, "/a.js", "2"}}, stated...), []Difference{{Change: Added, Subject: Script, Name: "/a.js", Is: "2"}}},
		{"a header changed", append([]Fact{{Header, "X-Frame-Options", "ALLOW"}}, stated[1:]...), []Difference{{Changed, Header, "X-Frame-Options", "DENY", "ALLOW"}}},
		{"no frame", stated[:3], []Difference{{Change: Missing, Subject: Frame, Name: "https://cards.example/fields"}}},
	} {
		if diff := cmp.Diff(c.want, Compare(stated, c.seen)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
