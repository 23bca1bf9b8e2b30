package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"clearwell/internal/db"
	"clearwell/internal/secret"
)

// Server says which mail server takes our messages.
type Server struct {
	Host     string
	Port     int
	Username string // empty for a server that takes our mail as it is
	Password secret.String
	// Plain sends without TLS, to a relay on the same machine. Otherwise a
	// server without TLS gets nothing.
	Plain bool
}

// SMTP hands messages to a mail server. It is safe for concurrent use.
type SMTP struct {
	host    string
	options []mail.Option
}

// sendTimeout bounds each step of talking to the server.
const sendTimeout = 20 * time.Second

// NewSMTP makes a mailer. It does not connect yet.
func NewSMTP(s Server) (*SMTP, error) {
	policy := mail.TLSMandatory
	if s.Plain {
		policy = mail.NoTLS
	}
	options := []mail.Option{mail.WithPort(s.Port), mail.WithTLSPolicy(policy), mail.WithTimeout(sendTimeout)}
	if s.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(s.Username), mail.WithPassword(s.Password.Reveal()))
	}
	if _, err := mail.NewClient(s.Host, options...); err != nil {
		return nil, fmt.Errorf("reading settings of mail server %s: %w", s.Host, err)
	}
	return &SMTP{s.Host, options}, nil
}

// Send hands one message over. Its error is [ErrUndeliverable] only for what the
// server says about the recipient: a server that does not like us may like us
// again when the town has mended its settings.
func (s *SMTP) Send(ctx context.Context, m Mail) error {
	if db.InTransaction(ctx) {
		return db.ErrNetworkInTransaction
	}
	message, err := compose(m)
	if err != nil {
		return err
	}
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("reading settings of mail server %s: %w", s.host, err)
	}
	err = client.DialAndSendWithContext(ctx, message)
	switch {
	case err == nil, message.IsDelivered(): // what went wrong came after it was taken
		return nil
	case isFinal(err):
		return fmt.Errorf("%w: %w", ErrUndeliverable, err)
	}
	return fmt.Errorf("handing over to %s: %w", s.host, err)
}

func isFinal(err error) bool {
	said, ok := errors.AsType[*mail.SendError](err)
	return ok && said.Reason == mail.ErrSMTPRcptTo && !said.IsTemp()
}

// compose writes a message as both plain text and HTML.
func compose(m Mail) (*mail.Msg, error) {
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := message.FromFormat(m.From.Name, m.From.Address); err != nil {
		return nil, fmt.Errorf("writing sender: %w", err)
	}
	if err := message.To(m.To); err != nil {
		return nil, fmt.Errorf("%w: writing recipient: %w", ErrUndeliverable, err)
	}
	_, host, _ := strings.Cut(m.From.Address, "@")
	message.SetMessageIDWithValue(m.ID.String() + "@" + host)
	message.SetDateWithValue(m.At)
	message.Subject(m.Subject)
	// Out-of-office programs do not answer what says so (RFC 3834, 5).
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(mail.TypeTextPlain, m.Text)
	message.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	return message, nil
}

// Folder writes messages into a folder instead of sending them: one .eml file
// each, which mail programs open. Sent again, a message is the same file.
type Folder struct{ path string }

// NewFolder makes a mailer, and its folder where it is missing.
func NewFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("making folder for mail: %w", err)
	}
	return &Folder{path}, nil
}

// Send writes the file.
func (f *Folder) Send(_ context.Context, m Mail) error {
	message, err := compose(m)
	if err != nil {
		return err
	}
	var text strings.Builder
	if _, err := message.WriteTo(&text); err != nil {
		return fmt.Errorf("writing mail %s: %w", m.ID, err)
	}
	if err := os.WriteFile(filepath.Join(f.path, m.ID.String()+".eml"), []byte(text.String()), 0o600); err != nil {
		return fmt.Errorf("writing mail %s: %w", m.ID, err)
	}
	return nil
}
