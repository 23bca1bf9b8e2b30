package incident

import (
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
)

// One who works here takes no long list out of the house. Two do, once, and the list
// that they have signed.
func TestALongListLeavesByTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "town")
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		var names []string
		for n := range Bulk + 1 {
			names = append(names, fmt.Sprintf("resident %d", n))
		}
		w.paidBy(names[:Bulk]...)
		w.open("short", september)
		w.freeze("short")
		w.paidBy(names[Bulk])
		w.open("long", september)
		frozen := w.freeze("long")

		var signers []note.Signer
		var public []string
		for _, name := range []string{"ada", "bo"} {
			key, _, err := audit.NewKey(name)
			must(err)
			signers, public = append(signers, key.Signer()), append(public, key.Verifier())
		}
		people, err := approval.MakePeople(public)
		must(err)
		request := func(content string, signatures int) approval.ID {
			t.Helper()
			desk := approval.New(d, people)
			r, err := desk.Write(approval.Draft{City: w.city, Action: HandOutAction, Content: content, By: "ada"})
			must(err)
			text := r.Text()
			for _, key := range signers[:signatures] {
				text, err = approval.Sign(text, key)
				must(err)
			}
			_, err = desk.Take(t.Context(), w.city, text)
			must(err)
			return r.ID
		}
		hands := func(what, name string, by approval.ID, people approval.People, want error, wantPeople int) {
			t.Helper()
			count := 0
			err := w.desk.HandOut(t.Context(), w.city, name, 0, Handing{"list.csv", "operator:eve", people, by}, func(Person) error { count++; return nil })
			if !errors.Is(err, want) || count != wantPeople {
				t.Errorf("%s: %d people, %v, want %d, %v", what, count, err, wantPeople, want)
			}
		}
		words := frozen.HandOutWords(w.city, "long")
		hands("a short list", "short", approval.ID{}, people, nil, Bulk)
		hands("a long one, alone", "long", approval.ID{}, people, ErrBulk, 0)
		hands("signed by one", "long", request(words, 1), people, approval.ErrNotApproved, 0)
		hands("another list", "long", request(w.revision("short").HandOutWords(w.city, "short"), 2), people, approval.ErrOtherContent, 0)
		hands("where nobody is named", "long", request(words, 2), approval.People{}, approval.ErrTooSoon, 0)
		both := request(words, 2)
		hands("signed by two", "long", both, people, nil, Bulk+1)
		hands("once more", "long", both, people, approval.ErrDone, 0)
	})
}

func (w *town) revision(name string) Revision {
	w.t.Helper()
	r, err := w.desk.Listed(w.t.Context(), w.city, name, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}
