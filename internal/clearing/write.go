package clearing

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"clearwell/internal/instrument"
	"clearwell/internal/money"
	"clearwell/internal/routing"

	"github.com/moov-io/ach"
)

// written is one line of a file: an entry with the bank account it draws on,
// opened for as long as the file is written.
type written struct {
	trace     Trace
	kind      Kind
	class     Class
	amount    money.Amount
	reference string
	recurring bool
	bank      instrument.Opened
}

// The network's transaction codes of debits and prenotifications (Nacha Operating
// Rules, appendix three).
var transactionCodes = map[instrument.Kind]map[bool]int{ // by whether it is a prenotification
	instrument.Checking: {false: ach.CheckingDebit, true: ach.CheckingPrenoteDebit},
	instrument.Savings:  {false: ach.SavingsDebit, true: ach.SavingsPrenoteDebit},
}

// draft is a file that is being written, record by record: the library makes each
// and checks it, and none is held in memory once it is text. Lines are added in
// the order of their batches; the numbers in it are in memory only.
type draft struct {
	terms Terms
	rules Rules
	file  File
	text  bytes.Buffer
	lines int

	header *ach.BatchHeader // of the batch that is being written; nil for none
	batch  *ach.BatchControl
	group  string
	whole  ach.FileControl
}

func newDraft(t Terms, r Rules, f File) (*draft, error) {
	d := &draft{terms: t, rules: r, file: f}
	made := f.PlannedAt.In(t.Zone)
	h := ach.NewFileHeader()
	h.ImmediateDestination, h.ImmediateDestinationName = t.destination(), t.BankName
	h.ImmediateOrigin, h.ImmediateOriginName = t.Origin, t.OriginName
	h.FileCreationDate, h.FileCreationTime, h.FileIDModifier = made.Format("060102"), made.Format("1504"), f.Modifier
	h.SetValidation(&ach.ValidateOpts{BypassOriginValidation: true, BypassDestinationValidation: true})
	return d, d.record(&h)
}

// record writes one record, if the library finds nothing wrong with it.
func (d *draft) record(r interface {
	Validate() error
	String() string
}) error {
	if err := r.Validate(); err != nil {
		return withoutNumbers(err)
	}
	d.line(r.String())
	return nil
}

func (d *draft) line(text string) {
	d.text.WriteString(text)
	d.text.WriteString(cmp.Or(d.terms.LineEnd, "\n"))
	d.lines++
}

// description is what the batch of an entry is called.
func (d *draft) description(k Kind) string {
	if k == Retry {
		return d.rules.Retry.Description
	}
	return d.terms.Description
}

// add writes a line; a new batch begins where the class or the description is
// another.
func (d *draft) add(w written) error {
	group := string(w.class) + " " + d.description(w.kind)
	if group != d.group {
		if err := d.close(); err != nil {
			return err
		}
		if err := d.open(w); err != nil {
			return err
		}
		d.group = group
	}
	return d.entry(w.detail())
}

func (d *draft) open(w written) error {
	h := ach.NewBatchHeader()
	h.ServiceClassCode = ach.DebitsOnly
	if w.kind == offset {
		h.ServiceClassCode = ach.CreditsOnly
	}
	h.CompanyName, h.CompanyIdentification = d.terms.Company, d.terms.CompanyID
	h.StandardEntryClassCode, h.CompanyEntryDescription = string(w.class), d.description(w.kind)
	h.EffectiveEntryDate, h.ODFIIdentification = d.file.SettlesOn.Format("060102"), d.terms.Bank.Identification()
	if d.terms.SameDay {
		h.CompanyDescriptiveDate = "SD" + d.file.PlannedAt.In(d.terms.Zone).Format("1504")
	}
	h.BatchNumber = d.whole.BatchCount + 1
	d.header, d.batch = h, &ach.BatchControl{}
	d.batch.ServiceClassCode, d.batch.CompanyIdentification = h.ServiceClassCode, h.CompanyIdentification
	d.batch.ODFIIdentification, d.batch.BatchNumber = h.ODFIIdentification, h.BatchNumber
	return d.record(h)
}

// hashed is how many values the ten places of the control sum over banks have.
const hashed = 10_000_000_000

// entry writes an entry, and counts it.
func (d *draft) entry(e *ach.EntryDetail) error {
	if err := d.record(e); err != nil {
		return err
	}
	bank, err := strconv.Atoi(e.RDFIIdentification)
	if err != nil {
		return errors.New("the bank of an entry is not a number")
	}
	d.batch.EntryAddendaCount++
	d.batch.EntryHash = (d.batch.EntryHash + bank) % hashed
	if e.TransactionCode == ach.CheckingCredit || e.TransactionCode == ach.SavingsCredit {
		d.batch.TotalCreditEntryDollarAmount += e.Amount
	} else {
		d.batch.TotalDebitEntryDollarAmount += e.Amount
	}
	return nil
}

func (w written) detail() *ach.EntryDetail {
	e := ach.NewEntryDetail()
	e.TransactionCode = transactionCodes[w.bank.Kind][w.kind == Prenote]
	e.SetRDFI(string(w.bank.Routing))
	e.DFIAccountNumber = w.bank.Number.Reveal()
	e.Amount = int(w.amount.Cents())
	e.IndividualName = printable(w.bank.Name, 22)
	e.IdentificationNumber = printable(w.reference, 15)
	if w.class == WEB || w.class == TEL {
		e.DiscretionaryData = "S"
		if w.recurring {
			e.DiscretionaryData = "R"
		}
	}
	e.TraceNumber = w.trace.String()
	e.Category = ach.CategoryForward
	return e
}

// printable writes a text as the network prints it: capitals of the Latin
// alphabet, and a blank for whatever it does not have.
func printable(text string, most int) string {
	plain := strings.Map(func(r rune) rune {
		if folded, ok := folds[r]; ok {
			return folded
		}
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, strings.ToUpper(text))
	plain = strings.Join(strings.Fields(plain), " ")
	return strings.TrimSpace(plain[:min(most, len(plain))])
}

// folds are the letters with marks that names in the United States have.
var folds = map[rune]rune{
	'Á': 'A', 'À': 'A', 'Â': 'A', 'Ä': 'A', 'Ã': 'A', 'Å': 'A', 'É': 'E', 'È': 'E', 'Ê': 'E', 'Ë': 'E', 'Í': 'I', 'Ì': 'I', 'Î': 'I', 'Ï': 'I',
	'Ó': 'O', 'Ò': 'O', 'Ô': 'O', 'Ö': 'O', 'Õ': 'O', 'Ú': 'U', 'Ù': 'U', 'Û': 'U', 'Ü': 'U', 'Ñ': 'N', 'Ç': 'C', 'Ý': 'Y', '’': '\'',
}

// close ends the batch that is being written.
func (d *draft) close() error {
	if d.header == nil {
		return nil
	}
	d.header = nil
	w, b := &d.whole, d.batch
	w.BatchCount++
	w.EntryAddendaCount += b.EntryAddendaCount
	w.EntryHash = (w.EntryHash + b.EntryHash) % hashed
	w.TotalDebitEntryDollarAmountInFile += b.TotalDebitEntryDollarAmount
	w.TotalCreditEntryDollarAmountInFile += b.TotalCreditEntryDollarAmount
	return d.record(b)
}

// offset is the kind of the town's own entry, which stands in no table.
const offset Kind = "offset"

// balance adds what the town's own bank account gets, for banks that want debits
// and credits equal. It has a batch of its own: some classes take no credits.
func (d *draft) balance() error {
	o, sum := d.terms.Offset, d.whole.TotalDebitEntryDollarAmountInFile
	if o == nil || sum == 0 {
		return nil
	}
	w := written{kind: offset, class: CCD}
	if err := d.open(w); err != nil {
		return err
	}
	e := ach.NewEntryDetail()
	e.TransactionCode = ach.CheckingCredit
	if o.Savings {
		e.TransactionCode = ach.SavingsCredit
	}
	e.SetRDFI(string(o.Bank))
	e.DFIAccountNumber, e.Amount = o.Number.Reveal(), sum
	e.IndividualName, e.IdentificationNumber = printable(d.terms.Company, 22), "OFFSET"
	e.TraceNumber, e.Category = (d.file.First + Trace(d.file.Entries)).String(), ach.CategoryForward
	return errors.Join(d.entry(e), d.close())
}

// totals are what the file says of itself at its end.
type totals struct {
	debits, credits money.Amount
	hash            int64
}

// blocking is how many records a block has; the last is filled up with nines.
const blocking = 10

// finish gives the bytes of the file.
func (d *draft) finish() ([]byte, totals, error) {
	if err := errors.Join(d.close(), d.balance()); err != nil {
		return nil, totals{}, fmt.Errorf("writing a file: %w", err)
	}
	w := &d.whole
	w.BlockCount = (d.lines + 1 + blocking - 1) / blocking
	if err := d.record(w); err != nil {
		return nil, totals{}, fmt.Errorf("writing a file: %w", err)
	}
	for d.lines%blocking != 0 {
		d.line(strings.Repeat("9", width))
	}
	return d.text.Bytes(), totals{
		money.Cents(int64(w.TotalDebitEntryDollarAmountInFile)), money.Cents(int64(w.TotalCreditEntryDollarAmountInFile)), int64(w.EntryHash),
	}, nil
}

// withoutNumbers keeps what an error of the library quotes, which may be the
// number of a bank account, out of the log. The field says enough to find the
// place.
func withoutNumbers(err error) error {
	field, batch := &ach.FieldError{}, &ach.BatchError{}
	switch {
	case errors.As(err, &batch):
		return fmt.Errorf("the library refuses %s of a batch: %T", batch.FieldName, batch.Err)
	case errors.As(err, &field):
		return fmt.Errorf("the library refuses %s: %T", field.FieldName, field.Err)
	}
	return fmt.Errorf("the library refuses it: %T", err)
}

// modifiers tell the files of one day apart.
const modifiers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// nextModifier is the modifier of the nth file of a day, from 0.
func nextModifier(n int) (string, error) {
	if n >= len(modifiers) {
		return "", ErrFilesFull
	}
	return modifiers[n : n+1], nil
}

// lastSequence is the largest number that seven places hold; then it begins anew.
const lastSequence = 9_999_999

// firstTrace is the trace number of the first entry of a file, behind the last
// file's. A file does not run over the end.
func firstTrace(bank routing.Number, before Trace, entries int64) Trace {
	base := Trace(0)
	for _, digit := range bank.Identification() {
		base = base*10 + Trace(digit-'0')
	}
	base *= lastSequence + 1
	next := before%(lastSequence+1) + 1
	if int64(next)+2*entries > lastSequence {
		next = 1
	}
	return base + next
}
