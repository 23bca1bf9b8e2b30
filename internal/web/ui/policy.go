package ui

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Policy is what a page may load and talk to besides our own origin.
type Policy struct {
	Scripts []string // addresses of the processor's scripts, where it has any
	Frames  []string // origins of the processor's card fields
	Forms   []string // origins of the processor's own page, for browsers without scripts
	Connect []string // origins that the processor's script talks to
	Reports string   // path to which browsers report what they refused; empty for none
	Group   string   // of the same, for browsers that ask by Reporting-Endpoints; empty for none
}

// String is the Content-Security-Policy of the page. It begins by forbidding
// everything; nothing inline is ever allowed, and scripts cannot turn text into
// markup (Trusted Types).
func (p Policy) String() string {
	directives := []string{
		"default-src 'none'",
		"script-src 'self'" + list(p.Scripts),
		"style-src 'self'",
		"img-src 'self'",
		"font-src 'self'",
		"form-action 'self'" + list(p.Forms),
		"base-uri 'none'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}
	if len(p.Frames) > 0 {
		directives = append(directives, "frame-src"+list(p.Frames))
	}
	if len(p.Connect) > 0 {
		directives = append(directives, "connect-src"+list(p.Connect))
	}
	if p.Reports != "" {
		directives = append(directives, "report-uri "+p.Reports)
	}
	if p.Group != "" {
		directives = append(directives, "report-to "+p.Group)
	}
	return strings.Join(directives, "; ")
}

func list(sources []string) string {
	if len(sources) == 0 {
		return ""
	}
	return " " + strings.Join(sources, " ")
}

func integrity(content []byte) string {
	sum := sha512.Sum384(content)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

// mark names content: its SHA-256 in hexadecimal.
func mark(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
