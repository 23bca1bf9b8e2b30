package bench

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/clearing"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/inbox"
	"clearwell/internal/instrument"
	"clearwell/internal/payment"
	"clearwell/internal/routing"
	"clearwell/internal/secret"

	"github.com/moov-io/ach"
)

const (
	fileMost    = 3.0 // seconds, for 100,000 entries
	fileMiB     = 256.0
	returnsMost = 20.0 // seconds, for 10,000 returns
	// returning is how many entries there are for one that comes back.
	returning = 10
	// perBankAccount is how many entries draw on one bank account: some households
	// pay for more than one meter.
	perBankAccount = 4
)

// bankTown is sampletown with a bank.
type bankTown struct {
	*site
	town    *town
	echecks *clearing.Service
	banks   []instrument.ID
}

// Terms are the same for all.
func (b *bankTown) Terms(id.City) (clearing.Terms, error) {
	zone, err := calendar.Zone("America/Chicago")
	return clearing.Terms{
		Bank: "121042882", BankName: "WATERWORKS BANK", Origin: "1234567890", OriginName: "SAMPLETOWN", Company: "SAMPLETOWN UTIL",
		CompanyID: "1234567890", Description: "UTIL PYMT", Zone: zone, CutOff: calendar.CutOff{Hour: 15, Zone: zone},
	}, err
}

func openBank(ctx context.Context, s *site) (*bankTown, error) {
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	t, err := newTown(s.d)
	if err != nil {
		return nil, err
	}
	sealer, err := secret.NewSealer()
	if err != nil {
		return nil, err
	}
	book, err := clearing.Load()
	if err != nil {
		return nil, err
	}
	b, routes, digests := &bankTown{site: s, town: t}, routing.New(s.d), secret.NewKey()
	b.echecks = clearing.New(clearing.Deps{
		DB: s.d, Towns: b, Banks: instrument.New(s.d, sealer, digests, routes), Routes: routes, Inbox: inbox.New(s.d),
		Sealer: sealer, Digests: digests, Payments: t.payments, Book: book, Log: slog.New(slog.DiscardHandler),
	})
	return b, b.save(ctx)
}

// save saves the bank accounts, as residents do.
func (b *bankTown) save(ctx context.Context) error {
	b.say(fmt.Sprintf("saving %d bank accounts", b.entries/perBankAccount+1))
	b.banks = make([]instrument.ID, b.entries/perBankAccount+1)
	_, err := drive(ctx, clients, math.MaxInt64, len(b.banks), func(ctx context.Context, n int) error {
		number := secret.New(fmt.Sprintf("%012d", 700_000_000_000+n))
		saved, err := b.echecks.Banks.Save(ctx, instrument.Typed{
			City: sampletown, Owner: instrument.Owner(fmt.Sprintf("login:%d", n)), Name: fmt.Sprintf("Resident Number %d", n),
			Kind: instrument.Checking, Holder: instrument.Person, Routing: "021000021", Number: number, Again: number,
		})
		b.banks[n] = saved.ID
		return err
	})
	return err
}

// fill has entries wait: one of ten for a payment that was made, so that what
// comes back undoes something.
func (b *bankTown) fill(ctx context.Context) error {
	quotes, err := b.town.prepare(ctx, b.d, b.entries/returning)
	if err != nil {
		return err
	}
	b.say(fmt.Sprintf("making %d payments", len(quotes)))
	keys := make([]string, b.entries)
	_, err = drive(ctx, clients, math.MaxInt64, len(quotes), func(ctx context.Context, n int) error {
		made, err := b.town.payments.Start(ctx, quotes[n].request)
		if err == nil && made.State != payment.Approved {
			err = fmt.Errorf("payment %s is %s", made.ID, made.State)
		}
		keys[n] = made.Attempt.String()
		return err
	})
	for n := len(quotes); n < b.entries; n++ {
		keys[n] = fmt.Sprintf("made_%07d", n)
	}
	if err != nil {
		return err
	}
	return b.insert(ctx, keys)
}

func (b *bankTown) insert(ctx context.Context, keys []string) error {
	columns := []string{
		"city_id", "id", "kind", "class", "bank_id", "amount_cents", "reference", "recurring", "accepted_at", "not_before", "tries", "origin_id",
		"state", "state_at", "file_number", "trace", "settles_on", "code",
	}
	before := db.Micros(b.d.Clock().Now().Add(-10 * 24 * time.Hour)) // of a cut-off that has passed
	return b.d.Write(ctx, sampletown, func(ctx context.Context, tx *db.Tx) error {
		n := 0
		_, err := tx.CopyIn(ctx, "clearing_entries", columns, func() ([]any, error) {
			if n == len(keys) {
				return nil, nil
			}
			n++
			return []any{
				string(sampletown), keys[n-1], "debit", "WEB", b.banks[n/perBankAccount].String(), int64(3_000 + n%17_000), fmt.Sprintf("CW-%07d", n), int64(0),
				before, "", int64(1), "", "waiting", before, int64(0), int64(0), "", "",
			}, nil
		})
		return err
	})
}

// echecks measures a day's file for the bank, and a file of returns of it.
func echecks(ctx context.Context, s *site) ([]Figure, error) {
	b, err := openBank(ctx, s)
	if err == nil {
		err = b.fill(ctx)
	}
	if err != nil {
		return nil, err
	}
	file, err := b.file(ctx)
	if err != nil {
		return nil, err
	}
	returns, err := b.returns(ctx)
	return []Figure{file, returns}, err
}

func (b *bankTown) file(ctx context.Context) (Figure, error) {
	f := Figure{Name: "echeck-file-sqlite", Unit: "s"}
	forgetPeak()
	before := peak()
	took, err := timed(func() error {
		made, err := b.echecks.Make(ctx, sampletown)
		if err == nil && !made {
			err = fmt.Errorf("no file was due")
		}
		return err
	})
	if err != nil {
		return f, err
	}
	f.Value, f.Peak = took.Seconds(), peak()-before
	f.What = fmt.Sprintf("%d entries from the database to a sealed file for the bank; memory beyond the %.0f MiB that this process had with its payments", b.entries, before)
	f.BaselineIs = "as many entries in memory, written by the ACH library"
	alone, err := timed(func() error {
		_, err := plainFile(b.entries, func(n int, e *ach.EntryDetail) { e.TransactionCode = ach.CheckingDebit })
		return err
	})
	f.Baseline = alone.Seconds()
	f.within(fileMost, fileMiB)
	return f, err
}

func (b *bankTown) returns(ctx context.Context) (Figure, error) {
	f := Figure{Name: "echeck-returns-sqlite", Unit: "s"}
	text, err := b.comingBack(ctx)
	if err != nil {
		return f, err
	}
	var taken clearing.Taken
	forgetPeak()
	took, err := timed(func() error {
		taken, err = b.echecks.Hear(ctx, sampletown, text)
		return err
	})
	if err == nil && (taken.Applied != b.entries/returning || taken.Trouble > 0) {
		err = fmt.Errorf("of the returns came %+v", taken)
	}
	if err != nil {
		return f, err
	}
	f.Value, f.Peak = took.Seconds(), peak()
	f.What = fmt.Sprintf("%d returns kept, read, matched, their payments undone in the book", taken.Applied)
	f.BaselineIs = "the same file read by the ACH library"
	alone, err := timed(func() error {
		_, err := ach.NewReader(bytes.NewReader(text)).Read()
		return err
	})
	f.Baseline = alone.Seconds()
	f.atMost(returnsMost)
	return f, err
}

// comingBack is the bank's file of returns of the entries that were payments.
func (b *bankTown) comingBack(ctx context.Context) ([]byte, error) {
	paid, err := b.paid(ctx)
	if err != nil {
		return nil, err
	}
	return plainFile(len(paid), func(n int, e *ach.EntryDetail) {
		e.TransactionCode, e.Amount = ach.CheckingReturnNOCDebit, int(paid[n].Amount.Cents())
		e.Category, e.AddendaRecordIndicator = ach.CategoryReturn, 1
		e.Addenda99 = ach.NewAddenda99()
		e.Addenda99.ReturnCode, e.Addenda99.OriginalTrace, e.Addenda99.OriginalDFI = "R01", paid[n].Trace.String(), "02100002"
		e.Addenda99.TraceNumber = e.TraceNumber
	})
}

// paid are the entries of a file that are payments.
func (b *bankTown) paid(ctx context.Context) ([]clearing.Entry, error) {
	today := calendar.Of(b.d.Clock().Now(), b.town.file.Zone)
	var all []clearing.Entry
	for _, on := range []calendar.Date{today.AddDays(-1), today, today.AddDays(1)} {
		made, err := b.town.payments.ApprovedOn(ctx, sampletown, on)
		if err != nil {
			return nil, err
		}
		for _, p := range made {
			e, err := b.echecks.Entry(ctx, sampletown, p.Attempt.String())
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// plainFile is a file of n entries, as the library alone writes it.
func plainFile(n int, each func(int, *ach.EntryDetail)) ([]byte, error) {
	file, header := ach.NewFile(), ach.NewFileHeader()
	header.ImmediateDestination, header.ImmediateOrigin, header.FileCreationDate, header.FileCreationTime = "121042882", "121042882", "260106", "1500"
	file.SetHeader(header)
	h := ach.NewBatchHeader()
	h.ServiceClassCode, h.CompanyName, h.CompanyIdentification = ach.MixedDebitsAndCredits, "SAMPLETOWN UTIL", "1234567890"
	h.StandardEntryClassCode, h.CompanyEntryDescription, h.ODFIIdentification, h.EffectiveEntryDate = "PPD", "UTIL PYMT", "02100002", "260107"
	batch, err := ach.NewBatch(h)
	if err != nil {
		return nil, err
	}
	for i := range n {
		e := ach.NewEntryDetail()
		e.SetRDFI("021000021")
		e.DFIAccountNumber, e.Amount, e.IndividualName = fmt.Sprintf("%012d", i), 8310, "ANA EXAMPLE"
		e.SetTraceNumber("02100002", i+1)
		e.Category = ach.CategoryForward
		each(i, e)
		batch.AddEntry(e)
	}
	if err := batch.Create(); err != nil {
		return nil, err
	}
	file.AddBatch(batch)
	if err := file.Create(); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = ach.NewWriter(&text).Write(file)
	return text.Bytes(), err
}
