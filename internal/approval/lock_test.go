package approval_test

import (
	"errors"
	"strings"
	"testing"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/secret"
)

// Who finds a locked key has no key.
func TestALockedKeyOpensByItsPassphraseAlone(t *testing.T) {
	_, text, err := audit.NewKey("ada")
	if err != nil {
		t.Fatal(err)
	}
	words := secret.New("water tower under snow")
	locked, err := approval.Lock(text, words)
	if err != nil || !approval.IsLocked(locked) || approval.IsLocked(text.Reveal()) {
		t.Fatalf("locked as %q, %v", locked, err)
	}
	if again, _ := approval.Lock(text, words); again == locked || strings.Contains(locked, text.Reveal()[20:]) {
		t.Error("a locked key shows what is in it")
	}
	opened, err := approval.Unlock(locked, words)
	if err != nil || !opened.Equal(text) {
		t.Errorf("opened: %v", err)
	}
	for what, one := range map[string]string{
		"another passphrase": locked, "cut off": locked[:len(locked)-8], "changed": strings.Replace(locked, locked[60:62], "AA", 1), "no key": "hello", "empty": "",
	} {
		with := words
		if what == "another passphrase" {
			with = secret.New("water tower under snoW")
		}
		if _, err := approval.Unlock(one, with); !errors.Is(err, approval.ErrPassphrase) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := approval.Lock(text, secret.New("short")); !errors.Is(err, approval.ErrPassphraseShort) {
		t.Errorf("a short one: %v", err)
	}
}
