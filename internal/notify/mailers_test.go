package notify

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	stdmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
)

// postOffice is a real mail server that keeps what it takes.
type postOffice struct {
	refusal  error // of the recipient
	received chan string
	from, to string
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (p *postOffice) Reset()                                      {}
func (p *postOffice) Logout() error                               { return nil }

func (p *postOffice) Mail(from string, _ *smtp.MailOptions) error {
	p.from = from
	return nil
}

func (p *postOffice) Rcpt(to string, _ *smtp.RcptOptions) error {
	p.to = to
	return p.refusal
}

func (p *postOffice) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	p.received <- string(text)
	return err
}

// open gives a mailer to a server that runs until the test ends.
func (p *postOffice) open(t *testing.T, plain bool) *SMTP {
	t.Helper()
	p.received = make(chan string, 10)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(p)
	server.Domain = "localhost"
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	mailer, err := NewSMTP(Server{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Plain: plain})
	if err != nil {
		t.Fatal(err)
	}
	return mailer
}

func letterTo(address string) Mail {
	return Mail{
		ID: id.New[messageKind](dbtest.Began), At: dbtest.Began, From: sender, To: address,
		Subject: "Recibo – Peñón", Text: "Gracias por su pago de la señora Núñez.\n", HTML: "<p>Gracias</p>",
	}
}

func TestSMTP(t *testing.T) {
	office := &postOffice{}
	mailer := office.open(t, true)
	m := letterTo("ada@example.com")
	if err := mailer.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	checkMail(t, m, <-office.received)
	if office.from != sender.Address || office.to != m.To {
		t.Errorf("from %s to %s", office.from, office.to)
	}
}

// checkMail reads a message as a mail program does.
func checkMail(t *testing.T, want Mail, text string) {
	t.Helper()
	got, err := stdmail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Message-Id": "<" + want.ID.String() + "@sampletown.example>", "To": "<" + want.To + ">",
		"From": `"City of Sampletown" <receipts@sampletown.example>`, "Auto-Submitted": "auto-generated",
	} {
		if got.Header.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), value)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	if err != nil || subject != want.Subject {
		t.Errorf("subject is %q, %v", subject, err)
	}
	date, err := got.Header.Date()
	if err != nil || !date.Equal(want.At) {
		t.Errorf("date is %v, %v", date, err)
	}
	_, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(got.Body, params["boundary"])
	for _, body := range []string{want.Text, want.HTML} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil || strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n")) != strings.TrimSpace(body) {
			t.Errorf("part is %q, %v", content, err)
		}
	}
}

func TestSMTPTellsNeverFromLater(t *testing.T) {
	for name, c := range map[string]struct {
		refusal error
		never   bool
	}{
		"no such user": {&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}, true},
		"mailbox busy": {&smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "busy"}, false},
	} {
		mailer := (&postOffice{refusal: c.refusal}).open(t, true)
		err := mailer.Send(t.Context(), letterTo("ada@example.com"))
		if err == nil || errors.Is(err, ErrUndeliverable) != c.never {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A server that takes no part in TLS gets no resident's address.
func TestSMTPDemandsTLS(t *testing.T) {
	office := &postOffice{}
	err := office.open(t, false).Send(t.Context(), letterTo("ada@example.com"))
	if err == nil || errors.Is(err, ErrUndeliverable) || office.to != "" {
		t.Errorf("sent without TLS to %q: %v", office.to, err)
	}
}

func TestSMTPWithoutServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	mailer, err := NewSMTP(Server{Host: "127.0.0.1", Port: port, Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := mailer.Send(t.Context(), letterTo("ada@example.com")); err == nil || errors.Is(err, ErrUndeliverable) {
		t.Errorf("error is %v", err)
	}
}

func TestSMTPRefusesInTransactions(t *testing.T) {
	mailer := (&postOffice{}).open(t, true)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), town, func(ctx context.Context, _ *db.Tx) error {
			return mailer.Send(ctx, letterTo("ada@example.com"))
		})
		if !errors.Is(err, db.ErrNetworkInTransaction) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail")
	folder, err := NewFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	m := letterTo("ada@example.com")
	for range 2 { // sent again, it is the same file
		if err := folder.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(path, "*"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != m.ID.String()+".eml" {
		t.Fatalf("files are %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	checkMail(t, m, string(text))
	info, err := os.Stat(files[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
}
