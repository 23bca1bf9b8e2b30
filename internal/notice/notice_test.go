package notice

import (
	"context"
	"errors"
	"testing"
	"time"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/exposure"
	"clearwell/internal/incident"
	"clearwell/internal/law"
	"clearwell/internal/letter"
	"clearwell/internal/locale"
)

const town = "town"

func service(t *testing.T, d *db.DB, clk clock.Clock) *Service {
	t.Helper()
	book, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return New(d, clk, letter.NewWriter(book, words))
}

func facts() letter.Notice {
	day := calendar.MakeDate(2019, 12, 13)
	return letter.Notice{
		Town: "City of Odessa", Office: "Utility Billing", Address: []string{"411 W. 8th Street", "Odessa, TX 79761"},
		Phone: "1-800-555-0134", Site: "pay.odessa.example/notice", Hours: "8 a.m. – 8 p.m.", Entity: law.LocalGovernment, State: "TX",
		On: day, Discovered: day, Windows: []letter.Window{{From: day, To: day}}, Seen: letter.SeenCard, Ways: []string{"one_time_web"},
	}
}

// paid writes that somebody paid for a utility account on the web, and gave a name.
func paid(t *testing.T, d *db.DB, number, name string) {
	t.Helper()
	err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
		occasion := exposure.ShownTx(tx, exposure.Occasion{
			On: calendar.MakeDate(2019, 9, 3), CapturePath: exposure.WebFrame, Flow: exposure.OneTime, Instrument: exposure.Card,
			Channel: "web", Service: "water", UtilityAccount: number,
		})
		exposure.ResultTx(tx, exposure.Result{Occasion: occasion, Attempt: "att_" + number, Outcome: exposure.Approved, Entry: "typed", Payer: exposure.Payer{Name: name}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func freeze(t *testing.T, d *db.DB) {
	t.Helper()
	desk := incident.New(d)
	if err := desk.Open(t.Context(), town, "portal", "", incident.Scope{}, "staff:ann"); err != nil {
		if _, err := desk.Rescope(t.Context(), town, "portal", incident.Scope{}, "", "staff:ann"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := desk.Freeze(t.Context(), town, "portal", 0, nil, "staff:ann"); err != nil {
		t.Fatal(err)
	}
}

func affected(t *testing.T, s *Service, number billing.Number) Answer {
	t.Helper()
	answer, err := s.Affected(t.Context(), town, number)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// Residents hear of a list when it is published, until it is withdrawn, and of
// the list that was published.
func TestAnswersAreOfWhatIsPublished(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := service(t, d, clk)
		paid(t, d, "1", "")
		paid(t, d, "2", "Ann")
		if _, err := s.Publish(t.Context(), town, "portal", facts(), "staff:ann"); !errors.Is(err, incident.ErrUnknown) {
			t.Errorf("publishing nothing: %v", err)
		}
		freeze(t, d)
		if _, err := s.Affected(t.Context(), town, "1"); !errors.Is(err, ErrNotPublished) {
			t.Errorf("before it is published: %v", err)
		}
		n, err := s.Publish(t.Context(), town, "portal", facts(), "staff:ann")
		if err != nil || n.Number != 1 || n.Revision != 1 {
			t.Fatalf("published as %+v, %v", n, err)
		}
		if one, two, three := affected(t, s, "1"), affected(t, s, "2"), affected(t, s, "3"); one != (Answer{Holders: 1}) || two != (Answer{Payers: 1}) || three.Listed() {
			t.Errorf("answers are %+v, %+v and %+v", one, two, three)
		}
		paid(t, d, "3", "Bo")
		freeze(t, d)
		if affected(t, s, "3").Listed() {
			t.Error("a list that was not published answers")
		}
		if n, err = s.Publish(t.Context(), town, "portal", facts(), "staff:ann"); err != nil || n.Number != 2 || !affected(t, s, "3").Listed() {
			t.Errorf("published again as %+v, %v", n, err)
		}
		if _, err := s.Withdraw(t.Context(), town, "staff:ann"); err != nil {
			t.Error(err)
		}
		if _, err := s.Affected(t.Context(), town, "1"); !errors.Is(err, ErrNotPublished) {
			t.Errorf("after it was withdrawn: %v", err)
		}
		if _, err := s.Withdraw(t.Context(), town, "staff:ann"); !errors.Is(err, ErrNotPublished) {
			t.Errorf("withdrawn again: %v", err)
		}
	})
}

// What another process publishes or withdraws is on the pages within seconds.
func TestPagesFollowWithinSeconds(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		serving, command := service(t, d, clk), service(t, d, clk)
		paid(t, d, "1", "")
		freeze(t, d)
		if _, err := serving.Current(t.Context(), town); !errors.Is(err, ErrNotPublished) {
			t.Errorf("before: %v", err)
		}
		if _, err := command.Publish(t.Context(), town, "portal", facts(), "staff:ann"); err != nil {
			t.Fatal(err)
		}
		clk.Advance(fresh + time.Millisecond)
		if n, err := serving.Current(t.Context(), town); err != nil || n.Facts.Phone != facts().Phone {
			t.Errorf("seconds later: %+v, %v", n, err)
		}
		if _, err := command.Withdraw(t.Context(), town, "staff:ann"); err != nil {
			t.Fatal(err)
		}
		clk.Advance(fresh + time.Millisecond)
		if _, err := serving.Current(t.Context(), town); !errors.Is(err, ErrNotPublished) {
			t.Errorf("and withdrawn: %v", err)
		}
	})
}

// A notice with holes is not published.
func TestHolesAreNotPublished(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := service(t, d, clk)
		paid(t, d, "1", "")
		freeze(t, d)
		without := facts()
		without.Phone = ""
		if _, err := s.Publish(t.Context(), town, "portal", without, "staff:ann"); !errors.Is(err, letter.ErrNotice) {
			t.Errorf("without a telephone: %v", err)
		}
	})
}
