package audit

import (
	"encoding/json"
	"strings"

	"clearwell/internal/cardscan"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Event is what happened, as whoever acted tells it.
type Event struct {
	Actor  Actor
	Action string            // what was done, as "payment.start"
	Thing  string            // to what, as the text of an identifier
	Detail map[string]string // what else an investigator will ask; never a secret
}

// Actor is who acted: "guest", "system", "operator:NAME", "staff:LOGIN",
// "processor:NAME".
type Actor string

// Actors without a name of their own.
const (
	Guest  Actor = "guest"  // a resident who did not sign in
	System Actor = "system" // the program, on its own schedule
)

// ID identifies an event.
type ID = id.ID[eventKind]

type eventKind struct{}

// Prefix names the kind.
func (eventKind) Prefix() string { return "aud" }

// RecordTx records an event in the caller's transaction, in the log of the
// transaction's city. It takes no round trip of its own, and its error, if any,
// ends the transaction. What looks like a card number is redacted.
func RecordTx(tx *db.Tx, e Event) {
	insertUnsealed(tx, Row{
		ID:         id.New[eventKind](tx.Now()).String(),
		RecordedAt: db.Micros(tx.Now()),
		Actor:      storable(string(e.Actor)),
		Action:     storable(e.Action),
		Thing:      storable(e.Thing),
		Detail:     detailText(e.Detail),
	})
}

// storable makes text that both databases keep as it is: PostgreSQL takes
// neither NUL nor broken UTF-8, and an event must not end the act it tells of.
func storable(text string) string {
	const unknown = "\uFFFD"
	return strings.ReplaceAll(strings.ToValidUTF8(cardscan.Redact(text), unknown), "\x00", unknown)
}

// detailText writes a detail as JSON, with sorted keys.
func detailText(detail map[string]string) string {
	if len(detail) == 0 {
		return "{}"
	}
	clean := make(map[string]string, len(detail))
	for key, value := range detail {
		clean[storable(key)] = storable(value)
	}
	text, _ := json.Marshal(clean) // a map of texts always encodes
	return string(text)
}
