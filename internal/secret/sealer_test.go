package secret

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/id"

	"pgregory.net/rapid"
)

func TestSealedOpensInItsPlaceOnly(t *testing.T) {
	s, err := NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Seal("sampletown", "instrument.bank", New(bankNumber))
	if err != nil || bytes.Contains(sealed, []byte(bankNumber)) {
		t.Fatalf("sealed as %q, %v", sealed, err)
	}
	got, err := s.Open("sampletown", "instrument.bank", sealed)
	if err != nil || got.Reveal() != bankNumber {
		t.Errorf("opened as %q, %v", got.Reveal(), err)
	}
	for _, place := range []struct {
		city    id.City
		purpose string
	}{
		{"othertown", "instrument.bank"},
		{"sampletown", "instrument.card"},
		{"sampletowni", "nstrument.bank"}, // the same letters, cut elsewhere
	} {
		if _, err := s.Open(place.city, place.purpose, sealed); !errors.Is(err, ErrUnopenable) {
			t.Errorf("opened for %v: %v", place, err)
		}
	}
}

func TestSealingNeedsAPlace(t *testing.T) {
	s, err := NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Seal("", "x", New("1")); err == nil {
		t.Error("sealed for no city")
	}
	if _, err := s.Seal("sampletown", "", New("1")); err == nil {
		t.Error("sealed for no purpose")
	}
}

func TestAnyValueReturnsAndAnyDamageShows(t *testing.T) {
	s, err := NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.String().Draw(t, "value")
		sealed, err := s.Seal("sampletown", "x", New(value))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Open("sampletown", "x", sealed); err != nil || got.Reveal() != value {
			t.Fatalf("opened as %q, %v", got.Reveal(), err)
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		sealed[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := s.Open("sampletown", "x", sealed); !errors.Is(err, ErrUnopenable) {
			t.Fatalf("a changed value opened: %v", err)
		}
	})
}

func readSealer(t *testing.T, path string) *Sealer {
	t.Helper()
	s, err := ReadSealer(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustSeal(t *testing.T, s *Sealer) []byte {
	t.Helper()
	sealed, err := s.Seal("sampletown", "x", New(bankNumber))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func opens(s *Sealer, sealed []byte) bool {
	got, err := s.Open("sampletown", "x", sealed)
	return err == nil && got.Reveal() == bankNumber
}

func TestRotatedKeysetOpensWhatOlderKeysSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if err := CreateKeyset(path); err != nil {
		t.Fatal(err)
	}
	before := readSealer(t, path)
	old := mustSeal(t, before)
	if err := Rotate(path); err != nil {
		t.Fatal(err)
	}
	after := readSealer(t, path)
	if !opens(after, old) {
		t.Error("what the old key sealed does not open")
	}
	if opens(before, mustSeal(t, after)) {
		t.Error("the rotated keyset still seals with the old key")
	}
}

// Two nodes: neither ever seals what the other cannot open.
func TestAddedKeyWaitsForItsRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if err := CreateKeyset(path); err != nil {
		t.Fatal(err)
	}
	first := readSealer(t, path)
	if err := AddKey(path); err != nil {
		t.Fatal(err)
	}
	second := readSealer(t, path)
	if !opens(first, mustSeal(t, second)) {
		t.Error("an added key seals before its rotation")
	}
	if err := Rotate(path); err != nil {
		t.Fatal(err)
	}
	third := readSealer(t, path)
	sealed := mustSeal(t, third)
	if !opens(second, sealed) || opens(first, sealed) {
		t.Error("the rotation did not use the key that was waiting")
	}
}

func TestKeyFilesAreForTheirOwnerAlone(t *testing.T) {
	for name, kind := range map[string]struct {
		create func(string) error
		read   func(string) error
	}{
		"key":    {CreateKey, func(path string) error { _, err := ReadKey(path); return err }},
		"keyset": {CreateKeyset, func(path string) error { _, err := ReadSealer(path); return err }},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := kind.create(path); err != nil {
			t.Fatal(err)
		}
		if err := kind.read(path); err != nil {
			t.Errorf("%s: reading what was created: %v", name, err)
		}
		if err := kind.create(path); !errors.Is(err, os.ErrExist) {
			t.Errorf("%s: created over another: %v", name, err)
		}
		for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o620} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			if err := kind.read(path); err == nil || !strings.Contains(err.Error(), "chmod 600 "+path) {
				t.Errorf("%s: read with mode %#o: %v", name, mode, err)
			}
		}
	}
}

func TestErrorsDoNotQuoteKeyFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(bankNumber+"zz"), ownerOnly); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKey(path); err == nil || leaks(err.Error()) {
		t.Errorf("ReadKey: %v", err)
	}
	if _, err := ReadSealer(path); err == nil || leaks(err.Error()) {
		t.Errorf("ReadSealer: %v", err)
	}
	if _, err := ReadKey(t.TempDir()); err == nil {
		t.Error("a folder was read as a key")
	}
}

func TestHalfAChangeChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if err := CreateKeyset(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", nil, ownerOnly); err != nil { // another rotation is under way
		t.Fatal(err)
	}
	before := readSealer(t, path)
	if err := Rotate(path); err == nil {
		t.Error("two rotations ran at once")
	}
	if !opens(before, mustSeal(t, readSealer(t, path))) {
		t.Error("a refused rotation changed the keyset")
	}
}

// A running program takes a rotated key over, and stored values follow.
func TestRotationWithoutDowntime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if err := CreateKeyset(path); err != nil {
		t.Fatal(err)
	}
	running := readSealer(t, path)
	old := mustSeal(t, running)
	if changed, err := running.Refresh(t.Context()); err != nil || changed || !running.Current(old) {
		t.Errorf("nothing was rotated: changed %v, current %v, %v", changed, running.Current(old), err)
	}
	if err := Rotate(path); err != nil {
		t.Fatal(err)
	}
	if changed, err := running.Refresh(t.Context()); err != nil || !changed {
		t.Errorf("a rotation is not seen: %v, %v", changed, err)
	}
	if running.Current(old) || !opens(running, old) {
		t.Error("what the old key sealed is called current, or does not open")
	}
	again, err := running.Reseal("sampletown", "x", old)
	if err != nil || !running.Current(again) || !opens(running, again) {
		t.Errorf("resealed: current %v, opens %v, %v", running.Current(again), opens(running, again), err)
	}
	if same, err := running.Reseal("sampletown", "x", again); err != nil || !bytes.Equal(same, again) {
		t.Errorf("what is current was sealed again, %v", err)
	}
	if _, err := running.Reseal("othertown", "x", old); !errors.Is(err, ErrUnopenable) {
		t.Errorf("resealed for another town: %v", err)
	}
}

// A keyset that cannot be read must not take the keys from a program that runs.
func TestALostKeysetLeavesTheRunningSealer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if err := CreateKeyset(path); err != nil {
		t.Fatal(err)
	}
	running := readSealer(t, path)
	sealed := mustSeal(t, running)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := running.Refresh(t.Context()); err == nil {
		t.Error("a keyset that is gone was read")
	}
	if !opens(running, sealed) {
		t.Error("the sealer lost its keys")
	}
}

func TestAKeysetComesFromACommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if err := CreateKeyset(path); err != nil {
		t.Fatal(err)
	}
	sealed := mustSeal(t, readSealer(t, path))
	s, err := RunSealer(t.Context(), []string{"cat", path})
	if err != nil || !opens(s, sealed) {
		t.Fatalf("the command's keyset does not open, %v", err)
	}
	for _, command := range [][]string{nil, {"false"}, {"echo", bankNumber}, {filepath.Join(t.TempDir(), "none")}} {
		if _, err := RunSealer(t.Context(), command); err == nil || leaks(err.Error()) {
			t.Errorf("%v: %v", command, err)
		}
	}
}

// What is not sealed at all is not current, however short.
func TestShortValuesAreNotCurrent(t *testing.T) {
	s, err := NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 12 {
		if s.Current(make([]byte, n)) {
			t.Errorf("%d zero bytes are current", n)
		}
	}
}
