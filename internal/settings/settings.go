package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"time"

	"clearwell/internal/approval"
	"clearwell/internal/fault"
)

// Protection is what a configuration says of the installation's protection. It
// holds no password. What a machine may have of its own, such as a port, is not
// in it: nodes side by side have the same.
type Protection struct {
	// People are the public keys of those who ask and approve, sorted.
	People []string `json:"people,omitempty"`
	// Confinement is "required", "" (as far as the kernel can) or "off".
	Confinement string `json:"confinement,omitempty"`
	// Plain is whether browsers may come without TLS.
	Plain bool `json:"plain,omitempty"`
	// Open is whether others than this machine reach the port.
	Open bool `json:"open,omitempty"`
	// Origin is what residents type where towns share a host: an origin, or
	// [OwnMachine].
	Origin string `json:"origin,omitempty"`
	// Proxies are believed about who asks.
	Proxies []netip.Prefix `json:"proxies,omitempty"`
	// Sandbox is where the processor is that moves no money: nowhere, [OwnMachine],
	// or an origin.
	Sandbox string `json:"sandbox,omitempty"`
	// Mail is how mail leaves: "", "folder", or host and port of a server.
	Mail string `json:"mail,omitempty"`
	// Security is where weaknesses of the shared host are reported.
	Security string `json:"security,omitempty"`
	// Probers are those that towns have, by town.
	Probers map[string]Prober `json:"probers,omitempty"`
	// Copy is where the logs are handed over to: host, port and public key.
	Copy Copy `json:"copy,omitzero"`
	// AuditKey is the public half of the key that signs the audit log.
	AuditKey string `json:"audit_key,omitempty"`
}

// OwnMachine stands for any address that only this machine reaches.
const OwnMachine = "this machine"

// Folder is mail that becomes files.
const Folder = "folder"

// Copy is a machine that keeps the logs.
type Copy struct {
	To  string `json:"to"`
	Key string `json:"key"`
}

// Prober is whom a town has look from outside.
type Prober struct {
	Key  string `json:"key"`
	Beat string `json:"beat"`
}

// text is the form that is kept and digested.
func (p Protection) text() string {
	text, err := json.Marshal(p) // of texts and lists of them, maps sorted: it cannot go wrong
	if err != nil {
		return ""
	}
	return string(text)
}

// Digest names the settings: the SHA-256 of their kept form, in hexadecimal.
func (p Protection) Digest() string { return digest(p.text()) }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Version is what was taken once.
type Version struct {
	Number  int64 // 1, 2, 3 …; 0 where nothing was taken yet
	TakenAt time.Time
	TakenBy string
	Request string // under which; empty where none was needed
	Digest  string
	Protection
}

// TakeAction is what two people are asked for.
const TakeAction approval.Action = "settings.take"

var (
	// ErrNeedsApproval: the configuration takes protection away, and two people have
	// not said so.
	ErrNeedsApproval = fault.New(fault.Denied, "settings_need_approval")
	// ErrNotSealed: what stands in the database was not taken here.
	ErrNotSealed = fault.New(fault.Conflict, "settings_not_sealed")
	// ErrOutdated: others were taken meanwhile.
	ErrOutdated = fault.New(fault.Conflict, "settings_outdated")
)
