package app

import (
	"bytes"
	"strings"
	"testing"
)

func TestTheLogBlotsOutACardNumber(t *testing.T) {
	var out bytes.Buffer
	logger(&out).Warn("refused", "err", "4242 4242 4242 4242")
	if text := out.String(); !strings.Contains(text, "refused") || strings.Contains(text, "4242 4242") {
		t.Errorf("logged %q", text)
	}
}
