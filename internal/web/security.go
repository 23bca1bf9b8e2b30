package web

import (
	"net/http"
	"strings"
	"time"

	"clearwell/internal/locale"
)

// AssuranceAddress is where a town's pages say what runs here.
const AssuranceAddress = "/assurance"

// SecurityAddress is where whoever has found a weakness looks for an address to
// report it to (RFC 9116).
const SecurityAddress = "/.well-known/security.txt"

const securityRoute = "GET " + SecurityAddress

// securityLasts is how long what the file says may be believed. RFC 9116 asks for
// less than a year. It counts from the beginning of the day, so that all who ask
// on one day get one file.
const securityLasts = 90 * 24 * time.Hour

// securityText is the file of a town.
func (k *Kit) securityText(r *Request) (Answer, error) {
	return k.security(r.Absolute(SecurityAddress), r.Town.File.Languages, r.Town.File.Contact.SecurityAddress()), nil
}

// sharedSecurityText is the file of the host that towns share: the operator's,
// or where the operator has named no address, one with the address of each town.
// Where there is neither, there is no file.
func (k *Kit) sharedSecurityText(r *http.Request) Answer {
	at := strings.TrimSuffix(k.cfg.Shared, "/") + SecurityAddress
	if k.cfg.Security != "" {
		return k.security(at, locale.Languages[:], k.cfg.Security)
	}
	var contacts []string
	for _, c := range k.cfg.Towns.All() {
		if c.Path != "" {
			contacts = append(contacts, c.Contact.SecurityAddress())
		}
	}
	if len(contacts) == 0 {
		return k.missing(r)
	}
	return k.security(at, locale.Languages[:], contacts...)
}

func (k *Kit) security(canonical string, languages []locale.Lang, contacts ...string) Answer {
	var b strings.Builder
	for _, contact := range contacts {
		b.WriteString("Contact: " + contact + "\r\n")
	}
	expires := k.cfg.Clock.Now().UTC().Truncate(24 * time.Hour).Add(securityLasts)
	b.WriteString("Expires: " + expires.Format(time.RFC3339) + "\r\n")
	var spoken []string
	for _, lang := range languages {
		spoken = append(spoken, string(lang))
	}
	b.WriteString("Preferred-Languages: " + strings.Join(spoken, ", ") + "\r\n")
	b.WriteString("Canonical: " + canonical + "\r\n")
	return Text("text/plain; charset=utf-8", []byte(b.String()))
}
