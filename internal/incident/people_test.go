package incident

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
	"clearwell/internal/id"
	"clearwell/internal/locale"
	"clearwell/internal/money"
)

// customer has the billing system know a customer.
func (w *town) customer(number, name, service string, mailing billing.Mailing) {
	w.t.Helper()
	var amount money.Amount
	row := billing.Row{Line: 1, Number: billing.Number(number), Name: name, ServiceAddress: service, ZIP: "79761", Mailing: mailing,
		Service: "water", BilledOn: calendar.MakeDate(2019, 8, 1), Amount: &amount}
	err := w.db.Write(w.t.Context(), w.city, func(ctx context.Context, tx *db.Tx) error {
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
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// paid is a payment on the web.
func paid(utility, login string, payer exposure.Payer) seen {
	s := ways()[0].on(calendar.MakeDate(2019, 9, 3), utility)
	s.UtilityAccount, s.Login, s.payer = utility, login, payer
	return s
}

// grouped writes a list as one line for each person.
func grouped(list List) []string {
	var lines []string
	for _, p := range list.People {
		lines = append(lines, fmt.Sprintf("%s %s %s: %d of %s [%s]", p.Kind, p.Name, p.Email, p.Occasions, strings.Join(p.UtilityAccounts, "+"), join(p.Links)))
	}
	return lines
}

func TestPeopleAreMadeOneWithReasons(t *testing.T) {
	ann, mail := exposure.Payer{Name: "Ann Lee"}, func(name, address string) exposure.Payer { return exposure.Payer{Name: name, Email: address} }
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i, c := range []struct {
			name  string
			paid  []seen
			want  []string
			homes int
			doubt int
		}{
			{"one login", []seen{paid("9", "log_a", exposure.Payer{}), paid("8", "log_a", ann)},
				[]string{"payer Ann Lee : 2 of 8+9 [login]"}, 1, 0},
			{"one e-mail address", []seen{paid("9", "", mail("Ann Lee", "Ann@x.org")), paid("8", "", mail("", "ann@x.org "))},
				[]string{"payer Ann Lee ann@x.org : 2 of 8+9 [email]"}, 1, 0},
			{"a couple shares an address", []seen{paid("9", "", mail("Ann Lee", "us@x.org")), paid("9", "", mail("Bo Lee", "us@x.org"))},
				[]string{"payer Ann Lee us@x.org: 1 of 9 []", "payer Bo Lee us@x.org: 1 of 9 []"}, 1, 1},
			{"a login with two names, and once none", []seen{paid("9", "log_a", ann), paid("9", "log_a", mail("Bo Lee", "")), paid("9", "log_a", exposure.Payer{})},
				[]string{"unknown  : 1 of 9 []", "payer Ann Lee : 1 of 9 []", "payer Bo Lee : 1 of 9 []"}, 1, 1},
			{"one name and address", []seen{paid("9", "", exposure.Payer{Name: "LEE, ANN", Address: "4 Elm Street"}), paid("8", "", exposure.Payer{Name: "Ann Lee", Address: "4 ELM ST"})},
				[]string{"payer Ann Lee : 2 of 8+9 [address]"}, 1, 0},
			{"one name, and nothing else", []seen{paid("9", "", ann), paid("8", "", ann)},
				[]string{"payer Ann Lee : 1 of 8 []", "payer Ann Lee : 1 of 9 []"}, 2, 0},
			{"one name for one utility account", []seen{paid("9", "", ann), paid("9", "", mail("ann lee", "ann@x.org"))},
				[]string{"payer ann lee ann@x.org: 2 of 9 [utility]"}, 1, 0},
			{"nothing but the customer", []seen{paid("1", "", exposure.Payer{}), paid("1", "", exposure.Payer{})},
				[]string{"holder DIAZ, BO : 2 of 1 [address,utility]"}, 1, 0},
			{"the customer, with and without a name", []seen{paid("1", "", exposure.Payer{}), paid("1", "", mail("Bo Diaz", "bo@x.org"))},
				[]string{"holder Bo Diaz bo@x.org: 2 of 1 [address,utility]"}, 1, 0},
			{"a payer who is not the customer", []seen{paid("1", "", exposure.Payer{}), paid("1", "", ann)},
				[]string{"payer Ann Lee : 1 of 1 []", "holder DIAZ, BO : 1 of 1 []"}, 1, 0},
			{"a landlord of two", []seen{paid("2", "", exposure.Payer{}), paid("3", "", exposure.Payer{})},
				[]string{"holder ROE, CY : 2 of 2+3 [address]"}, 1, 0},
			{"nobody knows", []seen{paid("7", "", exposure.Payer{}), paid("7", "", exposure.Payer{}), paid("6", "", exposure.Payer{})},
				[]string{"unknown  : 1 of 6 []", "unknown  : 2 of 7 [only]"}, 2, 0},
		} {
			w := newTown(t, d, "town")
			w.city += id.City(fmt.Sprint("-", i))
			w.customer("1", "DIAZ, BO", "12 MAIN STREET", billing.Mailing{Lines: [2]string{"12 MAIN ST"}, City: "Odessa", State: "TX", ZIP: "79761"})
			for _, number := range []string{"2", "3"} {
				w.customer(number, "ROE, CY", number+" OAK", billing.Mailing{Lines: [2]string{"PO BOX 4"}, City: "Reno", State: "NV", ZIP: "89501"})
			}
			w.write(c.paid...)
			list, err := w.desk.People(t.Context(), w.city, Scope{}, false)
			if err != nil {
				t.Fatal(err)
			}
			got := grouped(list)
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, got); diff != "" || list.Households != c.homes || len(list.Doubts) != c.doubt {
				t.Errorf("%s: %d households, %d doubts:\n%s", c.name, list.Households, len(list.Doubts), diff)
			}
			preview, err := w.desk.Preview(t.Context(), w.city, Scope{})
			if err != nil || preview.Counts != list.Counts {
				t.Errorf("%s: preview counts %+v, %v, the list %+v", c.name, preview.Counts, err, list.Counts)
			}
		}
	})
}

func TestAddressesThenAndNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.customer("1", "DIAZ, BO", "12 MAIN STREET", billing.Mailing{Lines: [2]string{"PO BOX 4"}, City: "Reno", State: "NV", ZIP: "89501"})
		w.customer("2", "ROE, CY", "3 OAK", billing.Mailing{})
		w.write(paid("1", "", exposure.Payer{}), paid("1", "", exposure.Payer{Name: "Ann Lee", Address: "4 Elm, Hobbs, nm 88240-1111"}), paid("2", "", exposure.Payer{}))
		list, err := w.desk.People(t.Context(), w.city, Scope{}, false)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range list.People {
			got = append(got, fmt.Sprintf("%s: %s; %s %s %s; %s", p.Name, p.Then, p.Now.Lines[0], p.Now.City, p.Now.ZIP, p.State))
		}
		want := []string{"Ann Lee: 4 Elm, Hobbs, nm 88240-1111; PO BOX 4 Reno 89501; NM", "DIAZ, BO: ; PO BOX 4 Reno 89501; NV", "ROE, CY: ; 3 OAK  79761; "}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// Whoever is out reads why, in words.
func TestReasonsAreSentences(t *testing.T) {
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	const odessa = "on 2019-08-27..2019-10-14 and capture web_frame and flow one_time and instrument card and entry typed and node one"
	for _, c := range []struct {
		change func(*Seen)
		en, es string
	}{
		{func(*Seen) {}, "In: on September 3, 2019; on the town's payment page; a one-time payment; with a card; the number was typed; the server one.",
			"Dentro: el 3 de septiembre de 2019; en la página de pago de la ciudad; un pago único; con tarjeta; se escribió el número; el servidor one."},
		{func(s *Seen) { s.CapturePath = exposure.StoredToken }, "Out: with a card or bank account saved before, nothing was typed.",
			"Fuera: con una tarjeta o un banco guardados antes, sin escribir nada."},
		{func(s *Seen) { s.On = calendar.MakeDate(2019, 10, 15) }, "Out: on October 15, 2019.", "Fuera: el 15 de octubre de 2019."},
		{func(s *Seen) { s.Entry, s.Node = "", "" },
			"In, to be safe: on September 3, 2019; on the town's payment page; a one-time payment; with a card. Nobody recorded how the details were given and the server.",
			"Dentro, por precaución: el 3 de septiembre de 2019; en la página de pago de la ciudad; un pago único; con tarjeta. Nadie anotó cómo se dieron los datos y el servidor."},
	} {
		seen := onWeb()
		c.change(&seen)
		verdict := scope(t, odessa).Judge(seen)
		if got := verdict.Say(words.Printer(locale.English)); got != c.en {
			t.Errorf("%s\nwant %s", got, c.en)
		}
		if got := verdict.Say(words.Printer(locale.Spanish)); got != c.es {
			t.Errorf("%s\nwant %s", got, c.es)
		}
	}
	for _, field := range Fields() {
		for _, value := range knownValues(field) {
			for _, lang := range locale.Languages {
				if text := (Reason{Field: field, Found: value}).say(words.Printer(lang)); strings.Contains(text, value) && strings.Contains(value, "_") {
					t.Errorf("%s %s has no words: %s", field, value, text)
				}
			}
		}
	}
}

// Who is in is not also out, and who is out has a reason.
func TestEverybodyIsInOrOut(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		w := newTown(t, d, "town")
		all := ways()
		w.write(all[0].on(calendar.MakeDate(2019, 9, 3), "both"), all[8].on(calendar.MakeDate(2019, 9, 4), "both"), all[8].on(calendar.MakeDate(2019, 9, 4), "autopay"),
			all[0].on(calendar.MakeDate(2019, 12, 4), "late"))
		clk.Advance(time.Hour)
		list, err := w.desk.People(t.Context(), w.city, scope(t, "on 2019-09-01..2019-09-30 and capture web_frame"), true)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range list.People {
			last := p.Verdict.Reasons[len(p.Verdict.Reasons)-1]
			got = append(got, fmt.Sprint(p.Name, " ", p.Verdict.In(), " ", last.Field, " ", last.Found, " ", p.Occasions))
		}
		want := []string{"both true capture web_frame 1", "autopay false capture stored_token 1", "late false on 2019-12-04 1"}
		if diff := cmp.Diff(want, got); diff != "" || list.Counts.People != 1 {
			t.Errorf("%d in\n%s", list.Counts.People, diff)
		}
	})
}
