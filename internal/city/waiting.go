package city

import (
	"encoding/hex"
	"fmt"
	"time"

	"clearwell/internal/approval"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// PayeeDelay is how long a file waits that has money go elsewhere. It is a day, so
// that the finance officer, who was told, has a working day's reading of mail
// before the first payment goes there, and the money of one day is what an
// attacker must wait for.
const PayeeDelay = 24 * time.Hour

// WaitState is what became of a file that waits.
type WaitState string

// The states. The zero state is none.
const (
	Waits   WaitState = "waiting"
	InForce WaitState = "in_force"
	Stopped WaitState = "stopped"
	Void    WaitState = "void" // it could not be put in force when it was due
)

// Waiting is a file that has money go elsewhere from a day on.
type Waiting struct {
	City    id.City
	Request approval.ID
	Base    int64  // the version that it is in the place of
	Digest  string // of the file
	Told    string // the e-mail address that was told of it
	BegunAt time.Time
	BegunBy string
	DueAt   time.Time
	State   WaitState
	EndedAt time.Time // zero while it waits
	EndedBy string
	Reason  string // why it was stopped, or is void

	file []byte
	seal string
}

// News is what the finance officer is told.
type News struct {
	Waiting
	To      string
	Before  File     // in force
	Changes []Change // of where money goes
}

// What people are told who change where money goes.
var (
	// ErrPayeeWaits: a file that has money go elsewhere is not in force at once.
	ErrPayeeWaits = fault.New(fault.Denied, "city_payee_waits")
	// ErrPayeeLate: the request is over before the day is.
	ErrPayeeLate = fault.New(fault.Denied, "city_payee_late")
	// ErrNobodyTold: no mail leaves, and so nobody can be told.
	ErrNobodyTold = fault.New(fault.Denied, "city_payee_nobody_told")
	// ErrNotWaiting: nothing waits under this request.
	ErrNotWaiting = fault.New(fault.NotFound, "city_payee_not_waiting")
)

// content is what is sealed: what waits, in whose place, until when, and whom it
// was told.
func (w Waiting) content() []byte {
	return fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%d\n%s", w.City, w.Request, w.Base, digest(w.file), w.DueAt.UnixMicro(), w.Told)
}

func (w Waiting) sealed(key secret.Key) Waiting {
	w.seal = hex.EncodeToString(key.MAC("city.waiting", w.content()))
	return w
}

// check refuses a row that is not as it was begun.
func (w Waiting) check(key secret.Key) error {
	sum, err := hex.DecodeString(w.seal)
	if err != nil || w.Digest != digest(w.file) || !key.Check("city.waiting", w.content(), sum) {
		return ErrNotSealed
	}
	return nil
}
