package clearing_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/clearing"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/instrument"
	"clearwell/internal/money"
	"clearwell/internal/secret"

	"github.com/google/go-cmp/cmp"
	"github.com/moov-io/ach"
)

var update = flag.Bool("update", false, "write the golden files")

// inFolder reads what the bank would find.
func (t *town) inFolder() map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	names, err := os.ReadDir(string(t.folder))
	t.must(err)
	for _, name := range names {
		info, err := name.Info()
		t.must(err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %v", name.Name(), info.Mode())
		}
		text, err := os.ReadFile(filepath.Join(string(t.folder), name.Name()))
		t.must(err)
		found[name.Name()] = text
	}
	return found
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, got, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// A day's e-checks of every class, as the bank gets them.
func TestAFileHasADaysEntries(t *testing.T) {
	each(t, func(t *town) {
		web, savings := t.bank(sampletown, 1), t.bank(sampletown, 2, func(x *instrument.Typed) { x.Kind = instrument.Savings })
		business := t.bank(sampletown, 3, func(x *instrument.Typed) { x.Holder, x.Name = instrument.Business, "Ruiz & Sons" })
		t.accept(order(1, web))
		second := order(2, savings)
		second.Recurring = true
		t.accept(second)
		for n, class := range map[int]clearing.Class{3: clearing.TEL, 4: clearing.PPD} {
			o := order(n, web)
			o.Class = class
			t.accept(o)
		}
		ccd := order(5, business)
		ccd.Class = clearing.CCD
		t.accept(ccd)
		t.run()
		if len(t.inFolder()) > 0 {
			t.Error("a file was made before its cut-off")
		}
		t.at(6, 15)
		t.accept(order(6, web)) // at the very cut-off: tomorrow's
		t.run()
		t.run()
		found := t.inFolder()
		text := found["sampletown-20260106-A.ach"]
		if len(found) != 1 || text == nil {
			t.Fatalf("the folder has %d files", len(found))
		}
		golden(t.T, "day.ach", text)
		file, err := ach.NewReader(bytes.NewReader(text)).Read()
		if err != nil || file.Control.EntryAddendaCount != 5 || len(file.Batches) != 4 {
			t.Errorf("the library reads %d entries in %d batches, %v", file.Control.EntryAddendaCount, len(file.Batches), err)
		}
		made := t.files()[0]
		if made.State != clearing.Delivered || made.Debits != money.Cents(5*8310+15) || made.Hash != int64(file.Control.EntryHash) || made.Entries != 5 {
			t.Errorf("noted as %+v", made)
		}
		if e := t.entry("att_001"); e.State != clearing.Filed || e.SettlesOn != calendar.MakeDate(2026, 1, 7) || !strings.HasPrefix(e.Trace.String(), "12104288") {
			t.Errorf("the entry is %+v", e)
		}
		if t.entry("att_006").State != clearing.Waiting {
			t.Error("what came at the cut-off is in the file")
		}
		t.at(7, 15)
		t.run()
		if e := t.entry("att_006"); e.State != clearing.Filed || e.Trace <= made.First+4 {
			t.Errorf("the day after: %+v", e)
		}
	})
}

// Files are made on banking days, and settle on banking days.
func TestAFileWaitsForTheBank(t *testing.T) {
	each(t, func(t *town) {
		t.at(16, 16) // Friday, after the cut-off; Monday is Martin Luther King's
		t.accept(order(1, t.bank(sampletown, 1)))
		for _, day := range []int{17, 18, 19} {
			t.at(day, 16)
			t.run()
		}
		if len(t.files()) > 0 {
			t.Errorf("a file was made on %s", t.files()[0].MadeOn)
		}
		t.at(20, 15)
		t.run()
		if e := t.entry("att_001"); e.SettlesOn != calendar.MakeDate(2026, 1, 21) {
			t.Errorf("settles on %s", e.SettlesOn)
		}
	})
}

func TestSameDayEntriesSayTheTime(t *testing.T) {
	each(t, func(t *town) {
		t.terms.SameDay = true
		bank := t.bank(sampletown, 1)
		much := order(1, bank)
		much.Amount = money.Cents(1_000_000_01)
		_, err := t.Accept(t.Context(), much)
		t.refuses("more than the network takes on the same day", err, clearing.ErrAmount)
		t.accept(order(2, bank))
		t.at(6, 15)
		t.run()
		text := string(t.inFolder()["sampletown-20260106-A.ach"])
		if t.entry("att_002").SettlesOn != calendar.MakeDate(2026, 1, 6) || !strings.Contains(text, "UTIL PYMT SD1500260106") {
			t.Errorf("settles on %s:\n%s", t.entry("att_002").SettlesOn, text)
		}
	})
}

func TestABalancedFileSumsToNothing(t *testing.T) {
	each(t, func(t *town) {
		t.terms.Offset = &clearing.Offset{Bank: "111000025", Number: secret.New("99887766")}
		bank := t.bank(sampletown, 1)
		t.accept(order(1, bank))
		tel := order(2, bank)
		tel.Class = clearing.TEL
		t.accept(tel)
		t.at(6, 15)
		t.run()
		text := t.inFolder()["sampletown-20260106-A.ach"]
		golden(t.T, "balanced.ach", text)
		file, err := ach.NewReader(bytes.NewReader(text)).Read()
		if err != nil || file.Control.TotalCreditEntryDollarAmountInFile != file.Control.TotalDebitEntryDollarAmountInFile {
			t.Errorf("debits %d, credits %d, %v", file.Control.TotalDebitEntryDollarAmountInFile, file.Control.TotalCreditEntryDollarAmountInFile, err)
		}
		if f := t.files()[0]; f.Debits != f.Credits || f.Debits != money.Cents(2*8310+3) {
			t.Errorf("noted as %+v", f)
		}
	})
}

// mortalFolder dies before or after it has delivered.
type mortalFolder struct {
	clearing.Folder
	after bool
}

var errKilled = errors.New("killed")

func (f mortalFolder) Deliver(ctx context.Context, name string, text []byte) error {
	if f.after {
		if err := f.Folder.Deliver(ctx, name, text); err != nil {
			return err
		}
	}
	return errKilled
}

// Killed after choosing, after writing, before and after delivering: the bytes are
// the same, and the entry is in one file.
func TestAFileThatWasInterruptedIsTheSame(t *testing.T) {
	each(t, func(t *town) {
		bank := t.bank(sampletown, 1)
		for n := range 5 {
			t.accept(order(n, bank))
		}
		t.at(6, 15)
		t.refuse = nil
		// Choosing is durable; writing cannot go on, because the keys are away.
		t.must(os.Rename(t.keys, t.keys+".away"))
		t.must(secret.CreateKeyset(t.keys))
		t.open()
		if _, err := t.Make(t.Context(), sampletown); !errors.Is(err, secret.ErrUnopenable) {
			t.Fatalf("made without keys: %v", err)
		}
		if f := t.files()[0]; f.State != clearing.Planned {
			t.Fatalf("the file is %s", f.State)
		}
		t.must(os.Rename(t.keys+".away", t.keys))
		t.open()
		t.accept(order(9, bank)) // late: not in the file that is planned
		if made, err := t.Make(t.Context(), sampletown); err != nil || !made {
			t.Fatalf("made %v, %v", made, err)
		}
		t.at(6, 17) // the time of the clock does not get into the bytes
		t.refuses("killed before", t.Service.Run(t.Context(), sampletown, mortalFolder{t.folder, false}), errKilled)
		t.refuses("killed after", t.Service.Run(t.Context(), sampletown, mortalFolder{t.folder, true}), errKilled)
		first := t.inFolder()
		// A bank corrects a bank account in between: this file has been written.
		t.run()
		t.run()
		if diff := cmp.Diff(first, t.inFolder()); diff != "" || len(first) != 1 {
			t.Errorf("the bank gets others: %s", diff)
		}
		if files := t.files(); len(files) != 1 || files[0].Entries != 5 || files[0].State != clearing.Delivered {
			t.Errorf("files: %+v", files)
		}
	})
}

// What is there under the name already, and is another file, is not written over.
func TestAnotherFileIsNotWrittenOver(t *testing.T) {
	each(t, func(t *town) {
		t.accept(order(1, t.bank(sampletown, 1)))
		t.at(6, 15)
		place := filepath.Join(string(t.folder), "sampletown-20260106-A.ach")
		t.must(os.WriteFile(place, []byte("another"), 0o600))
		t.refuses("written over", t.Service.Run(t.Context(), sampletown, t.folder), clearing.ErrOtherFile)
		t.must(os.Remove(place))
		t.must(os.WriteFile(place+".part", []byte("half"), 0o600)) // of a run that was killed
		t.run()
		if len(t.inFolder()) != 1 {
			t.Error("half a file is left")
		}
	})
}

// An order is one entry; what may not be drawn is no entry.
func TestAnOrderIsOneEntry(t *testing.T) {
	each(t, func(t *town) {
		bank := t.bank(sampletown, 1)
		first := t.accept(order(1, bank))
		if again := t.accept(order(1, bank)); again != first {
			t.Errorf("again: %+v", again)
		}
		other := order(1, bank)
		other.Amount = money.Cents(1)
		_, err := t.Accept(t.Context(), other)
		t.refuses("another amount", err, clearing.ErrKeyReused)
		corporate := order(2, bank)
		corporate.Class = clearing.CCD
		_, err = t.Accept(t.Context(), corporate)
		t.refuses("a person's as a business's", err, clearing.ErrNotDrawable)
		_, err = t.Accept(t.Context(), order(3, t.bank("othertown", 1)))
		t.refuses("another town's", err, instrument.ErrUnknown)
		nothing := order(4, bank)
		nothing.Amount = money.Cents(0)
		_, err = t.Accept(t.Context(), nothing)
		t.refuses("nothing", err, clearing.ErrAmount)
		abroad := order(5, bank)
		abroad.City = "nowhere"
		_, err = t.Accept(t.Context(), abroad)
		t.refuses("without a bank", err, clearing.ErrNoTerms)
		t.must(t.Banks.Remove(t.Context(), sampletown, "login:ana", bank))
		_, err = t.Accept(t.Context(), order(6, bank))
		t.refuses("removed", err, clearing.ErrNotDrawable)
	})
}

// A bank account that cannot be drawn from any more does not stop the others.
func TestWhatCannotBeDrawnIsTakenOut(t *testing.T) {
	each(t, func(t *town) {
		good, bad := t.bank(sampletown, 1), t.bank(sampletown, 2)
		t.accept(order(1, good))
		t.accept(order(2, bad))
		t.refuseBank(bad)
		t.at(6, 15)
		t.run()
		if t.entry("att_001").State != clearing.Filed || t.entry("att_002").State != clearing.Cancelled {
			t.Errorf("%+v, %+v", t.entry("att_001"), t.entry("att_002"))
		}
		if diff := cmp.Diff([]string{"att_002 not_sent 2026-01-06 "}, t.undone); diff != "" {
			t.Error(diff)
		}
	})
}

// The first debit of a bank account waits until its bank was asked for it.
func TestABankAccountIsAskedForFirst(t *testing.T) {
	each(t, func(t *town) {
		t.terms.Prenote = true
		bank := t.bank(sampletown, 1)
		if e := t.accept(order(1, bank)); e.NotBefore != calendar.MakeDate(2026, 1, 13) {
			t.Errorf("not before %s", e.NotBefore)
		}
		t.accept(order(2, bank))
		t.at(6, 15)
		t.run()
		golden(t.T, "prenote.ach", t.inFolder()["sampletown-20260106-A.ach"])
		for day := 7; day <= 12; day++ {
			t.at(day, 15)
			t.run()
		}
		if e := t.entry("att_001"); e.State != clearing.Filed || e.SettlesOn != calendar.MakeDate(2026, 1, 13) {
			t.Errorf("the first debit: %+v", e)
		}
		t.at(15, 12)
		if e := t.accept(order(3, bank)); !e.NotBefore.IsZero() {
			t.Errorf("a bank account that was drawn from waits until %s", e.NotBefore)
		}
	})
}

func TestTermsThatNoBankTakesAreFound(t *testing.T) {
	if err := usual().Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*clearing.Terms){
		"bank":        func(x *clearing.Terms) { x.Bank = "121042883" },
		"company":     func(x *clearing.Terms) { x.Company = "CITY OF SAMPLETOWN UTILITIES" },
		"lower case":  func(x *clearing.Terms) { x.OriginName = "Sampletown" },
		"description": func(x *clearing.Terms) { x.Description = "RETRY PYMT" },
		"offset":      func(x *clearing.Terms) { x.Offset = &clearing.Offset{Bank: "111000025"} },
		"zone":        func(x *clearing.Terms) { x.Zone = nil },
		"cut-off":     func(x *clearing.Terms) { x.CutOff.Hour = 25 },
	} {
		terms := usual()
		change(&terms)
		if terms.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// Ten thousand returns each read all entries of a day, because an index of some
// rows is used only where the question says that it is about those.
func TestAnEntryIsFoundByItsTraceNumber(t *testing.T) {
	d := dbtest.SQLite(t, clock.NewManual(dbtest.Began))
	for question, index := range map[string]string{
		`select id from clearing_entries where city_id = $1 and trace = $2 and trace > 0`:                                           "clearing_entries_trace",
		`select id from clearing_entries where city_id = $1 and file_number = $2 and file_number > 0 and trace > $3 order by trace`: "clearing_entries_file",
		`select id from clearing_entries where city_id = $1 and kind = 'retry' and state = 'filed' and settles_on < $2`:             "clearing_entries_retried",
		`select count(*) from clearing_entries where city_id = $1 and settles_on <> '' and settles_on >= $2 and settles_on <= $3`:   "clearing_entries_settles",
		`select count(*) from clearing_entries where city_id = $1 and state = 'waiting' and accepted_at < $2 and not_before <= $3`:  "clearing_entries_waiting",
	} {
		var plan strings.Builder
		err := d.Read(t.Context(), sampletown, func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.Query(ctx, "explain query plan "+question, "a", "1", "2")
			if err != nil {
				return err
			}
			return rows.Each(func(scan func(...any) error) error {
				var a, b, c int64
				var text string
				err := scan(&a, &b, &c, &text)
				plan.WriteString(text + "\n")
				return err
			})
		})
		if err != nil || !strings.Contains(plan.String(), index) {
			t.Errorf("%s: %s, %v", question, plan.String(), err)
		}
	}
}
