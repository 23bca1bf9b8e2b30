package clearing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"clearwell/internal/calendar"
	"clearwell/internal/clearing"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/instrument"
	"clearwell/internal/money"

	"github.com/google/go-cmp/cmp"
	"github.com/moov-io/ach"
)

// said is one answer as a bank writes it.
type said struct {
	entry clearing.Entry
	code  string
	right string // corrected data
	cents int64  // 0 for what was drawn
}

// bankFile is a file of answers as the town's bank sends it.
func bankFile(t *testing.T, company string, all ...said) []byte {
	t.Helper()
	file := ach.NewFile()
	h := ach.NewFileHeader()
	h.ImmediateDestination, h.ImmediateOrigin, h.FileCreationDate, h.FileCreationTime = "121042882", "121042882", "260108", "0600"
	file.SetHeader(h)
	bh := ach.NewBatchHeader()
	bh.ServiceClassCode, bh.CompanyName, bh.CompanyIdentification = ach.MixedDebitsAndCredits, "SAMPLETOWN UTIL", company
	bh.StandardEntryClassCode, bh.CompanyEntryDescription, bh.ODFIIdentification = "PPD", "UTIL PYMT", "02100002"
	bh.EffectiveEntryDate = "260108"
	if all[0].right != "" {
		bh.StandardEntryClassCode = "COR"
	}
	batch, err := ach.NewBatch(bh)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range all {
		batch.AddEntry(a.detail(i + 1))
	}
	if err := batch.Create(); err != nil {
		t.Fatal(err)
	}
	file.AddBatch(batch)
	if err := file.Create(); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := ach.NewWriter(&text).Write(file); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func (a said) detail(n int) *ach.EntryDetail {
	e := ach.NewEntryDetail()
	e.TransactionCode, e.Amount = ach.CheckingReturnNOCDebit, int(a.entry.Amount.Cents())
	if a.cents != 0 {
		e.Amount = int(a.cents)
	}
	e.SetRDFI("021000021")
	e.DFIAccountNumber, e.IndividualName, e.Category = number, "ANA NUNEZ", ach.CategoryReturn
	e.SetTraceNumber("02100002", n)
	e.AddendaRecordIndicator = 1
	if a.right != "" {
		e.Category, e.Amount = ach.CategoryNOC, 0
		e.Addenda98 = ach.NewAddenda98()
		e.Addenda98.ChangeCode, e.Addenda98.OriginalTrace, e.Addenda98.OriginalDFI, e.Addenda98.CorrectedData = a.code, a.entry.Trace.String(), "02100002", a.right
		e.Addenda98.TraceNumber = e.TraceNumber
		return e
	}
	e.Addenda99 = ach.NewAddenda99()
	e.Addenda99.ReturnCode, e.Addenda99.OriginalTrace, e.Addenda99.OriginalDFI = a.code, a.entry.Trace.String(), "02100002"
	e.Addenda99.TraceNumber = e.TraceNumber
	return e
}

// filed has n entries drawn on one bank account.
func (t *town) filed(n int) []clearing.Entry {
	t.Helper()
	bank := t.bank(sampletown, 1)
	var all []clearing.Entry
	for i := range n {
		t.accept(order(i, bank))
	}
	t.at(6, 15)
	t.run()
	for i := range n {
		all = append(all, t.entry(order(i, bank).Key))
	}
	return all
}

const company = "1234567890"

func (t *town) hear(file []byte) clearing.Taken {
	t.Helper()
	taken, err := t.Hear(t.Context(), sampletown, file)
	t.must(err)
	return taken
}

func (t *town) outcomes() map[string]clearing.Outcome {
	t.Helper()
	all, err := t.Answers(t.Context(), sampletown, false)
	t.must(err)
	found := map[string]clearing.Outcome{}
	for _, h := range all {
		found[h.Entry+" "+h.Code] = h.Outcome
	}
	return found
}

// However a bank mangles a file, it is read, once, and kept sealed.
func TestAReturnIsHeardHoweverItIsWritten(t *testing.T) {
	mangled := map[string]func(string) string{
		"as the rules say":    func(text string) string { return text },
		"blanks cut off":      func(text string) string { return trimmed(text) },
		"Windows":             func(text string) string { return strings.ReplaceAll(trimmed(text), "\n", "\r\n") + "\x1a" },
		"no ends of lines":    func(text string) string { return strings.ReplaceAll(text, "\n", "") },
		"old Macintosh":       func(text string) string { return strings.ReplaceAll(text, "\n", "\r") },
		"a mark at the start": func(text string) string { return "\xef\xbb\xbf" + text },
		"wrong check digit": func(text string) string {
			return strings.Replace(text, " 121042882 121042882", " 121042883 121042889", 1)
		},
		"no padding":            func(text string) string { return strings.ReplaceAll(text, strings.Repeat("9", 94)+"\n", "") },
		"empty lines":           func(text string) string { return strings.ReplaceAll(text, "\n", "\n\n") },
		"a code nobody knows":   func(text string) string { return strings.Replace(text, "799R01", "799R97", 1) },
		"wrong digit of a bank": func(text string) string { return strings.Replace(text, "62602100002"+"1", "62602100002"+"7", 1) },
	}
	for name, mangle := range mangled {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *town) {
				entries := t.filed(2)
				plain := string(bankFile(t.T, company, said{entry: entries[0], code: "R01"}))
				file := []byte(mangle(plain))
				if name != "as the rules say" && string(file) == plain {
					t.Fatal("nothing is mangled")
				}
				if taken := t.hear(file); taken != (clearing.Taken{Answers: 1, Applied: 1}) {
					t.Errorf("taken %+v, %v", taken, t.outcomes())
				}
				if t.entry("att_000").State != clearing.Returned || t.entry("att_001").State != clearing.Filed {
					t.Error("the wrong entry came back")
				}
				if len(t.undone) != 1 || !strings.HasPrefix(t.undone[0], "att_000 R") {
					t.Errorf("undone %v", t.undone)
				}
				if kept := t.keptText(); strings.Contains(kept, number) {
					t.Error("the file is readable in the database")
				}
			})
		})
	}
}

func trimmed(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// keptText is what the inbox and the answers hold.
func (t *town) keptText() string {
	t.Helper()
	var all strings.Builder
	t.must(t.db.Read(t.Context(), id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, `select external_id, body from inbox_messages`)
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var name string
			var body []byte
			err := scan(&name, &body)
			fmt.Fprintf(&all, "%s %s\n", name, body)
			return err
		})
	}))
	return all.String() + t.log.String()
}

// The same file again, and the same answers in another file, change nothing.
func TestAnAnswerIsActedOnOnce(t *testing.T) {
	each(t, func(t *town) {
		entries := t.filed(2)
		one := bankFile(t.T, company, said{entry: entries[0], code: "R01"})
		golden(t.T, "returned.ach", one)
		t.hear(one)
		if taken := t.hear(one); !taken.Again {
			t.Errorf("again: %+v", taken)
		}
		both := bankFile(t.T, company, said{entry: entries[0], code: "R01"}, said{entry: entries[1], code: "R03"})
		if taken := t.hear(both); taken != (clearing.Taken{Answers: 2, Known: 1, Applied: 1}) {
			t.Errorf("in another file: %+v", taken)
		}
		if len(t.undone) != 2 {
			t.Errorf("undone %v", t.undone)
		}
	})
}

// What belongs to nobody moves nothing, and is listed for people.
func TestAnAnswerOfNobodyMovesNothing(t *testing.T) {
	each(t, func(t *town) {
		entries := t.filed(2)
		nobody := entries[0]
		nobody.Trace += 1000
		t.hear(bankFile(t.T, company, said{entry: nobody, code: "R01"}, said{entry: entries[0], code: "R01", cents: 1}, said{entry: entries[1], code: "R02"}))
		t.hear(bankFile(t.T, company, said{entry: entries[1], code: "R10"})) // came back before
		want := map[string]clearing.Outcome{" R01": clearing.Unknown, "att_000 R01": clearing.Differs, "att_001 R02": clearing.Applied, "att_001 R10": clearing.Differs}
		if diff := cmp.Diff(want, t.outcomes()); diff != "" {
			t.Error(diff)
		}
		trouble, err := t.Answers(t.Context(), sampletown, true)
		if err != nil || len(trouble) != 3 || len(t.undone) != 1 {
			t.Errorf("trouble %v, undone %v, %v", trouble, t.undone, err)
		}
		if strings.Count(t.log.String(), "alarm=bank_answer") != 3 {
			t.Errorf("the log: %s", t.log.String())
		}
	})
}

// A file that is another town's, or has a part missing, is kept and acted on by
// nobody.
func TestAFileThatIsNotOursIsRefused(t *testing.T) {
	each(t, func(t *town) {
		entries := t.filed(1)
		ours := bankFile(t.T, company, said{entry: entries[0], code: "R01"})
		for name, c := range map[string]struct {
			file []byte
			want error
		}{
			"another company's": {bankFile(t.T, "9999999999", said{entry: entries[0], code: "R01"}), clearing.ErrForeign},
			"cut off":           {ours[:5*95], clearing.ErrNotACH},
			"cut in a line":     {ours[:3*95+40], clearing.ErrNotACH},
			"an entry missing":  {slices.Concat(ours[:2*95], ours[4*95:]), clearing.ErrNotACH},
			"a page":            {[]byte("<html>Sign in</html>"), clearing.ErrNotACH},
			"nothing":           {[]byte("\n\n"), clearing.ErrNotACH},
			"letters of others": {bytes.Replace(ours, []byte("ANA NUNEZ"), []byte("ANA N\xc3\x9aEZ"), 1), clearing.ErrNotACH},
		} {
			_, err := t.Hear(t.Context(), sampletown, c.file)
			if !errors.Is(err, c.want) || strings.Contains(err.Error(), number) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		_, err := t.Hear(t.Context(), "nowhere", ours)
		t.refuses("a town without a bank", err, clearing.ErrNoTerms)
		if len(t.undone) > 0 || t.entry("att_000").State != clearing.Filed {
			t.Errorf("undone %v", t.undone)
		}
		if taken, err := t.Hear(t.Context(), "othertown", ours); err == nil && taken.Applied > 0 {
			t.Errorf("another town applies it: %+v, %v", taken, err)
		}
	})
}

// A correction is in the very next file.
func TestACorrectionIsInTheNextFile(t *testing.T) {
	each(t, func(t *town) {
		entries := t.filed(1)
		taken := t.hear(bankFile(t.T, company, said{entry: entries[0], code: "C07", right: "0110000157445678     37"}))
		if taken.Applied != 1 {
			t.Fatalf("%+v %v", taken, t.outcomes())
		}
		t.accept(order(7, entries[0].Bank))
		t.at(7, 15)
		t.run()
		text := string(t.inFolder()["sampletown-20260107-A.ach"])
		if !strings.Contains(text, "6370110000157445678  ") {
			t.Errorf("the next file:\n%s", text)
		}
		for code, right := range map[string]string{"C01": "12 34 56", "C02": "011000016", "C69": "x"} {
			if taken := t.hear(bankFile(t.T, company, said{entry: entries[0], code: code, right: right})); taken.Applied > 0 && code != "C01" {
				t.Errorf("%s %s: %+v", code, right, taken)
			}
		}
	})
}

// One payment that cannot be undone does not keep the others from it.
func TestOneAnswerDoesNotStopTheOthers(t *testing.T) {
	each(t, func(t *town) {
		entries := t.filed(3)
		t.stubborn = "att_001"
		taken := t.hear(bankFile(t.T, company, said{entry: entries[0], code: "R01"}, said{entry: entries[1], code: "R01"}, said{entry: entries[2], code: "R01"}))
		if taken != (clearing.Taken{Answers: 3, Applied: 2, Trouble: 1}) {
			t.Errorf("%+v", taken)
		}
		if t.entry("att_001").State != clearing.Filed || t.entry("att_002").State != clearing.Returned {
			t.Error("the wrong one was set aside")
		}
	})
}

// Interrupted within a file, it goes on where it was, and nothing twice.
func TestAFileThatWasInterruptedIsFinished(t *testing.T) {
	each(t, func(t *town) {
		entries := t.filed(150)
		var all []said
		for _, e := range entries {
			all = append(all, said{entry: e, code: "R01"})
		}
		t.refuse, t.refuseAfter = errors.New("the disk is full"), 120
		if _, err := t.Hear(t.Context(), sampletown, bankFile(t.T, company, all...)); err == nil {
			t.Fatal("nothing went wrong")
		}
		t.refuse = nil
		t.clk.Advance(3600e9)
		t.must(t.Resume(t.Context()))
		counted := map[string]int{}
		for _, e := range entries {
			if got := t.entry(e.Key); got.State != clearing.Returned {
				t.Errorf("%s is %s", e.Key, got.State)
			}
		}
		answers, err := t.Answers(t.Context(), sampletown, false)
		t.must(err)
		for _, h := range answers {
			counted[h.Entry]++
		}
		if len(answers) != 150 || len(counted) != 150 {
			t.Errorf("%d answers of %d entries", len(answers), len(counted))
		}
		t.must(t.Resume(t.Context()))
	})
}

// For want of money a debit is presented again, twice at the most, and said so.
func TestWantOfMoneyIsPresentedAgain(t *testing.T) {
	each(t, func(t *town) {
		t.terms.Retries = 9 // the network allows two
		e := t.filed(1)[0]
		t.hear(bankFile(t.T, company, said{entry: e, code: "R01"}))
		t.at(8, 15)
		t.run()
		again := t.entry("att_000 again 1")
		text := string(t.inFolder()["sampletown-20260108-A.ach"])
		if again.State != clearing.Filed || again.Kind != clearing.Retry || again.Amount != e.Amount || !strings.Contains(text, "WEBRETRY PYMT") {
			t.Errorf("%+v\n%s", again, text)
		}
		t.hear(bankFile(t.T, company, said{entry: again, code: "R09"}))
		t.at(12, 15)
		t.run()
		third := t.entry("att_000 again 2")
		t.hear(bankFile(t.T, company, said{entry: third, code: "R01"}))
		if _, err := t.Entry(t.Context(), sampletown, "att_000 again 3"); !errors.Is(err, clearing.ErrNoEntry) {
			t.Errorf("a third time again: %v", err)
		}
		if diff := cmp.Diff([]string{"att_000 R01 2026-01-06 2026-01-07"}, t.undone); diff != "" {
			t.Errorf("the payment is undone once: %s", diff)
		}
	})
}

// What was presented again and stayed pays the bill; if it comes back after all,
// it is undone again.
func TestWhatStaysPaysTheBill(t *testing.T) {
	each(t, func(t *town) {
		t.terms.Retries = 1
		e := t.filed(1)[0]
		t.hear(bankFile(t.T, company, said{entry: e, code: "R01"}))
		t.at(8, 15)
		t.run()
		for _, day := range []int{9, 12, 13, 14, 16, 17} {
			t.at(day, 12)
			t.must(t.Tend(t.Context(), sampletown))
		}
		again := t.entry("att_000 again 1")
		if again.State != clearing.Settled {
			t.Errorf("%+v", again)
		}
		t.hear(bankFile(t.T, company, said{entry: again, code: "R10"}))
		if len(t.undone) != 3 || !strings.HasPrefix(t.undone[1], "att_000 right 2026-01-1") || !strings.HasPrefix(t.undone[2], "att_000 R10") {
			t.Errorf("told %v", t.undone)
		}
		if bank, err := t.Banks.Find(t.Context(), sampletown, e.Bank); err != nil || bank.State != instrument.Refused {
			t.Errorf("the bank account is %s, %v", bank.State, err)
		}
	})
}

// What came back as closed is not presented again, and what waits on it is not sent.
func TestAClosedBankAccountIsDrawnFromNoMore(t *testing.T) {
	each(t, func(t *town) {
		t.terms.Retries = 2
		e := t.filed(1)[0]
		t.accept(order(5, e.Bank))
		t.hear(bankFile(t.T, company, said{entry: e, code: "R02"}))
		t.at(7, 15)
		t.run()
		if t.entry("att_005").State != clearing.Cancelled || len(t.undone) != 2 {
			t.Errorf("%+v, told %v", t.entry("att_005"), t.undone)
		}
		_, err := t.Accept(t.Context(), order(6, e.Bank))
		t.refuses("a new one", err, clearing.ErrNotDrawable)
	})
}

func TestRemovedNumbersAreForgottenInTime(t *testing.T) {
	each(t, func(t *town) {
		bank := t.bank(sampletown, 1)
		t.accept(order(1, bank))
		t.must(t.Banks.Remove(t.Context(), sampletown, "login:ana", bank))
		t.must(t.Tend(t.Context(), sampletown))
		t.at(6, 15)
		t.run()
		if t.entry("att_001").State != clearing.Filed {
			t.Error("what waited when its bank account was removed was not sent")
		}
		t.must(t.Tend(t.Context(), sampletown))
		if opened, err := t.Banks.Open(t.Context(), sampletown, []instrument.ID{bank}); err != nil || len(opened) > 0 {
			t.Errorf("the number is there still, %v", err)
		}
	})
}

// Half of what the network tolerates is an alarm; one return of a few is not.
func TestAShareOfReturnsIsAlarmed(t *testing.T) {
	each(t, func(t *town) {
		entries := t.filed(100)
		t.hear(bankFile(t.T, company, said{entry: entries[0], code: "R10"}, said{entry: entries[1], code: "R03"}))
		t.must(t.Tend(t.Context(), sampletown))
		if strings.Contains(t.log.String(), "return_rate") {
			t.Errorf("two of a hundred alarm: %s", t.log.String())
		}
		var more []said
		for _, e := range entries[2:5] {
			more = append(more, said{entry: e, code: "R03"})
		}
		t.at(7, 12) // they have settled
		t.hear(bankFile(t.T, company, more...))
		t.must(t.Tend(t.Context(), sampletown))
		if !strings.Contains(t.log.String(), "level=administrative") || strings.Contains(t.log.String(), "level=unauthorized") || strings.Contains(t.log.String(), "level=overall") {
			t.Errorf("the log: %s", t.log.String())
		}
		rates, err := t.Rates(t.Context(), sampletown)
		t.must(err)
		got := map[string]int64{}
		for _, r := range rates {
			got[r.Level.Name] = r.Hundredths()
		}
		if diff := cmp.Diff(map[string]int64{"unauthorized": 100, "administrative": 400, "overall": 500}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRulesAreDated(t *testing.T) {
	book, err := clearing.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := book.InForce(calendar.MakeDate(2026, 1, 1))
	day := calendar.MakeDate(2026, 1, 7)
	for name, c := range map[string]struct {
		entry  clearing.Entry
		code   string
		on     calendar.Date
		wanted int
		want   bool
	}{
		"the first":        {clearing.Entry{Kind: clearing.Debit, Tries: 1}, "R01", day.AddDays(1), 2, true},
		"the second":       {clearing.Entry{Kind: clearing.Retry, Tries: 2}, "R09", day.AddDays(1), 2, true},
		"the third":        {clearing.Entry{Kind: clearing.Retry, Tries: 3}, "R01", day.AddDays(1), 9, false},
		"not wanted":       {clearing.Entry{Kind: clearing.Debit, Tries: 1}, "R01", day.AddDays(1), 0, false},
		"closed":           {clearing.Entry{Kind: clearing.Debit, Tries: 1}, "R02", day.AddDays(1), 2, false},
		"stopped":          {clearing.Entry{Kind: clearing.Debit, Tries: 1}, "R08", day.AddDays(1), 2, false},
		"on the last day":  {clearing.Entry{Kind: clearing.Debit, Tries: 1}, "R01", day.AddDays(180), 2, true},
		"after it":         {clearing.Entry{Kind: clearing.Debit, Tries: 1}, "R01", day.AddDays(181), 2, false},
		"a prenote":        {clearing.Entry{Kind: clearing.Prenote, Tries: 1}, "R01", day.AddDays(1), 2, false},
		"a code not known": {clearing.Entry{Kind: clearing.Debit, Tries: 1}, "R97", day.AddDays(1), 2, false},
	} {
		if got := r.MayRetry(c.entry, c.code, day, c.on, c.wanted); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if r.SameDayMost != money.Cents(1_000_000_00) || r.Retry.Description != "RETRY PYMT" || !r.Refuses("R07") || r.Refuses("R01") {
		t.Errorf("the rules are %+v", r)
	}
}
