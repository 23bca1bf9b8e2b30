package routing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/routing"

	"pgregory.net/rapid"
)

func TestNumbersHaveTheirCheckDigit(t *testing.T) {
	for text, want := range map[string]bool{
		"021000021": true, "0210 0002 1": true, "0210-00021": true, "111000025": true,
		"021000022": false, "02100002": false, "0210000211": false, "000000000": false, "02100002a": false, "": false,
	} {
		n, err := routing.Parse(text)
		if (err == nil) != want || (err != nil && !errors.Is(err, routing.ErrNotANumber)) {
			t.Errorf("%q: %q, %v", text, n, err)
		}
	}
}

// One digit typed wrongly is always found: each weight is prime to ten.
func TestOneWrongDigitIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := []byte("021000021")
		at := rapid.IntRange(0, 8).Draw(t, "at")
		digits[at] = byte('0' + (int(digits[at]-'0')+rapid.IntRange(1, 9).Draw(t, "off"))%10)
		if routing.Number(digits).Valid() {
			t.Fatalf("%s is believed", digits)
		}
	})
}

// line writes a record as the Federal Reserve Banks do.
func line(number, sendsTo, bank string) string {
	kind := "1"
	if sendsTo == "" {
		sendsTo = "000000000"
	} else {
		kind = "2"
	}
	return fmt.Sprintf("%sO011000015%s122415%s%-36s%-36s%-20sTX787010000512555010011     \r\n", number, kind, sendsTo, bank, "1 MAIN ST", "AUSTIN")
}

const first, second, third, fourth = "021000021", "111000025", "011000015", "011000028"

func bring(t *testing.T, d *routing.Directory, file string) routing.Imported {
	t.Helper()
	done, err := d.Import(t.Context(), strings.NewReader(file), false, "operator:ana")
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestADirectoryLeadsToTheBankOfToday(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, kept *db.DB, clk *clock.Manual) {
		d := routing.New(kept)
		if bank, err := d.Find(t.Context(), first); err != nil || bank.Name != "" {
			t.Errorf("without a directory: %v, %v", bank, err)
		}
		done := bring(t, d, line(first, second, "OLD BANK")+line(second, third, "MIDDLE BANK")+line(third, "", "NEW BANK"))
		if done.Numbers != 3 || done.New != 3 || done.Replaced != 2 {
			t.Errorf("imported %+v", done)
		}
		bank, err := d.Find(t.Context(), first)
		if err != nil || bank != (routing.Bank{Number: third, Typed: first, Name: "NEW BANK", Place: "AUSTIN, TX"}) || !bank.Replaced() {
			t.Errorf("found %+v, %v", bank, err)
		}
		if _, err := d.Find(t.Context(), fourth); !errors.Is(err, routing.ErrUnknown) {
			t.Errorf("a number that is not listed: %v", err)
		}
		clk.Advance(time.Hour)
		done = bring(t, d, line(second, "", "MIDDLE BANK")+line(third, "", "NEW BANK")+line(fourth, "", "FOURTH"))
		if done.New != 1 || done.Unlisted != 1 {
			t.Errorf("the second directory: %+v", done)
		}
		if _, err := d.Find(t.Context(), first); !errors.Is(err, routing.ErrUnknown) {
			t.Errorf("a number that is listed no more: %v", err)
		}
	})
}

// Two banks that lead to each other are nobody's, and nobody waits for ever.
func TestACircleIsNobodys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, kept *db.DB) {
		d := routing.New(kept)
		bring(t, d, line(first, second, "A")+line(second, first, "B"))
		if _, err := d.Find(t.Context(), first); !errors.Is(err, routing.ErrUnknown) {
			t.Errorf("found: %v", err)
		}
	})
}

func TestTheSameDirectoryAgainChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, kept *db.DB) {
		d := routing.New(kept)
		file := line(first, "", "A")
		bring(t, d, file)
		if done := bring(t, d, file); !done.Again {
			t.Errorf("again: %+v", done)
		}
	})
}

// A file that is no directory, or a part of one, leaves the one that is there.
func TestHalfADirectoryChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, kept *db.DB) {
		d := routing.New(kept)
		whole := line(first, "", "A") + line(second, "", "B") + line(third, "", "C")
		bring(t, d, whole)
		for name, c := range map[string]struct {
			file string
			want error
		}{
			"empty":              {"", routing.ErrNotADirectory},
			"a page":             {"<html>Sign in</html>", routing.ErrNotADirectory},
			"cut within a line":  {whole[:len(whole)-80], routing.ErrNotADirectory},
			"cut between lines":  {line(first, "", "A"), routing.ErrCutOff},
			"a wrong number":     {strings.Replace(whole, first, "021000022", 1), routing.ErrNotADirectory},
			"replaced by nobody": {line(first, "021000022", "A"), routing.ErrNotADirectory},
			"one endless line":   {strings.Repeat("0", 4000), routing.ErrNotADirectory},
			"other letters":      {strings.Replace(whole, "AUSTIN ", "AUSTÍN", 1), routing.ErrNotADirectory},
			"an unknown kind":    {strings.Replace(whole, "0110000151", "0110000157", 1), routing.ErrNotADirectory},
		} {
			if _, err := d.Import(t.Context(), strings.NewReader(c.file), false, "operator:ana"); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if bank, err := d.Find(t.Context(), second); err != nil || bank.Name != "B" {
			t.Errorf("afterwards: %v, %v", bank, err)
		}
		if _, err := d.Import(context.Background(), strings.NewReader(line(first, "", "A")), true, "operator:ana"); err != nil {
			t.Errorf("meant as it is: %v", err)
		}
	})
}

// The directory as it is published; not part of the project, so it is read where
// somebody has laid it down.
func TestThePublishedDirectory(t *testing.T) {
	file, err := os.ReadFile(os.Getenv("CLEARWELL_FEDACH"))
	if err != nil {
		t.Skip("CLEARWELL_FEDACH names no FedACH directory")
	}
	count, moved := 0, 0
	err = routing.Read(bytes.NewReader(file), func(l routing.Listing) error {
		count++
		if l.SendsTo != l.Number {
			moved++
		}
		return nil
	})
	if err != nil || count < 10_000 || moved == 0 {
		t.Errorf("%d numbers, %d moved, %v", count, moved, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(line(first, second, "OLD BANK")))
	f.Add([]byte(line(first, "", "A") + "x"))
	f.Add([]byte("\r\n\x1a"))
	f.Fuzz(func(t *testing.T, file []byte) {
		err := routing.Read(bytes.NewReader(file), func(l routing.Listing) error {
			if !l.Number.Valid() || !l.SendsTo.Valid() {
				t.Errorf("took %+v", l)
			}
			return nil
		})
		if err != nil && !errors.Is(err, routing.ErrNotADirectory) {
			t.Errorf("refused as %v", err)
		}
	})
}
