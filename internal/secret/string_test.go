package secret

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const bankNumber = "000123456789"

// holder hides a secret where methods of the secret are not asked.
type holder struct {
	Shown  String
	hidden String
	key    Key
	sealer *Sealer
}

func hold(t *testing.T) holder {
	t.Helper()
	sealer, err := NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	key := keyOf([]byte(strings.Repeat(bankNumber, 3)[:keyBytes]))
	return holder{Shown: New(bankNumber), hidden: New(bankNumber), key: key, sealer: sealer}
}

// leaks reports whether text holds the secret, as text, bytes or hexadecimal.
func leaks(text string) bool {
	for _, trace := range []string{bankNumber, fmt.Sprintf("%x", bankNumber), fmt.Sprintf("%X", bankNumber), fmt.Sprint([]byte(bankNumber[:6]))} {
		if strings.Contains(text, strings.Trim(trace, "[]")) {
			return true
		}
	}
	return false
}

func TestNoVerbPrintsASecret(t *testing.T) {
	h := hold(t)
	for verb := rune('A'); verb <= 'z'; verb++ {
		for _, flags := range []string{"", "+", "#", "40", "-40.20", "0", " "} {
			format := "%" + flags + string(verb)
			for _, value := range []any{h.Shown, &h.Shown, h, &h, []String{h.Shown}, map[string]String{"a": h.hidden}, h.key, h.sealer} {
				if got := fmt.Sprintf(format, value); leaks(got) {
					t.Errorf("Sprintf(%q, %T) = %q", format, value, got)
				}
			}
		}
	}
	if got := fmt.Sprintf("%v %s %q %x %#v", h.Shown, h.Shown, h.Shown, h.Shown, h.Shown); got != strings.Repeat(" "+mask, 5)[1:] {
		t.Errorf("printed as %q", got)
	}
}

func TestNoEncodingWritesASecret(t *testing.T) {
	type form struct{ Password String }
	h := hold(t)
	for name, encode := range map[string]func(any) ([]byte, error){"JSON": json.Marshal, "XML": xml.Marshal} {
		for _, value := range []any{h.Shown, form{h.Shown}, h.key} {
			got, err := encode(value)
			if err != nil || leaks(string(got)) || !strings.Contains(string(got), mask) {
				t.Errorf("%s of %T = %q, %v", name, value, got, err)
			}
		}
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(form{h.Shown}); err == nil || leaks(b.String()) {
		t.Errorf("gob took a secret: %q", b.String())
	}
}

func TestNoLogHoldsASecret(t *testing.T) {
	h := hold(t)
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil))} {
		logger.Info("signing in", "password", h.Shown, "all", h, "key", h.key, slog.Group("more", "p", &h.Shown))
	}
	if leaks(log.String()) {
		t.Errorf("logged %s", log.String())
	}
}

func TestNoDifferenceShowsASecret(t *testing.T) {
	type form struct{ Number String }
	if diff := cmp.Diff(form{New(bankNumber)}, form{New("1")}); diff == "" || leaks(diff) {
		t.Errorf("difference is %s", diff)
	}
	if diff := cmp.Diff(form{New(bankNumber)}, form{New(bankNumber)}); diff != "" {
		t.Error("equal secrets differ")
	}
}

func TestSecretsAreNotStoredUnsealed(t *testing.T) {
	if value, err := New(bankNumber).Value(); err == nil {
		t.Errorf("stored as %v", value)
	}
}

func TestReveal(t *testing.T) {
	var none String
	if none.Reveal() != "" || !none.IsEmpty() || !none.Equal(New("")) {
		t.Error("no secret is not an empty one")
	}
	if s := New(bankNumber); s.Reveal() != bankNumber || s.IsEmpty() || s.Equal(none) || !s.Equal(New(bankNumber)) {
		t.Error("the secret is not what it was made of")
	}
}

func TestUnmarshal(t *testing.T) {
	var form struct{ Password String }
	if err := json.Unmarshal([]byte(`{"Password":"correct horse"}`), &form); err != nil || form.Password.Reveal() != "correct horse" {
		t.Errorf("read %q, %v", form.Password.Reveal(), err)
	}
	printed, err := json.Marshal(form)
	if err := errors.Join(err, json.Unmarshal(printed, &form)); err == nil {
		t.Error("a printed secret was read back as the secret")
	}
}
