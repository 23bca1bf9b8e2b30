package notify

import (
	"context"
	"errors"
	"net/mail"
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/locale"
)

// Message is what somebody is to be told.
type Message struct {
	// Key names the occasion, such as "receipt pay_…". A second message with
	// the same key is the first one again, and is not sent.
	Key      string
	To       string // an e-mail address as the resident or the town gave it
	Language locale.Lang
	Content  Content
}

// Content is what a message tells: a [Receipt], a [PageAlarm], a [LoginCode],
// [LoginNews], [TownWarning], [PayeeNews] or [BreachNotice].
type Content interface {
	kind() kind
	check() error
	letter(p *locale.Printer) (letter, error)
}

// kind tells the contents in the outbox apart.
type kind string

const (
	kindReceipt      kind = "receipt"
	kindPageAlarm    kind = "page_alarm"
	kindLoginCode    kind = "login_code"
	kindLoginNews    kind = "login_news"
	kindTownWarning  kind = "town_warning"
	kindPayeeNews    kind = "payee_news"
	kindBreachNotice kind = "breach_notice"
	kindReturned     kind = "payment_returned"
)

type messageKind struct{}

// Prefix names the kind.
func (messageKind) Prefix() string { return "mail" }

// ID identifies a message in the outbox.
type ID = id.ID[messageKind]

// Mail is a message ready to be handed over.
type Mail struct {
	ID      ID // also of the Message-ID, so that a message sent again is known
	At      time.Time
	From    mail.Address
	To      string
	Subject string
	Text    string
	HTML    string
}

// Mailer hands a message over. Its error is [ErrUndeliverable] when no later try
// can go better; all others are tried again.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// ErrUndeliverable: the other side will never take a message for this address.
var ErrUndeliverable = errors.New("undeliverable")

// ErrAddress refuses what is not one e-mail address.
var ErrAddress = fault.New(fault.Invalid, "mail_address_malformed")

// Counts is what one run of Deliver did.
type Counts struct {
	Sent, PutOff, Undeliverable int
	// Trouble is why the last one that did not leave did not, without addresses.
	Trouble string
}

// Waiting is a message that has not left yet.
type Waiting struct {
	QueuedAt time.Time
	Attempts int
	Trouble  string // why the last try failed, without addresses; empty before one has
}
