package cis_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/calendar"
	"clearwell/internal/cis"
	"clearwell/internal/cis/layout"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/money"
)

// taken is a till of payments by business date.
type taken map[calendar.Date][]cis.Posting

// ApprovedOn gives a date's payments, the last first: their order means nothing.
func (p taken) ApprovedOn(_ context.Context, _ id.City, date calendar.Date) ([]cis.Posting, error) {
	backwards := slices.Clone(p[date])
	slices.Reverse(backwards)
	return backwards, nil
}

func monday() calendar.Date { return calendar.MakeDate(2026, 11, 23) }

func paid(confirmation string, minute int, cents int64) cis.Posting {
	return cis.Posting{
		Confirmation: confirmation, Kind: cis.Payment, Number: "000010001", Bill: "B1", Service: "water",
		Amount: money.Cents(cents), PaidAt: time.Date(2026, 11, 23, 15, minute, 7, 0, time.UTC), Tender: "card", Channel: "web",
	}
}

func reversed(confirmation string, minute int, cents int64) cis.Posting {
	p := paid(confirmation, minute, -cents)
	p.Kind = cis.Reversal
	return p
}

func day(t *testing.T, name string) cis.ExportRequest {
	t.Helper()
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	return cis.ExportRequest{
		City: town, On: monday(), Ends: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC), Layout: shipped(t, name), Zone: zone, AcknowledgeWithin: 26 * time.Hour, Actor: "system",
	}
}

func export(t *testing.T, s *cis.Service, r cis.ExportRequest) (cis.Batch, string) {
	t.Helper()
	var file strings.Builder
	batch, err := s.Export(t.Context(), r, &file)
	if err != nil {
		t.Fatal(err)
	}
	return batch, file.String()
}

func TestExport(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		till := taken{monday(): {paid("CW-1", 1, 6125), paid("CW-2", 2, 500), reversed("CW-3", 3, 500)}}
		s := cis.New(d, till)
		bring(t, s, request(t, "clearwell", november))
		var story strings.Builder
		first, file := export(t, s, day(t, "clearwell-posting"))
		story.WriteString("== the day's file\n" + file)
		if first.Sequence != 1 || first.Lines != 3 || first.Total != money.Cents(6125) {
			t.Errorf("batch = %+v", first)
		}
		clk.Advance(time.Hour)
		if again, same := export(t, s, day(t, "clearwell-posting")); same != file || again.Sequence != 1 || again.Digest != first.Digest {
			t.Errorf("the same day again is another file:\n%s", same)
		}
		till[monday()] = append(till[monday()], paid("CW-4", 0, 100))
		late, supplement := export(t, s, day(t, "clearwell-posting"))
		story.WriteString("== a payment came late\n" + supplement)
		if late.Sequence != 2 || late.Lines != 1 {
			t.Errorf("batch = %+v", late)
		}
		golden(t, "export.golden", story.String())
		var old strings.Builder
		if _, err := s.Rewrite(t.Context(), town, monday(), 1, day(t, "clearwell-posting").Layout, &old); err != nil || old.String() != file {
			t.Errorf("the first file written again is\n%s%v", old.String(), err)
		}
	})
}

func TestExportInFixedWidth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := cis.New(d, taken{monday(): {paid("CW-1", 1, 6125), reversed("CW-3", 3, 6125)}})
		_, file := export(t, s, day(t, "fixed-posting"))
		golden(t, "fixed.golden", file)
	})
}

func TestADayWithoutPaymentsIsAFileToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		batch, file := export(t, cis.New(d, taken{}), day(t, "clearwell-posting"))
		if batch.Sequence != 1 || !strings.HasSuffix(file, "TRAILER,0,0.00\r\n") {
			t.Errorf("batch %+v:\n%s", batch, file)
		}
	})
}

func TestAPaymentIsPostedInOneFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		till := taken{monday(): {paid("CW-1", 1, 6125)}, monday().AddDays(1): {paid("CW-1", 1, 6125), paid("CW-2", 1, 100)}}
		s := cis.New(d, till)
		export(t, s, day(t, "clearwell-posting"))
		r := day(t, "clearwell-posting")
		r.On, r.Ends = monday().AddDays(1), dbtest.Began
		if batch, file := export(t, s, r); batch.Lines != 1 || strings.Contains(file, "CW-1") {
			t.Errorf("a payment counted on two days stands in two files:\n%s", file)
		}
	})
}

func TestAPaymentThatChangedIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		till := taken{monday(): {paid("CW-1", 1, 6125)}}
		s := cis.New(d, till)
		export(t, s, day(t, "clearwell-posting"))
		till[monday()] = []cis.Posting{paid("CW-1", 1, 6126)}
		var file strings.Builder
		_, err := s.Export(t.Context(), day(t, "clearwell-posting"), &file)
		if !errors.Is(err, cis.ErrPostingDiffers) || file.Len() > 0 {
			t.Errorf("Export = %v, and wrote %d bytes", err, file.Len())
		}
	})
}

// After a town had changed its layout no older file could be made again.
func TestAFileKeepsItsOwnLayout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := cis.New(d, taken{monday(): {paid("CW-1", 1, 6125)}})
		_, first := export(t, s, day(t, "clearwell-posting"))
		var file strings.Builder
		_, err := s.Rewrite(t.Context(), town, monday(), 1, shipped(t, "fixed-posting"), &file)
		if err != nil || file.String() != first {
			t.Errorf("Rewrite = %v, and wrote\n%s", err, file.String())
		}
	})
}

func TestNothingIsSentOfAFileThatCannotBeWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bad := paid("CW-1", 1, 6125)
		bad.Confirmation = strings.Repeat("9", 41) // longer than the layout allows
		s := cis.New(d, taken{monday(): {bad}})
		var file strings.Builder
		_, err := s.Export(t.Context(), day(t, "clearwell-posting"), &file)
		if err == nil || file.Len() > 0 {
			t.Errorf("Export = %v, and wrote\n%s", err, file.String())
		}
		if got := rows(t, d, "posting_batches") + rows(t, d, "posting_lines"); got != 0 {
			t.Errorf("it left %d rows", got)
		}
	})
}

func TestOverdue(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := cis.New(d, taken{monday(): {paid("CW-1", 1, 6125)}})
		batch, _ := export(t, s, day(t, "clearwell-posting"))
		late := func(now time.Time) int {
			found, err := s.Overdue(t.Context(), town, now)
			if err != nil {
				t.Fatal(err)
			}
			return len(found)
		}
		due := batch.AcknowledgeDue
		if late(due.Add(-time.Microsecond)) != 0 || late(due) != 1 {
			t.Errorf("a file due at %s is not overdue from then on", due)
		}
		clk.Advance(time.Hour)
		for range 2 {
			if _, err := answer(t, d, cis.Acknowledgement{On: monday(), Sequence: 1, By: "operator:ana"}); err != nil {
				t.Fatal(err)
			}
		}
		if late(due) != 0 {
			t.Error("an acknowledged file is overdue")
		}
		if got := rows(t, d, "audit_unsealed"); got != 2 {
			t.Errorf("%d audit events of one file acknowledged twice", got)
		}
		if _, err := answer(t, d, cis.Acknowledgement{On: monday(), Sequence: 2, By: "operator:ana"}); !errors.Is(err, cis.ErrNoBatch) {
			t.Errorf("acknowledging a file that was never made: %v", err)
		}
		if found, err := s.Overdue(t.Context(), "othertown", due); err != nil || len(found) != 0 {
			t.Errorf("another town sees %+v, %v", found, err)
		}
	})
}

func TestExportRefusesALayoutOfBills(t *testing.T) {
	_, err := cis.New(nil, taken{}).Export(t.Context(), day(t, "sip"), nil)
	if !errors.Is(err, cis.ErrWrongDirection) {
		t.Errorf("Export = %v", err)
	}
}

// A posting file can be read by its own layout, which is what the billing
// system does.
func TestExportedFilesCanBeRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := cis.New(d, taken{monday(): {paid("CW-1", 1, 6125), reversed("CW-3", 3, 500)}})
		_, file := export(t, s, day(t, "clearwell-posting"))
		examined, err := layout.Examine(shipped(t, "clearwell-posting"), strings.NewReader(file), nil)
		if err != nil || examined.Rows != 2 || examined.Control.Total != money.Cents(5625) {
			t.Errorf("Examine = %+v, %v", examined, err)
		}
	})
}

// The file of a day that is not over was called the day's, and what came later
// that day was a surprise.
func TestADayThatIsNotOverIsNotExported(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := cis.New(d, taken{monday(): {paid("CW-1", 1, 6125)}})
		for _, ends := range []time.Time{{}, clk.Now().Add(time.Hour)} {
			r := day(t, "clearwell-posting")
			r.On, r.Ends = monday().AddDays(1), ends // without a cut-off, until midnight
			var file strings.Builder
			_, err := s.Export(t.Context(), r, &file)
			if !errors.Is(err, cis.ErrDayNotOver) || !strings.Contains(err.Error(), "2026-11-2") || file.Len() > 0 {
				t.Errorf("a day that ends at %s: %v", ends, err)
			}
		}
		if got := rows(t, d, "posting_batches"); got != 0 {
			t.Errorf("%d files were made", got)
		}
		r := day(t, "clearwell-posting")
		r.On, r.Ends = monday().AddDays(1), clk.Now()
		export(t, s, r)
	})
}

// Of three payments the billing system takes two: the third is work for somebody
// until it is settled, and none is sent twice.
func TestAFileIsTakenInPart(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := cis.New(d, taken{monday(): {paid("CW-1", 1, 6125), paid("CW-2", 2, 500), paid("CW-3", 3, 100)}})
		export(t, s, day(t, "clearwell-posting"))
		clk.Advance(time.Hour)
		if _, err := answer(t, d, cis.Acknowledgement{On: monday(), Sequence: 1, Except: []string{"CW-9"}}); !errors.Is(err, cis.ErrNoLine) {
			t.Errorf("all but one that is not in it: %v", err)
		}
		a, err := answer(t, d, cis.Acknowledgement{On: monday(), Sequence: 1, Except: []string{"CW-2"}, By: "operator:ana"})
		if err != nil || !slices.Equal(a.Taken, []string{"CW-1", "CW-3"}) || !slices.Equal(a.Refused, []string{"CW-2"}) {
			t.Fatalf("answer %+v, %v", a, err)
		}
		waiting := func() int {
			refused, err := s.Refused(t.Context(), town)
			if err != nil {
				t.Fatal(err)
			}
			return len(refused)
		}
		if waiting() != 1 {
			t.Errorf("%d refused payments wait", waiting())
		}
		settle := func(confirmation string) error {
			return d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
				return cis.SettleTx(tx, []string{confirmation}, tx.Now(), "operator:ana")
			})
		}
		if err := settle("CW-1"); !errors.Is(err, cis.ErrNoLine) {
			t.Errorf("settling what was taken: %v", err)
		}
		if err := settle("CW-2"); err != nil || waiting() != 0 {
			t.Errorf("settling: %v, %d wait", err, waiting())
		}
		missing, err := s.NotSent(t.Context(), town, []string{"CW-1", "CW-2", "CW-4"})
		if err != nil || !slices.Equal(missing, []string{"CW-4"}) {
			t.Errorf("not sent are %v, %v", missing, err)
		}
	})
}

// The column for the bill was empty in every row.
func TestAPostingNamesTheBillThatStood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bare := paid("CW-1", 1, 6125)
		bare.Bill = ""
		s := cis.New(d, taken{monday(): {bare}})
		bring(t, s, request(t, "clearwell", november))
		bring(t, s, request(t, "clearwell", december)) // dated after the payment
		if _, file := export(t, s, day(t, "clearwell-posting")); !strings.Contains(file, ",B1,") {
			t.Errorf("the file is\n%s", file)
		}
	})
}
