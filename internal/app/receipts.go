package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/notify"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// receipts mails what was paid, to those who gave an address.
type receipts struct {
	db     *db.DB
	towns  *city.Directory
	words  *locale.Catalogue
	log    *slog.Logger
	origin string // where towns share a host
	plain  bool
	silent bool // no mail leaves
}

// ReceiptTx queues the receipt of a payment. A payment is not undone because its
// receipt cannot be mailed.
func (r receipts) ReceiptTx(tx *db.Tx, town *city.City, p payment.Payment) {
	if p.Payer.Email == "" || r.silent {
		return
	}
	if err := notify.EnqueueTx(tx, r.message(town, p, p.Payer.Email)); err != nil {
		r.log.Warn("queueing a receipt", "payment", p.ID.String(), "err", err.Error())
	}
}

// ReturnedTx queues word that a payment came back, as far as its payer gave an
// address. A payment is undone all the same where that cannot be mailed.
func (r receipts) ReturnedTx(tx *db.Tx, town *city.City, p payment.Payment, code string, retry calendar.Date) {
	if p.Payer.Email == "" || r.silent {
		return
	}
	service, _ := town.Service(p.Service)
	err := notify.EnqueueTx(tx, notify.Message{
		Key: "returned " + p.Attempt.String() + " " + retry.String() + " " + code, To: p.Payer.Email, Language: p.Language,
		Content: notify.PaymentReturned{
			Town: town.Name.In(p.Language), Why: notify.WhyReturned(code), Confirmation: p.Confirmation, PaidOn: p.BusinessOn, Service: service.Name.In(p.Language),
			UtilityAccount: billing.Ending(town.Numbers.Display(string(p.UtilityAccount))), Amount: p.Total(), Retry: retry,
			Address: r.at(town, "/"), Phone: town.Contact.PhoneInWords(),
		},
	})
	if err != nil {
		r.log.Warn("queueing word of a return", "payment", p.ID.String(), "err", err.Error())
	}
}

// Resend queues the receipt for an address typed on its page. The same address
// gets it once.
func (r receipts) Resend(ctx context.Context, slug id.City, p payment.Payment, email string) error {
	town, err := r.towns.ByID(slug)
	if err != nil {
		return err
	}
	return r.db.Write(ctx, slug, func(_ context.Context, tx *db.Tx) error {
		return notify.EnqueueTx(tx, r.message(town, p, email))
	})
}

func (r receipts) message(town *city.City, p payment.Payment, email string) notify.Message {
	words := r.words.Printer(p.Language)
	service, _ := town.Service(p.Service)
	return notify.Message{
		Key: "receipt " + p.ID.String() + " " + strings.ToLower(email), To: email, Language: p.Language,
		Content: notify.Receipt{
			Town: town.Name.In(p.Language), Confirmation: p.Confirmation, PaidAt: p.PaidAt(), BookedOn: p.BusinessOn, Zone: town.Zone.String(),
			Service: service.Name.In(p.Language), UtilityAccount: billing.Ending(town.Numbers.Display(string(p.UtilityAccount))),
			Amount: p.Amount, FeeName: words.T("resident.sum.fee"), Fee: p.Fee,
			Brand: brandName(p.Card.Brand), LastFour: p.Card.Last4, Descriptor: town.Processor.Descriptor,
			Address: r.address(town, p.ID), Phone: town.Contact.PhoneInWords(), Practice: town.Processor.Mode == city.Sandbox,
		},
	}
}

// address is where the receipt is shown, for ever.
func (r receipts) address(town *city.City, p payment.ID) string {
	return r.at(town, "/pay/done/"+p.String())
}

// at is where a path of a town's pages is.
func (r receipts) at(town *city.City, path string) string {
	switch {
	case r.origin != "" && town.Path != "":
		return r.origin + "/" + town.Path + path
	case r.plain:
		return "http://" + town.Hosts[0] + path
	}
	return "https://" + town.Hosts[0] + path
}

// brandName is a card network as it writes itself.
func brandName(brand processor.Brand) string {
	switch brand {
	case "visa":
		return "Visa"
	case "mastercard":
		return "Mastercard"
	case "amex":
		return "American Express"
	case "discover":
		return "Discover"
	}
	return string(brand)
}

// mailer makes what mail leaves by; nil where none does.
func (m Mail) mailer() (notify.Mailer, mail.Address, error) {
	if m.From == "" {
		return nil, mail.Address{}, nil
	}
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return nil, mail.Address{}, fmt.Errorf("reading mail.from: %w", err)
	}
	if m.SMTP == nil {
		folder, err := notify.NewFolder(m.Folder)
		return folder, *from, err
	}
	server, err := notify.NewSMTP(notify.Server{
		Host: m.SMTP.Host, Port: m.SMTP.Port, Username: m.SMTP.User, Password: m.SMTP.Password,
	})
	return server, *from, err
}
