package app

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/alexedwards/scs/v2"

	"clearwell/internal/access"
	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/city"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/inbox"
	"clearwell/internal/incident"
	"clearwell/internal/instrument"
	"clearwell/internal/jobs"
	"clearwell/internal/locale"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
	"clearwell/internal/processor"
	"clearwell/internal/processor/sandbox"
	"clearwell/internal/web/resident/view"
)

// tasks are the periodic tasks of the program, by name. The runner shows them to
// nobody, so they are taken out of it.
func (c *cities) tasks() map[string]func(context.Context) error {
	c.Helper()
	all := map[string]func(context.Context) error{}
	list := reflect.ValueOf(c.jobs()).Elem().FieldByName("jobs")
	for i := range list.Len() {
		do := list.Index(i).FieldByName("do")
		task := *(*func(context.Context) error)(unsafe.Pointer(do.UnsafeAddr()))
		all[list.Index(i).FieldByName("name").String()] = task
	}
	if len(all) == 0 {
		c.Fatalf("%v has no tasks", reflect.TypeFor[jobs.Runner]())
	}
	return all
}

// due makes work for each task, in one city. A task that is not here fails the
// test.
func (c *cities) due() map[string]func(*place) {
	return map[string]func(*place){
		"sweep": func(p *place) {
			c.payFor(p, "4000000000003014")
			c.clk.Advance(time.Minute)
		},
		"notices": func(p *place) {
			made, err := c.payments.Payment(c.Context(), p.slug, payment.OfQuote(p.steps["paid"]))
			c.must(err)
			n := c.signAsSandbox(string(p.slug), made.Attempt.String(), "charge.decided")
			_, _, err = inbox.New(c.db).Keep(c.Context(), p.slug, inbox.Message{
				Source: "processor:sandbox", ExternalID: "evt_late", Headers: n.header, Body: n.body, ReceivedAt: c.clk.Now(),
			})
			c.must(err)
		},
		"seal": func(p *place) {
			c.must(c.db.Write(c.Context(), p.slug, func(_ context.Context, tx *db.Tx) error {
				audit.RecordTx(tx, audit.Event{Actor: "operator:ana", Action: "test.done", Thing: "a thing"})
				return nil
			}))
		},
		"abandon": func(p *place) {
			_, err := exposure.New(c.db).Shown(c.Context(), p.slug, exposure.Occasion{
				On: c.paidOn(p), CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
			})
			c.must(err)
			c.clk.Advance(2 * abandonedAfter)
		},
		"warnings": func(p *place) { c.warned(p, "late-in-", incident.Suspected) },
		"tally": func(p *place) {
			_, err := exposure.New(c.db).Shown(c.Context(), p.slug, exposure.Occasion{
				On: c.paidOn(p), CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
			})
			c.must(err)
			c.clk.Advance(5 * 24 * time.Hour)
		},
		"tries": func(p *place) {
			(&visitor{cities: c, host: p.host, cookies: map[string]string{}}).get("/").
				send(view.FieldUtilityAccount, display(9), string(city.HouseNumber), "13")
			c.clk.Advance(3 * time.Hour)
		},
		"visits": func(p *place) {
			kept := c.visits.Manager().Store.(scs.CtxStore) // the manager itself goes by the machine's clock
			c.must(kept.CommitCtx(access.WithCity(c.Context(), p.slug), "visit", []byte("remembered"), c.clk.Now().Add(time.Hour)))
			c.clk.Advance(2 * time.Hour)
		},
		"echecks": func(p *place) {
			_, err := c.echecks.Accept(c.Context(), orderIn(c, p, "att_due_"+string(p.slug)))
			c.must(err)
			c.clk.Advance(4 * 24 * time.Hour)
		},
		"logins": c.leaving,
		"echecks tended": func(p *place) {
			saved := c.banked(p, "login:leaves-"+instrument.Owner(p.slug))
			c.must(c.banks.Remove(c.Context(), p.slug, saved.Owner, saved.ID))
		},
		"reseal": func(p *place) {
			c.sealedByAnother(p)
		},
		"posting": func(p *place) {
			p.folder = c.TempDir()
			decideFile(c.T, c.works, string(p.file()))
		},
		"payees": func(p *place) {
			_, people := c.diverting(p)
			c.approvals = approval.New(c.db, people)
			_, err := c.outbox.Deliver(c.Context())
			c.must(err)
			c.clk.Advance(city.PayeeDelay)
		},
		"mail": func(p *place) {
			paid, err := c.payments.Payment(c.Context(), p.slug, payment.OfQuote(p.steps["paid"]))
			c.must(err)
			c.must(c.receipts.Resend(c.Context(), p.slug, paid, "another-"+shared))
		},
	}
}

// payFor pays a little of a bill, without a page.
func (c *cities) payFor(p *place, card string) {
	c.Helper()
	q, err := c.payments.Quote(c.Context(), payment.QuoteRequest{
		City: p.slug, UtilityAccount: numbered(9), Channel: policy.Web, Amount: moneyOf(p.cents / 2), Language: locale.English,
		CapturePath: exposure.WebFrame,
	})
	c.must(err)
	token, err := c.company.Tokenize(processor.Merchant(p.slug), sandbox.TestCard(card))
	c.must(err)
	q, err = c.payments.GiveCard(c.Context(), p.slug, q.ID, token, exposure.Payer{Email: shared})
	c.must(err)
	_, err = c.payments.Start(c.Context(), payment.StartRequest{City: p.slug, Quote: q.ID, Consent: q.Total(), OnPurpose: true})
	c.must(err)
}

// rest runs all tasks until nothing is left to do.
func (c *cities) rest() {
	c.Helper()
	for range 5 {
		before := append(c.state(c.east), c.state(c.west)...)
		for _, name := range sortedKeys(c.tasks()) {
			c.must(c.tasks()[name](c.Context()))
		}
		if slices.Equal(before, append(c.state(c.east), c.state(c.west)...)) {
			return
		}
	}
	c.Fatal("the tasks never rest")
}

// Each task does what is due in one city, and changes nothing in the other.
func TestTwoCitiesShareNoTask(t *testing.T) {
	each(t, func(c *cities) {
		c.clk.Advance(long)
		c.rest()
		due := c.due()
		for name, task := range c.tasks() {
			if due[name] == nil {
				c.Errorf("the task %s is not tried on two cities", name)
				continue
			}
			c.both(func(here, other *place) {
				c.clk.Advance(2 * long) // so that no day of exposure is yet to settle
				c.rest()
				c.untouched(name+": its work", other, func() { due[name](here) })
				before := c.state(here)
				c.untouched(name, other, func() { c.must(task(c.Context())) })
				if slices.Equal(before, c.state(here)) {
					c.Errorf("%s does nothing in %s, so that it proves nothing", name, here.slug)
				}
			})
		}
	})
}

// What is due in both at once is done in each with its own words: every mail
// tells of one city only.
func TestTwoCitiesShareNoMail(t *testing.T) {
	each(t, func(c *cities) {
		c.rest()
		c.both(func(here, other *place) { c.due()["mail"](here) })
		c.rest()
		east, west := c.canaries(c.east, c.west), c.canaries(c.west, c.east)
		told := map[string]int{}
		files, err := filepath.Glob(filepath.Join(c.mail, "*.eml"))
		c.must(err)
		for _, name := range files {
			text, err := os.ReadFile(name)
			c.must(err)
			mail := unfolded(string(text))
			if strings.Contains(mail, string(c.east.slug)) {
				c.silent("a mail of eastwell", mail, west)
				told["east"]++
			} else {
				c.tells("a mail of westwell", mail, west)
				c.silent("a mail of westwell", mail, east)
				told["west"]++
			}
		}
		if told["east"] < 3 || told["east"] != told["west"] {
			c.Errorf("mails: %v", told)
		}
	})
}

// unfolded undoes how mail breaks lines (quoted-printable).
func unfolded(mail string) string {
	return strings.NewReplacer("=\r\n", "", "=3D", "=", "=E2=80=A6", "…").Replace(mail)
}
