package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"clearwell/internal/secret"
)

// outside bounds one message to the outside.
const outside = 20 * time.Second

// Mail is a mail server that takes alarms.
type Mail struct {
	Host     string
	Port     int
	User     string // empty for a server that takes our mail as it is
	Password secret.String
	Plain    bool // without TLS, for a relay on this machine
	From     string
	To       []string
}

// Tell sends an alarm to all recipients.
func (m Mail) Tell(ctx context.Context, report Report, letter Letter) error {
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := message.From(m.From); err != nil {
		return fmt.Errorf("writing an alarm: sender: %w", err)
	}
	if err := message.To(m.To...); err != nil {
		return fmt.Errorf("writing an alarm: recipients: %w", err)
	}
	message.SetDateWithValue(report.At)
	message.SetMessageID()
	message.Subject(letter.Subject)
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetImportance(mail.ImportanceUrgent)
	message.SetBodyString(mail.TypeTextPlain, letter.Text)
	policy := mail.TLSMandatory
	if m.Plain {
		policy = mail.NoTLS
	}
	options := []mail.Option{mail.WithPort(m.Port), mail.WithTLSPolicy(policy), mail.WithTimeout(outside)}
	if m.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password.Reveal()))
	}
	client, err := mail.NewClient(m.Host, options...)
	if err != nil {
		return fmt.Errorf("reading settings of mail server %s: %w", m.Host, err)
	}
	if err := client.DialAndSendWithContext(ctx, message); err != nil && !message.IsDelivered() {
		return fmt.Errorf("handing an alarm to mail server %s: %w", m.Host, err)
	}
	return nil
}

// Hook is an address that takes alarms as JSON: a pager, a chat, a text gateway.
// The address may hold a secret, and so is never said.
type Hook struct{ Address secret.String }

// Tell posts an alarm.
func (h Hook) Tell(ctx context.Context, report Report, letter Letter) error {
	body, err := json.Marshal(struct {
		Subject string  `json:"subject"`
		Text    string  `json:"text"` // the field that chats show
		Verdict Verdict `json:"verdict"`
		Report  Report  `json:"report"`
	}{letter.Subject, letter.Subject + "\n\n" + letter.Text, report.Verdict(), report})
	if err != nil {
		return fmt.Errorf("writing an alarm: %w", err)
	}
	return send(ctx, parcel{what: "an alarm", method: http.MethodPost, to: h.Address, mediaType: "application/json", body: body})
}

// Text is a provider of text messages: it takes a form with the fields To, From
// and Body under a user and a password, which is how Twilio is asked, and others
// after it. A text says that there is an alarm and nothing of what was found: a
// telephone shows it to whoever stands near, and what was found an attacker wrote.
type Text struct {
	Address  secret.String
	User     string
	Password secret.String
	From     string
	To       []string
}

// Tell sends one text to each telephone. One that cannot be sent keeps no other
// from being sent.
func (t Text) Tell(ctx context.Context, _ Report, letter Letter) error {
	var errs []error
	for _, to := range t.To {
		form := url.Values{"To": {to}, "From": {t.From}, "Body": {letter.Short}}
		errs = append(errs, send(ctx, parcel{
			what: "a text", method: http.MethodPost, to: t.Address, mediaType: "application/x-www-form-urlencoded",
			body: []byte(form.Encode()), user: t.User, password: t.Password,
		}))
	}
	return errors.Join(errs...)
}

// BeatFile is a file that another machine reads, on a share or behind a web
// server.
type BeatFile struct{ Path string }

// Post writes the file.
func (f BeatFile) Post(_ context.Context, signed string) error {
	return replace(f.Path, []byte(signed))
}

// BeatAddress is an address at which the other end keeps what is put there.
type BeatAddress struct{ Address secret.String }

// Post puts it there.
func (a BeatAddress) Post(ctx context.Context, signed string) error {
	return send(ctx, parcel{what: "a heartbeat", method: http.MethodPut, to: a.Address, mediaType: "text/plain; charset=utf-8", body: []byte(signed)})
}

// parcel is one message to an address that is never said.
type parcel struct {
	what, method string
	to           secret.String
	mediaType    string
	body         []byte
	user         string // empty for none
	password     secret.String
}

func send(ctx context.Context, p parcel) error {
	ctx, late := context.WithTimeout(ctx, outside)
	defer late()
	r, err := http.NewRequestWithContext(ctx, p.method, p.to.Reveal(), bytes.NewReader(p.body))
	if err != nil {
		return fmt.Errorf("sending %s: the address is none", p.what) // not err: it says the address
	}
	r.Header.Set("Content-Type", p.mediaType)
	if p.user != "" {
		r.SetBasicAuth(p.user, p.password.Reveal())
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("sending %s: %s", p.what, strings.ReplaceAll(err.Error(), p.to.Reveal(), "…"))
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20)); err != nil {
		return fmt.Errorf("sending %s: %w", p.what, err)
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("sending %s: the answer is %s", p.what, answer.Status)
	}
	return nil
}
