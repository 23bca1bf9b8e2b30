package secret

import (
	"bytes"
	"encoding/hex"
	"path/filepath"
	"testing"
)

// The digest is HMAC-SHA256 over the domain behind its length, then the message;
// the vector was computed apart, with Python's hmac module.
func TestMACVector(t *testing.T) {
	raw := make([]byte, keyBytes)
	for i := range raw {
		raw[i] = byte(i)
	}
	got := keyOf(raw).MAC("limit.network", []byte("192.0.2.7"))
	const want = "9113a55dcf8fd4db93ced1a5a005e490f7e2282795623d483e85376ed009f9ad"
	if hex.EncodeToString(got) != want {
		t.Errorf("MAC = %x, want %s", got, want)
	}
}

func TestDomainsAreApart(t *testing.T) {
	k := NewKey()
	sum := k.MAC("ab", []byte("c"))
	if !k.Check("ab", []byte("c"), sum) {
		t.Error("a digest does not match itself")
	}
	for _, other := range []struct{ domain, msg string }{{"a", "bc"}, {"abc", ""}, {"", "abc"}, {"ab", "d"}} {
		if k.Check(other.domain, []byte(other.msg), sum) {
			t.Errorf("domain %q and message %q match another", other.domain, other.msg)
		}
	}
	if NewKey().Check("ab", []byte("c"), sum) {
		t.Error("two keys agree")
	}
}

func TestNoKeyMatchesNothing(t *testing.T) {
	var none Key
	if none.Check("a", []byte("b"), none.MAC("a", []byte("b"))) {
		t.Error("without a key, a digest can be made by anybody")
	}
}

func TestKeyFileKeepsItsKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := CreateKey(path); err != nil {
		t.Fatal(err)
	}
	first, err := ReadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ReadKey(path)
	if err != nil || !bytes.Equal(first.MAC("a", nil), second.MAC("a", nil)) {
		t.Errorf("read twice, digests twice; %v", err)
	}
}
