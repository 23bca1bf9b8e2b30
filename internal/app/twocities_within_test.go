package app

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"clearwell/internal/access"
	"clearwell/internal/audit"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/control"
	"clearwell/internal/db"
	"clearwell/internal/exposure"
	"clearwell/internal/inbox"
	"clearwell/internal/ledger"
	"clearwell/internal/limit"
	"clearwell/internal/locale"
	"clearwell/internal/money"
	"clearwell/internal/notify"
	"clearwell/internal/payment"
	"clearwell/internal/policy"
)

// passengers finds the exported functions that work in a caller's transaction.
// Theirs is the caller's city, and the identifiers may be anybody's.
func passengers(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for folder, parsed := range sources(t) {
		for _, file := range parsed {
			for _, declared := range file.Decls {
				f, ok := declared.(*ast.FuncDecl)
				if ok && f.Name.IsExported() && (f.Recv == nil || ast.IsExported(receiver(f))) && slices.ContainsFunc(f.Type.Params.List, inTransaction) {
					found[path.Base(folder)+"."+receiver(f)+f.Name.Name] = true
				}
			}
		}
	}
	return found
}

func inTransaction(given *ast.Field) bool { return written(given.Type) == "db.Tx" }

// riding is a transaction of one city in which somebody names what is the
// other's.
type riding struct {
	asking
	tx   *db.Tx
	load billing.LoadID  // which the other city has staged
	paid payment.Payment // which the other city has
}

func (r riding) entries() []ledger.Entry {
	return []ledger.Entry{{
		Source: r.paid.Attempt.String(), Line: 1, On: r.today(), Debit: ledger.Clearing("sandbox"), Credit: ledger.Receivable("water"),
		Amount: money.Cents(1), Cause: ledger.Payment,
	}}
}

// rides are all passengers.
func rides() map[string]func(riding) (any, error) {
	all := ridesOfBills()
	maps.Copy(all, ridesOfHolding())
	maps.Copy(all, ridesOfBanks())
	for name, ride := range map[string]func(riding) (any, error){
		"audit.RecordTx": func(r riding) (any, error) {
			audit.RecordTx(r.tx, audit.Event{Actor: "operator:thief", Action: "test.done", Thing: r.made("paid").String()})
			return nil, nil
		},
		"payment.Service.TakeTx": func(r riding) (any, error) {
			return r.c.payments.TakeTx(r.ctx, r.tx, payment.Handed{
				UtilityAccount: numbered(1), Channel: policy.Counter, Parts: []payment.Part{{Tender: policy.Cash, Amount: money.Cents(100)}},
				Language: locale.English, By: "staff:thief",
			})
		},
		"payment.Service.GiveBackTx": func(r riding) (any, error) {
			return nil, r.c.payments.GiveBackTx(r.ctx, r.tx, r.paid.ID, "a reason", "staff:thief")
		},
		"inbox.DoneTx": func(r riding) (any, error) { inbox.DoneTx(r.tx, r.other.waiting); return nil, nil },
		"inbox.FailedTx": func(r riding) (any, error) {
			inbox.FailedTx(r.tx, r.other.waiting, errors.New("a reason"))
			return nil, nil
		},
		"control.ActiveTx": func(r riding) (any, error) { return control.ActiveTx(r.ctx, r.tx) },
		"exposure.ShownTx": func(r riding) (any, error) {
			exposure.ShownTx(r.tx, exposure.Occasion{
				ID: r.paid.Exposure, On: r.today(), CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
			})
			return nil, nil
		},
		"exposure.ResultTx": func(r riding) (any, error) {
			exposure.ResultTx(r.tx, exposure.Result{Occasion: r.paid.Exposure, Attempt: r.paid.Attempt.String(), Outcome: exposure.Declined})
			return nil, nil
		},
		"ledger.PendTx": func(r riding) (any, error) { return nil, ledger.PendTx(r.tx, r.entries()) },
		"ledger.PostTx": func(r riding) (any, error) { return nil, ledger.PostTx(r.tx, r.entries()) },
		"ledger.VoidTx": func(r riding) (any, error) { return nil, ledger.VoidTx(r.tx, r.entries()) },
		"notify.EnqueueTx": func(r riding) (any, error) {
			return nil, notify.EnqueueTx(r.tx, notify.Message{
				Key: "receipt " + r.made("paid").String() + " " + shared, To: shared, Language: locale.English, Content: notify.Receipt{Confirmation: "none"},
			})
		},
		"limit.Breaker.NoteTx": func(r riding) (any, error) {
			limit.NewBreaker(r.c.keys.digests).NoteTx(r.tx, limit.Mark{Rule: once(r.other), Key: "004217001"})
			return nil, nil
		},
		"notify.SentTx": func(r riding) (any, error) {
			sent, err := notify.SentTx(r.ctx, r.tx, "payee "+r.other.diverted.String()+" begun utilities@"+r.other.host)
			if sent {
				r.c.Errorf("%s has sent what %s was told", r.here.slug, r.other.slug)
			}
			return nil, err
		},
		"limit.Breaker.TrippedTx": func(r riding) (any, error) {
			tripped, err := limit.NewBreaker(r.c.keys.digests).TrippedTx(r.ctx, r.tx, limit.Mark{Rule: tripping(r.other), Key: "004217001"})
			if tripped {
				r.c.Errorf("what has tripped in %s has tripped in %s", r.other.slug, r.here.slug)
			}
			return nil, err
		},
	} {
		all[name] = ride
	}
	return all
}

func tripping(p *place) limit.Rule {
	return limit.Rule{Name: "tripping in " + string(p.slug), Most: 1, Window: limit.Span(time.Hour)}
}

func ridesOfBills() map[string]func(riding) (any, error) {
	return map[string]func(riding) (any, error){
		"billing.StatementTx": func(r riding) (any, error) { return billing.StatementTx(r.ctx, r.tx, numbered(1)) },
		"billing.WrittenTx":   func(r riding) (any, error) { return billing.WrittenTx(r.ctx, r.tx, numbered(1)) },
		"billing.BillOnTx": func(r riding) (any, error) {
			return billing.BillOnTx(r.ctx, r.tx, numbered(7), calendar.Of(r.tx.Now(), time.UTC))
		},
		"billing.ReturnsTx": func(r riding) (any, error) { return billing.ReturnsTx(r.ctx, r.tx, numbered(7)) },
		"billing.RecordReturnTx": func(r riding) (any, error) {
			billing.RecordReturnTx(r.tx, numbered(7), "return-of-"+string(r.other.slug), policy.Return{On: r.today(), Tender: policy.BankAccount, Code: "R02"})
			return nil, nil
		},
		"billing.StageTx": func(r riding) (any, error) { return billing.StageTx(r.ctx, r.tx, r.load, oneRow(r.here)) },
		"billing.StagedTx": func(r riding) (any, error) {
			staged, err := billing.StagedTx(r.ctx, r.tx, r.load)
			if staged.Rows > 1 { // one is its own, under the other's identifier
				r.c.Errorf("%s is told of rows that %s has staged", r.here.slug, r.other.slug)
			}
			return nil, err
		},
		"billing.IsStagedTx": func(r riding) (any, error) { return billing.IsStagedTx(r.ctx, r.tx, r.load, 3) },
		"billing.ApplyTx":    func(r riding) (any, error) { return billing.ApplyTx(r.ctx, r.tx, r.load, r.tx.Now()) },
		"billing.ApplySingleTx": func(r riding) (any, error) {
			return billing.ApplySingleTx(r.ctx, r.tx, r.load, r.tx.Now())
		},
		"billing.DiscardTx": func(r riding) (any, error) { billing.DiscardTx(r.tx, r.load); return nil, nil },
		"billing.ApplyAddedTx": func(r riding) (any, error) {
			return billing.ApplyAddedTx(r.ctx, r.tx, r.load, r.tx.Now())
		},
		"cis.AcknowledgeTx": func(r riding) (any, error) {
			answer, err := cis.AcknowledgeTx(r.ctx, r.tx, cis.Acknowledgement{On: r.c.paidOn(r.other), Sequence: 1, By: "operator:thief"})
			return answer.Taken, err
		},
		"cis.SettleTx": func(r riding) (any, error) {
			return nil, cis.SettleTx(r.tx, []string{r.paid.Confirmation}, r.tx.Now(), "operator:thief")
		},
		"payment.NoReceipts.ReturnedTx": func(r riding) (any, error) {
			payment.NoReceipts{}.ReturnedTx(r.tx, nil, r.paid, "R01", r.today())
			return nil, nil
		},
		"payment.NoReceipts.ReceiptTx": func(r riding) (any, error) {
			payment.NoReceipts{}.ReceiptTx(r.tx, nil, r.paid)
			return nil, nil
		},
		"payment.PostedTx": func(r riding) (any, error) {
			payment.PostedTx(r.tx, []string{r.paid.Confirmation}, r.tx.Now())
			return nil, nil
		},
	}
}

// oneRow is a bill of the first utility account.
func oneRow(p *place) billing.Rows {
	amount := money.Cents(p.cents)
	rest := []*billing.Row{{Line: 1, Number: numbered(1), Display: display(1), Name: "Example, Ana", Service: "water", Amount: &amount}, nil}
	return func() (*billing.Row, error) {
		next := rest[0]
		rest = rest[1:]
		return next, nil
	}
}

// Whatever runs in a transaction of one city and is given identifiers of the
// other finds nothing there, and changes nothing there.
func TestTwoCitiesShareNoTransaction(t *testing.T) {
	known, there := rides(), passengers(t)
	for name := range there {
		if known[name] == nil {
			t.Errorf("%s works in a transaction: try it across two cities", name)
		}
	}
	for name := range known {
		if !there[name] {
			t.Errorf("%s is tried, and is not there", name)
		}
	}
	each(t, func(c *cities) {
		loads := map[*place]billing.LoadID{}
		for _, p := range []*place{c.east, c.west} {
			c.prepare(p)
			loads[p] = c.stage(p)
		}
		canaries := map[*place][]string{c.east: c.canaries(c.east, c.west), c.west: c.canaries(c.west, c.east)}
		c.both(func(here, other *place) {
			paid, err := c.payments.Payment(c.Context(), other.slug, payment.OfQuote(other.steps["paid"]))
			c.must(err)
			for _, name := range sortedKeys(known) {
				var answer any
				c.untouched(name+" in "+string(here.slug), other, func() {
					refused := c.db.Write(c.Context(), here.slug, func(ctx context.Context, tx *db.Tx) (err error) {
						answer, err = known[name](riding{asking{c, ctx, here, other}, tx, loads[other], paid})
						return errors.Join(err, tx.Flush(ctx))
					})
					answer = told(answer) + strings.ReplaceAll(fmt.Sprint(refused), c.confirmation(other), "")
				})
				c.silent(name+" in "+string(here.slug), answer.(string), slices.DeleteFunc(slices.Clone(canaries[other]), identifies))
			}
		})
	})
}

func (c *cities) confirmation(p *place) string {
	c.Helper()
	made, err := c.payments.Payment(c.Context(), p.slug, payment.OfQuote(p.steps["paid"]))
	c.must(err)
	return made.Confirmation
}

// stage leaves a load that is not applied, and a breaker that has tripped.
func (c *cities) stage(p *place) billing.LoadID {
	c.Helper()
	load := billing.NewLoad(c.clk.Now())
	c.must(c.db.Write(c.Context(), p.slug, func(ctx context.Context, tx *db.Tx) error {
		for range 3 {
			limit.NewBreaker(c.keys.digests).NoteTx(tx, limit.Mark{Rule: tripping(p), Key: "004217001"})
		}
		_, err := billing.StageTx(ctx, tx, load, oneRow(p))
		return err
	}))
	return load
}

// alone are the questions whose answer follows from the city's own rows.
func alone() []string {
	return []string{
		"payment.Service.Owed", "payment.Service.ApprovedOn", "billing.Service.Find", "billing.Service.Bills", "billing.Service.Readings",
		"cis.Service.Overdue", "audit.Log.Newest", "audit.Log.Export", "audit.Log.Verify", "exposure.Service.Between", "ledger.Service.TrialBalance",
		"inbox.Service.Stuck", "control.Service.Holds", "city.Registry.Versions", "city.Registry.Kept",
	}
}

// Much happens in one city, and every answer in the other is what it was: also
// counts, sums and lists, in which no name gives a stranger away.
func TestTwoCitiesAreAnsweredAlone(t *testing.T) {
	each(t, func(c *cities) {
		c.both(func(here, other *place) {
			_, err := c.audit.Seal(c.Context())
			c.must(err)
			ask := func() map[string]string {
				said := map[string]string{}
				for _, name := range alone() {
					answer, err := questions()[name](asking{c, c.Context(), here, here})
					c.must(err)
					said[name] = told(answer)
				}
				return said
			}
			before := ask()
			c.stir(other)
			for name, after := range ask() {
				if after != before[name] {
					c.Errorf("%s in %s says otherwise after what happened in %s:\n%s\n%s", name, here.slug, other.slug, before[name], after)
				}
			}
		})
	})
}

// stir does something of every kind in a city.
func (c *cities) stir(p *place) {
	c.Helper()
	c.prepare(p)
	c.payFor(p, "4242424242424242")
	again := c.billsOf(p, strings.ReplaceAll(p.bills(), ",4,hundred", ",6,thousand"))
	again.Unposted = true // the posting file made just now is not acknowledged
	_, err := c.exchange.Import(c.Context(), again)
	c.must(err)
	c.must(c.db.Write(c.Context(), p.slug, func(_ context.Context, tx *db.Tx) error {
		for n := 1; n < utilityAccounts; n++ {
			billing.RecordReturnTx(tx, numbered(n), "another", policy.Return{On: c.paidOn(p), Tender: policy.BankAccount, Code: "R03"})
		}
		return nil
	}))
	_, err = c.holds.Throw(c.Context(), p.slug, control.Hold{Kind: control.Refunds, Reason: "another"}, "operator:ana")
	c.must(err)
}

// A visit is looked for, kept and ended in its own city, even under the same
// secret.
func TestTwoCitiesShareNoVisit(t *testing.T) {
	each(t, func(c *cities) {
		kept := c.visits.Manager().Store.(scs.CtxStore)
		in := func(p *place) context.Context { return access.WithCity(c.Context(), p.slug) }
		ends := c.clk.Now().Add(time.Hour)
		c.both(func(here, other *place) {
			c.must(kept.CommitCtx(in(here), "secret", []byte(here.slug), ends))
			c.must(kept.CommitCtx(in(other), "secret", []byte(other.slug), ends))
			c.untouched("keeping and ending a visit", other, func() {
				c.must(kept.CommitCtx(in(here), "secret", []byte("another"), ends))
				c.must(kept.DeleteCtx(in(here), "secret"))
			})
			if _, found, err := kept.FindCtx(in(here), "secret"); found || err != nil {
				c.Errorf("a visit of %s is found in %s: %v", other.slug, here.slug, err)
			}
		})
	})
}
