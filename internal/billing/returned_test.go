package billing_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/policy"
)

func slip(number billing.Number, reference string, on calendar.Date) billing.Returned {
	return billing.Returned{Number: number, Reference: reference, Return: policy.Return{On: on, Tender: policy.PaperCheck, Code: "NSF"}}
}

func TestStaffNoteReturnsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		load(t, d, town, "1", dbtest.Began, bill(1, "1", november(1), 6125), bill(2, "2", november(1), 6125))
		s := billing.New(d)
		all := []billing.Returned{slip("1", "slip 7", november(5)), slip("1", "", november(6)), slip("2", "slip 7", november(5))}
		for round, want := range []int{3, 0} {
			got, err := s.NoteReturns(t.Context(), town, november(6), all, "operator:ana")
			if err != nil || got != want {
				t.Errorf("round %d: %d are new, want %d: %v", round, got, want, err)
			}
		}
		all[1].Reference = "2026-11-06 check NSF"
		for n, want := range map[billing.Number][]billing.Returned{"": all, "1": all[:2], "2": all[2:], "3": nil} {
			got, err := s.Returns(t.Context(), town, n)
			if diff := cmp.Diff(want, got, exact); diff != "" || err != nil {
				t.Errorf("returns of %q (-want +got): %v\n%s", n, err, diff)
			}
		}
		if !statement(t, d, "1").Returned {
			t.Error("the statement does not tell of the return")
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			var events int
			err := tx.QueryRow(ctx, "select count(*) from audit_unsealed where city_id = $1 and action = 'billing.return' and actor = 'operator:ana'", town).Scan(&events)
			if events != 3 {
				t.Errorf("%d returns are in the audit log, want 3", events)
			}
			return err
		})
	})
}

func TestReturnsAreNotedAllOrNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		load(t, d, town, "1", dbtest.Began, bill(1, "1", november(1), 6125))
		s := billing.New(d)
		good := slip("1", "slip 7", november(5))
		changed := func(change func(*billing.Returned)) billing.Returned {
			r := slip("1", "slip 8", november(5))
			change(&r)
			return r
		}
		for name, c := range map[string]struct {
			bad  billing.Returned
			want error
		}{
			"of nobody":              {slip("9", "slip 8", november(5)), billing.ErrNoUtilityAccount},
			"tomorrow's":             {slip("1", "slip 8", november(7)), billing.ErrReturnAhead},
			"no day":                 {slip("1", "slip 8", calendar.Date{}), billing.ErrReturnAhead},
			"another under its name": {slip("1", "slip 7", november(6)), billing.ErrReturnDiffers},
			"cash":                   {changed(func(r *billing.Returned) { r.Tender = policy.Cash }), billing.ErrReturnTender},
			"no code":                {changed(func(r *billing.Returned) { r.Code = "" }), billing.ErrReturnText},
			"a long code":            {changed(func(r *billing.Returned) { r.Code = strings.Repeat("N", 61) }), billing.ErrReturnText},
			"a code of two lines":    {changed(func(r *billing.Returned) { r.Code = "N\nSF" }), billing.ErrReturnText},
			"a card":                 {changed(func(r *billing.Returned) { r.Reference = "4111 1111 1111 1111" }), billing.ErrReturnText},
		} {
			if _, err := s.NoteReturns(t.Context(), town, november(6), []billing.Returned{good, c.bad}, "operator:ana"); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			if got, err := s.Returns(t.Context(), town, ""); len(got) > 0 || err != nil {
				t.Errorf("%s: %d returns are noted: %v", name, len(got), err)
			}
		}
	})
}
