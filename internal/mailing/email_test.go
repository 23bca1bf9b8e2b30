package mailing

import (
	"context"
	"errors"
	"strings"
	"testing"

	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/law"
)

// mails are the e-mails that wait, by whom they are for.
func (w *town) mails() map[string]string {
	w.Helper()
	all := map[string]string{}
	w.must(w.DB.Read(w.Context(), w.city, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, "select recipient, content from outbox_messages where city_id = $1 and kind = 'breach_notice'", string(w.city))
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var to, content string
			err := scan(&to, &content)
			all[to] = content
			return err
		})
	}))
	return all
}

// An e-mail goes beside a letter and never before one, once for each person and
// text, with what the law of the person's state lets a letter say.
func TestAnEMailGoesBesideTheLetterOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		book, err := law.Load()
		w.must(err)
		w.paid(elm, "Ann", "Bo")
		w.paid("7 Oak Street, Boston, MA 02139", "Cy")
		w.freeze()
		if plan, err := w.PlanEmail(t.Context(), w.city, order(), book); err != nil || plan.NoLetter != 3 || plan.Fresh() != 0 {
			t.Errorf("before the letters: %+v, %v", plan, err)
		}
		if _, err := w.Email(t.Context(), w.city, order(), book, nil, "staff:ann"); !errors.Is(err, ErrNobody) {
			t.Errorf("before the letters: %v", err)
		}
		w.write(order())
		wrong := 2
		if _, err := w.Email(t.Context(), w.city, order(), book, &wrong, "staff:ann"); !errors.Is(err, ErrOvertaken) || len(w.mails()) > 0 {
			t.Errorf("another count than agreed to: %v", err)
		}
		if told, err := w.Email(t.Context(), w.city, order(), book, nil, "staff:ann"); err != nil || told != 3 {
			t.Fatal(told, err)
		}
		if _, err := w.Email(t.Context(), w.city, order(), book, nil, "staff:ann"); !errors.Is(err, ErrNobody) || len(w.mails()) != 3 {
			t.Errorf("twice: %v, %d mails", err, len(w.mails()))
		}
		mails := w.mails()
		const nature = "What happened"
		story := func(to string) string {
			_, after, _ := strings.Cut(strings.ToLower(mails[to]), strings.ToLower(nature))
			return after[:min(300, len(after))]
		}
		if mails["Ann@example.org"] == "" || story("Ann@example.org") == "" || story("Ann@example.org") != story("Bo@example.org") || story("Ann@example.org") == story("Cy@example.org") {
			t.Errorf("Massachusetts reads what Texas does: %v", mails)
		}
		if plan, err := w.PlanEmail(t.Context(), w.city, order(), &law.Book{}); err != nil || plan.Had != 3 {
			t.Errorf("%+v, %v", plan, err)
		}
	})
}

// Where the law on file does not allow it, or nothing is on file, nobody is
// written to.
func TestWithoutLawNobodyIsWrittenTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		w.paid(elm, "Ann")
		w.freeze()
		w.write(order())
		if plan, err := w.PlanEmail(t.Context(), w.city, order(), &law.Book{}); err != nil || plan.Forbidden != 1 {
			t.Errorf("%+v, %v", plan, err)
		}
		if _, err := w.Email(t.Context(), w.city, order(), &law.Book{}, nil, "staff:ann"); !errors.Is(err, ErrNobody) || len(w.mails()) > 0 {
			t.Errorf("%v, %v", err, w.mails())
		}
	})
}
