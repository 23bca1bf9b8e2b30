package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/db"
	"clearwell/internal/ledger"
	"clearwell/internal/money"
	"clearwell/internal/payment"
	"clearwell/internal/processor"
)

// townHall is one of the two cities, as its finance office sees it.
type townHall struct {
	*cities
	*place
	town  townOf
	bills int
}

// eachOffice runs a test in the finance office of a town with one approved
// payment of the $84.10 that the first utility account owed.
func eachOffice(t *testing.T, test func(*townHall)) {
	each(t, func(c *cities) {
		town, err := c.towns.ByID(c.east.slug)
		c.must(err)
		test(&townHall{c, c.east, town, 0})
	})
}

// export makes the posting file of the day of the first payment, once that day
// is over.
func (o *townHall) export() cis.Batch {
	o.Helper()
	o.clk.Advance(36 * time.Hour)
	request, err := postingOf(o.town, o.paidOn(o.place), "operator:ana")
	o.must(err)
	batch, err := o.exchange.Export(o.Context(), request, io.Discard)
	o.must(err)
	return batch
}

// billed brings in a new bill of the first utility account, after change.
func (o *townHall) billed(due string, change func(*cis.Request)) error {
	o.Helper()
	o.bills++
	request := o.billsOf(o.place, fmt.Sprintf("record,utility_account,name,service_address,bill_number,bill_date,due_date,amount_due\n"+
		"BILL,%s,\"Example, Ana\",%s,N%d,2026-02-02,2026-02-22,%s\nTRAILER,1,%s\n", display(1), o.street, o.bills, due, due))
	if change != nil {
		change(&request)
	}
	_, err := o.exchange.Import(o.Context(), request)
	return err
}

func (o *townHall) acknowledged(a cis.Acknowledgement) cis.Answer {
	o.Helper()
	a.On, a.Sequence, a.By = o.paidOn(o.place), 1, "operator:ana"
	answer, err := o.acknowledge(o.Context(), o.town, a)
	o.must(err)
	return answer
}

// owed is what a resident reads on the first utility account.
func (o *townHall) owed() money.Amount {
	o.Helper()
	owed, err := o.payments.Owed(o.Context(), o.slug, numbered(1))
	o.must(err)
	return owed.Total
}

func (o *townHall) first() payment.Payment {
	o.Helper()
	p, err := o.payments.Payment(o.Context(), o.slug, payment.OfQuote(o.steps["paid"]))
	o.must(err)
	return p
}

// A second acknowledgement made the payments newer than the bills that have them
// in them, and they were taken off once more.
func TestAcknowledgingTwiceCountsOnce(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		o.export()
		o.acknowledged(cis.Acknowledgement{})
		o.clk.Advance(time.Hour)
		o.must(o.billed("60.00", nil))
		owed, at := o.owed(), o.first().AcknowledgedAt
		o.clk.Advance(time.Hour)
		if again := o.acknowledged(cis.Acknowledgement{}); !again.Before {
			t.Errorf("the second answer is %+v", again)
		}
		if got := o.owed(); got.Cents() != 6000 || got != owed || !o.first().AcknowledgedAt.Equal(at) {
			t.Errorf("owed %s before the second acknowledgement, %s after it", owed, got)
		}
	})
}

// Each of the two writes alone would leave a file that is acknowledged and
// payments that are not, or the other way round.
func TestAFileAndItsPaymentsAreAcknowledgedTogether(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		o.export()
		err := o.db.Write(o.Context(), o.slug, func(ctx context.Context, tx *db.Tx) error {
			_, err := cis.AcknowledgeTx(ctx, tx, cis.Acknowledgement{On: o.paidOn(o.place), Sequence: 1, By: "operator:ana"})
			payment.PostedTx(tx, []string{"nobody's"}, tx.Now())
			return err
		})
		if err == nil || !o.first().AcknowledgedAt.IsZero() {
			t.Fatalf("acknowledging with a payment that is nobody's: %v", err)
		}
		if a := o.acknowledged(cis.Acknowledgement{}); a.Before || o.first().AcknowledgedAt.IsZero() {
			t.Errorf("after a refusal: %+v", a)
		}
	})
}

// Whatever comes first, the bills or the acknowledgement: what is owed is right
// all the time, or the file is refused until somebody says what it has in it.
func TestBillsAndAcknowledgementsInAnyOrder(t *testing.T) {
	eachOffice(t, func(o *townHall) { // a payment of 84.10; the next bill is 60.00 with it taken off, 144.10 without
		before := o.clk.Now()
		o.export()
		o.clk.Advance(time.Hour)
		posted := o.clk.Now()
		o.clk.Advance(time.Hour)
		if err := o.billed("60.00", nil); !errors.Is(err, cis.ErrPostingOpen) {
			t.Fatalf("bills beside an open posting file: %v", err)
		}
		o.must(o.billed("144.10", func(r *cis.Request) { r.AsOf = before }))
		if got := o.owed(); got.Cents() != 6000 {
			t.Errorf("owed %s with bills from before the file", got)
		}
		o.must(o.billed("144.10", func(r *cis.Request) { r.Unposted = true }))
		if got := o.owed(); got.Cents() != 6000 {
			t.Errorf("owed %s with bills without the payment", got)
		}
		o.acknowledged(cis.Acknowledgement{PostedAt: posted})
		o.must(o.billed("60.00", nil))
		if got := o.owed(); got.Cents() != 6000 {
			t.Errorf("owed %s with bills that have the payment in them", got)
		}
	})
}

// An extract from before the posting that came in after the acknowledgement made
// the payment vanish, and the resident was asked again.
func TestAnExtractFromBeforeThePosting(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		o.export()
		made := o.clk.Now()
		o.clk.Advance(time.Hour)
		o.acknowledged(cis.Acknowledgement{})
		o.clk.Advance(time.Hour)
		if err := o.billed("144.10", func(r *cis.Request) { r.Written = made }); !errors.Is(err, cis.ErrFileOlder) {
			t.Fatalf("a file from before the posting: %v", err)
		}
		o.must(o.billed("144.10", func(r *cis.Request) { r.Written, r.AsOf = made, made }))
		if got := o.owed(); got.Cents() != 6000 {
			t.Errorf("owed %s", got)
		}
		if err := o.billed("1.00", func(r *cis.Request) { r.AsOf = o.clk.Now().Add(time.Second) }); !errors.Is(err, cis.ErrAsOf) {
			t.Errorf("balances as of a time to come: %v", err)
		}
	})
}

// The billing system was never told that a payment was taken back, while the
// resident was asked for the money again.
func TestADisputeIsToldToTheBillingSystem(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		o.export()
		p := o.first()
		o.must(o.payments.Dispute(o.Context(), o.slug, processor.Notice{Kind: processor.NoticeDispute, Key: processor.Key(p.Attempt.String()), Amount: money.Cents(1000)}))
		on := calendar.Of(o.clk.Now(), o.town.Zone)
		all, err := postings{o.payments, ledger.New(o.db)}.ApprovedOn(o.Context(), o.slug, on)
		o.must(err)
		if len(all) != 1 || all[0].Kind != cis.Reversal || all[0].Amount != money.Cents(-1000) || all[0].Confirmation != p.Confirmation+"-R" {
			t.Errorf("told on %s: %+v", on, all)
		}
		o.must(o.payments.Win(o.Context(), o.slug, p.Confirmation, money.Amount{}, "operator:ana"))
		all, err = postings{o.payments, ledger.New(o.db)}.ApprovedOn(o.Context(), o.slug, on)
		o.must(err)
		if len(all) != 2 || all[1].Kind != cis.Payment || all[1].Amount != money.Cents(1000) || all[1].Confirmation != p.Confirmation+"-W" {
			t.Errorf("told on %s once it is won: %+v", on, all)
		}
	})
}

// A payment that somebody had lowered by ten dollars was exported without a word.
func TestAPaymentThatTheBookDoesNotHaveIsNotExported(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		o.must(o.db.Write(o.Context(), o.slug, func(_ context.Context, tx *db.Tx) error {
			tx.Exec("update payments set amount_cents = amount_cents - 1000 where city_id = $1 and confirmation = $2", string(o.slug), o.first().Confirmation)
			return nil
		}))
		o.clk.Advance(36 * time.Hour)
		request, err := postingOf(o.town, o.paidOn(o.place), "operator:ana")
		o.must(err)
		var file strings.Builder
		_, err = o.exchange.Export(o.Context(), request, &file)
		if !errors.Is(err, cis.ErrPostingDiffers) || file.Len() > 0 {
			t.Errorf("exporting: %v\n%s", err, file.String())
		}
	})
}

// A hundred payments of November stood in no file, and the list said that every
// file was acknowledged in time.
func TestDaysThatNobodySentAreListed(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		days := func() []unsentDay {
			found, err := o.unsent(o.Context(), o.town, o.clk.Now())
			o.must(err)
			return found
		}
		if got := days(); len(got) != 0 {
			t.Errorf("a day that is not over is listed: %+v", got)
		}
		o.clk.Advance(36 * time.Hour)
		if got := days(); len(got) != 1 || got[0].count != 2 || got[0].on != o.paidOn(o.place) {
			t.Errorf("not sent are %+v", got)
		}
		o.export()
		if got := days(); len(got) != 0 {
			t.Errorf("what was sent is listed: %+v", got)
		}
	})
}

// delivered has posting files put into a folder.
func (o *townHall) delivered() string {
	o.Helper()
	o.folder = o.TempDir()
	decideFile(o.T, o.works, string(o.file()))
	return o.folder
}

// Nobody types a command on a Saturday.
func TestFinishedDaysArePutIntoTheFolder(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		folder := o.delivered()
		on := o.paidOn(o.place)
		names := func() []string {
			o.must(o.postDays(o.Context()))
			found, err := filepath.Glob(filepath.Join(folder, "*"))
			o.must(err)
			for i := range found {
				found[i] = filepath.Base(found[i])
			}
			return found
		}
		first := fmt.Sprintf("eastwell-%s-01.txt", on.Format("20060102"))
		if slices.Contains(names(), first) {
			t.Error("a day that is not over is there")
		}
		o.clk.Advance(36 * time.Hour)
		if got := names(); !slices.Contains(got, first) || strings.Contains(fmt.Sprint(got), ".part") {
			t.Fatalf("the folder holds %v", got)
		}
		o.must(os.Remove(filepath.Join(folder, first))) // the billing system has fetched it
		if slices.Contains(names(), first) {
			t.Error("a file that was fetched is put there again")
		}
		if days, err := o.unsent(o.Context(), o.town, o.clk.Now()); err != nil || len(days) != 0 {
			t.Errorf("not sent are %+v, %v", days, err)
		}
	})
}

// A link in the billing system's folder, at the name that was written to first,
// let a posting file overwrite whatever the service may write.
func TestAPostingFileIsNotWrittenThroughALink(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		folder, precious := o.delivered(), filepath.Join(t.TempDir(), "precious")
		o.must(os.WriteFile(precious, []byte("keys"), 0o600))
		first := filepath.Join(folder, fmt.Sprintf("eastwell-%s-01.txt", o.paidOn(o.place).Format("20060102")))
		o.must(os.Symlink(precious, first+".part"))
		o.clk.Advance(36 * time.Hour)
		o.must(o.postDays(o.Context()))
		kept, err := os.ReadFile(precious)
		if info, gone := os.Lstat(first); gone != nil || !info.Mode().IsRegular() || string(kept) != "keys" {
			t.Errorf("the link leads to %q now, and the file is %v (%v, %v)", kept, info, gone, err)
		}
	})
}

// A file that somebody had changed in the folder kept back the files of all days.
func TestOneFileThatCannotBeDeliveredKeepsNoOtherBack(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		folder := o.delivered()
		on := o.paidOn(o.place)
		place := func(days int) string {
			return filepath.Join(folder, fmt.Sprintf("eastwell-%s-01.txt", on.AddDays(days).Format("20060102")))
		}
		o.must(os.WriteFile(place(1), []byte("another file"), 0o600))
		o.export() // of the day of the payment
		o.clk.Advance(12 * time.Hour)
		if err := o.postDays(o.Context()); err == nil {
			t.Error("nobody is told of the other file")
		}
		if _, err := os.Stat(place(0)); err != nil {
			t.Errorf("the day of the payment was kept back: %v", err)
		}
	})
}
