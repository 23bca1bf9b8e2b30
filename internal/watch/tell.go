package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
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
	return send(ctx, "an alarm", http.MethodPost, h.Address, "application/json", body)
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
	return send(ctx, "a heartbeat", http.MethodPut, a.Address, "text/plain; charset=utf-8", []byte(signed))
}

// send sends what to an address that is never said.
func send(ctx context.Context, what, method string, to secret.String, mediaType string, body []byte) error {
	ctx, late := context.WithTimeout(ctx, outside)
	defer late()
	r, err := http.NewRequestWithContext(ctx, method, to.Reveal(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("sending %s: the address is none", what) // not err: it says the address
	}
	r.Header.Set("Content-Type", mediaType)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("sending %s: %s", what, strings.ReplaceAll(err.Error(), to.Reveal(), "…"))
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20)); err != nil {
		return fmt.Errorf("sending %s: %w", what, err)
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("sending %s: the answer is %s", what, answer.Status)
	}
	return nil
}
