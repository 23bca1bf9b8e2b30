package mailing

import (
	"bytes"
	"context"
	"testing"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/secret"
)

const worst = "portal"

// town is a town after a breach.
type town struct {
	*testing.T
	*Service
	desk *incident.Desk
	city id.City
}

func newTown(t *testing.T, d *db.DB, city id.City) *town {
	t.Helper()
	book, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := secret.NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	s := New(Deps{DB: d, Writer: letter.NewWriter(book, words), Sealer: sealer, Key: secret.NewKey()})
	return &town{t, s, incident.New(d), city}
}

func (w *town) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

const elm = "4 Elm Street, Odessa, TX 79761"

// paid writes that people paid on the web in September 2019, and gave addresses.
func (w *town) paid(address string, names ...string) {
	w.Helper()
	w.paidOn(calendar.MakeDate(2019, 9, 3), address, names...)
}

func (w *town) paidOn(on calendar.Date, address string, names ...string) {
	w.Helper()
	w.must(w.DB.Write(w.Context(), w.city, func(_ context.Context, tx *db.Tx) error {
		for _, name := range names {
			occasion := exposure.ShownTx(tx, exposure.Occasion{
				On: on, CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
				Channel: "web", Service: "water", UtilityAccount: "of " + name,
			})
			exposure.ResultTx(tx, exposure.Result{
				Occasion: occasion, Attempt: "att_" + name, Outcome: exposure.Approved, Entry: "typed",
				Payer: exposure.Payer{Name: name, Address: address, Email: name + "@example.org"},
			})
		}
		return nil
	}))
}

// customer has the billing system know a customer.
func (w *town) customer(number, name, street string) {
	w.Helper()
	var amount money.Amount
	row := billing.Row{
		Line: 1, Number: billing.Number(number), Name: name, ServiceAddress: street, ZIP: "79761",
		Service: "water", BilledOn: calendar.MakeDate(2019, 8, 1), Amount: &amount,
	}
	w.must(w.DB.Write(w.Context(), w.city, func(ctx context.Context, tx *db.Tx) error {
		load := billing.NewLoad(tx.Now())
		rows := []*billing.Row{&row, nil}
		if _, err := billing.StageTx(ctx, tx, load, func() (*billing.Row, error) {
			next := rows[0]
			rows = rows[1:]
			return next, nil
		}); err != nil {
			return err
		}
		_, err := billing.ApplyTx(ctx, tx, load, tx.Now())
		return err
	}))
}

// freeze asks again and writes down who answers.
func (w *town) freeze() {
	w.Helper()
	scope, err := incident.ParseScope("on 2019-09-01..2019-09-30 and capture web_frame")
	w.must(err)
	if err := w.desk.Open(w.Context(), w.city, worst, "", scope, "staff:ann"); err != nil {
		_, err = w.desk.Rescope(w.Context(), w.city, worst, scope, "", "staff:ann")
		w.must(err)
	}
	_, err = w.desk.Freeze(w.Context(), w.city, worst, 0, nil, "staff:ann")
	w.must(err)
}

func order() Order {
	day := calendar.MakeDate
	return Order{Incident: worst, Kind: letter.Exposed, Terms: Terms{
		Place: "Odessa, TX", Mailing: letter.Mailing{Mailer: "123456", Service: "270", Serial: 100},
		Notice: letter.Notice{
			Town: "City of Odessa", Office: "Utility Billing", Address: []string{"411 W. 8th Street", "Odessa, TX 79761"},
			Phone: "1-800-555-0134", Site: "pay.odessa.example/notice", Hours: "8 a.m. – 8 p.m.",
			Entity: law.LocalGovernment, State: "TX", On: day(2019, 12, 13), Discovered: day(2019, 12, 11),
			Windows: []letter.Window{{From: day(2019, 9, 1), To: day(2019, 9, 30)}}, Seen: letter.SeenCard, Ways: []string{"one_time_web"},
		},
	}}
}

// informing is the order for those of whom nothing was seen.
func informing() Order {
	o := order()
	o.Kind = letter.Information
	return o
}

func (w *town) write(o Order) Mailing {
	w.Helper()
	m, err := w.Write(w.Context(), w.city, o, nil, "staff:ann")
	w.must(err)
	return m
}

func (w *town) post(m Mailing) Mailing {
	w.Helper()
	m, err := w.Post(w.Context(), w.city, worst, m.Number, calendar.MakeDate(2019, 12, 16), "receipt of the post office", "staff:ann")
	w.must(err)
	return m
}

// printed gives the pages and the list of a mailing.
func (w *town) printed(m Mailing) (pages, list string) {
	w.Helper()
	var pdf, csv bytes.Buffer
	_, err := w.Print(w.Context(), w.city, worst, m.Number, &pdf, &csv, "letters.pdf", "staff:ann")
	w.must(err)
	return pdf.String(), csv.String()
}

// all lists the letters of the incident, by their newest posting.
func (w *town) all() []Piece {
	w.Helper()
	all, err := w.pieces(w.Context(), w.city, worst, 0)
	w.must(err)
	return all
}

func (w *town) codes(codes ...string) int {
	w.Helper()
	var kept []secret.String
	for _, code := range codes {
		kept = append(kept, secret.New(code))
	}
	added, err := w.ImportCodes(w.Context(), w.city, worst, kept, "staff:ann")
	w.must(err)
	return added
}
