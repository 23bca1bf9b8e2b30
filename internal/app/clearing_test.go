package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clearing"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/payment"

	"github.com/moov-io/ach"
)

// returnOf is the bank's file about one entry that came back.
func returnOf(t *testing.T, e clearing.Entry, company, code string) []byte {
	t.Helper()
	file, header, h := ach.NewFile(), ach.NewFileHeader(), ach.NewBatchHeader()
	header.ImmediateDestination, header.ImmediateOrigin, header.FileCreationDate, header.FileCreationTime = "121042882", "121042882", "260108", "0600"
	file.SetHeader(header)
	h.ServiceClassCode, h.CompanyName, h.CompanyIdentification, h.StandardEntryClassCode = ach.MixedDebitsAndCredits, company, company, "PPD"
	h.CompanyEntryDescription, h.ODFIIdentification, h.EffectiveEntryDate = "UTIL PYMT", "02100002", "260108"
	batch, err := ach.NewBatch(h)
	if err != nil {
		t.Fatal(err)
	}
	line := ach.NewEntryDetail()
	line.TransactionCode, line.Amount, line.DFIAccountNumber, line.IndividualName = ach.CheckingReturnNOCDebit, int(e.Amount.Cents()), "000123456789", "ANA EXAMPLE"
	line.SetRDFI("021000021")
	line.SetTraceNumber("02100002", 1)
	line.Category, line.AddendaRecordIndicator, line.Addenda99 = ach.CategoryReturn, 1, ach.NewAddenda99()
	line.Addenda99.ReturnCode, line.Addenda99.OriginalTrace, line.Addenda99.OriginalDFI = code, e.Trace.String(), "02100002"
	line.Addenda99.TraceNumber = line.TraceNumber
	batch.AddEntry(line)
	var text bytes.Buffer
	file.AddBatch(batch)
	if err := errors.Join(batch.Create(), file.Create(), ach.NewWriter(&text).Write(file)); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// An e-check goes to the bank's folder, comes back into the other one with its
// blanks cut off, and its payer reads of it; the same file again does nothing.
func TestAnEcheckGoesOutAndComesBack(t *testing.T) {
	c := settle(t, "sqlite:"+dbtest.SQLiteFile(t))
	here := c.east
	paid, err := c.payments.Payment(c.Context(), here.slug, payment.OfQuote(here.steps["paid"]))
	c.must(err)
	o := orderIn(c, here, paid.Attempt.String())
	o.Amount = paid.Total()
	_, err = c.echecks.Accept(c.Context(), o)
	c.must(err)
	c.clk.Advance(4 * 24 * time.Hour)
	c.must(c.clear(c.Context()))
	sent, err := filepath.Glob(filepath.Join(here.bankFolder, "*.ach"))
	if err != nil || len(sent) != 1 {
		t.Fatalf("the bank has %v, %v", sent, err)
	}
	e, err := c.echecks.Entry(c.Context(), here.slug, o.Key)
	c.must(err)
	text := strings.ReplaceAll(string(returnOf(t, e, strings.ToUpper(string(here.slug)), "R03")), " \n", "\n")
	for _, name := range []string{"returns.txt", "returns-again.txt"} {
		c.must(os.WriteFile(filepath.Join(here.bankFolder, "in", name), []byte(text), 0o600))
		c.must(c.clear(c.Context()))
	}
	after, err := c.payments.Payment(c.Context(), here.slug, paid.ID)
	c.must(err)
	disputes, err := c.payments.Disputes(c.Context(), here.slug)
	c.must(err)
	if after.State != payment.Disputed || len(disputes) != 1 || disputes[0].Standing != payment.DisputeLost {
		t.Errorf("the payment is %s, disputes %+v", after.State, disputes)
	}
	taken, err := filepath.Glob(filepath.Join(here.bankFolder, "in", takenFolder, "*"))
	if err != nil || len(taken) != 2 {
		t.Errorf("put aside: %v, %v", taken, err)
	}
	_, err = c.outbox.Deliver(c.Context())
	c.must(err)
	if mail := c.mailed(); strings.Count(mail, "Your bank sent a payment back") == 0 {
		t.Errorf("nobody is told: %s", mail)
	}
}

// mailed is all mail that left.
func (c *cities) mailed() string {
	c.Helper()
	names, err := filepath.Glob(filepath.Join(c.mail, "*"))
	c.must(err)
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		c.must(err)
		all.Write(text)
	}
	return all.String()
}
