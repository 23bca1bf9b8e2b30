package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/inbox"
)

const town id.City = "sampletown"

const card = "4111 1111 1111 1111"

func notice(external, body string) inbox.Message {
	return inbox.Message{Source: "processor:sandbox", ExternalID: external, Body: []byte(body)}
}

func keep(t *testing.T, s *inbox.Service, city id.City, m inbox.Message) (inbox.ID, bool) {
	t.Helper()
	kept, fresh, err := s.Keep(t.Context(), city, m)
	if err != nil {
		t.Fatal(err)
	}
	return kept, fresh
}

func pending(t *testing.T, s *inbox.Service) []inbox.Kept {
	t.Helper()
	waiting, err := s.Pending(t.Context(), "processor:sandbox", 100)
	if err != nil {
		t.Fatal(err)
	}
	return waiting
}

func TestMessagesAreKeptVerbatim(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := inbox.New(d)
		body := []byte("{\"a\": 1}\r\n\x00\xff")
		sent := dbtest.Began.Add(-time.Hour)
		kept, fresh := keep(t, s, town, inbox.Message{
			Source: "processor:sandbox", ExternalID: "evt_1", Body: body, ReceivedAt: sent,
			Headers: http.Header{
				"Webhook-Signature": {"v1,abc"}, "content-type": {"application/json"},
				"Authorization": {"Bearer s3cret"}, "Cookie": {"a=b"}, "X-Api-Key": {"s3cret"}, "X-Auth-Token": {"s3cret"},
			},
		})
		if !fresh {
			t.Error("a new message is not fresh")
		}
		want := []inbox.Kept{{ID: kept, City: town, Message: inbox.Message{
			Source: "processor:sandbox", ExternalID: "evt_1", Body: body, ReceivedAt: sent,
			Headers: http.Header{"Webhook-Signature": {"v1,abc"}, "Content-Type": {"application/json"}},
		}}}
		if diff := cmp.Diff(want, pending(t, s), cmp.Comparer(func(a, b inbox.ID) bool { return a == b })); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMessagesAreKeptOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := inbox.New(d)
		first, _ := keep(t, s, town, notice("evt_1", "one"))
		nameless, _ := keep(t, s, town, notice("", "one"))
		for _, again := range []struct {
			message inbox.Message
			want    inbox.ID
		}{
			{notice("evt_1", "one"), first},
			{notice("evt_1", "another body"), first},
			{notice("", "one"), nameless},
		} {
			if got, fresh := keep(t, s, town, again.message); fresh || got != again.want {
				t.Errorf("kept again as %v, fresh %v, want %v", got, fresh, again.want)
			}
		}
		for _, kept := range pending(t, s) {
			if want := map[inbox.ID]string{first: "evt_1"}[kept.ID]; kept.ExternalID != want {
				t.Errorf("identifier of %s is %q", kept.ID, kept.ExternalID)
			}
		}
		digest := "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed" // of "one"
		for _, other := range []inbox.Message{
			notice("evt_2", "one"), notice("", "two"), notice(digest, "planted"), notice("", ""), notice("evt\x00\xff", ""),
			{Source: "processor:other", ExternalID: "evt_1"},
		} {
			if _, fresh := keep(t, s, town, other); !fresh {
				t.Errorf("%s %q is taken for another", other.Source, other.ExternalID)
			}
		}
		if _, fresh := keep(t, s, "othertown", notice("evt_1", "one")); !fresh {
			t.Error("another town's message is taken for ours")
		}
	})
}

func TestMessagesArrivingTogetherAreKeptOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := inbox.New(d)
		var all sync.WaitGroup
		news := make(chan bool, 8)
		for range cap(news) {
			all.Go(func() {
				_, fresh, err := s.Keep(t.Context(), town, notice("evt_1", "one"))
				if err != nil {
					t.Error(err)
				}
				news <- fresh
			})
		}
		all.Wait()
		close(news)
		count := 0
		for fresh := range news {
			if fresh {
				count++
			}
		}
		if count != 1 || len(pending(t, s)) != 1 {
			t.Errorf("%d were fresh, %d wait", count, len(pending(t, s)))
		}
	})
}

func TestMessagesWithCardsAreKeptNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := inbox.New(d)
		for name, m := range map[string]inbox.Message{
			"body":        notice("evt_1", `{"pan":"`+card+`"}`),
			"header":      {Source: "a", Headers: http.Header{"X-Pan": {card}}},
			"identifier":  notice(card, "fine"),
			"base64 body": notice("evt_2", `{"data":"NDExMTExMTExMTExMTExMQ=="}`),
		} {
			if _, _, err := s.Keep(t.Context(), town, m); !errors.Is(err, inbox.ErrCard) {
				t.Errorf("%s: error is %v", name, err)
			} else if strings.Contains(err.Error(), "4111") {
				t.Errorf("%s: the error repeats the number", name)
			}
		}
		if waiting := pending(t, s); len(waiting) > 0 {
			t.Errorf("%d were kept", len(waiting))
		}
	})
}

func TestWhatIsNoMessageIsRefused(t *testing.T) {
	s := inbox.New(nil) // refused before any transaction
	for _, c := range []struct {
		message inbox.Message
		want    error
	}{
		{inbox.Message{}, inbox.ErrNoSource},
		{notice("evt_1", string(bytes.Repeat([]byte{'x'}, inbox.MaxBodyBytes+1))), inbox.ErrTooLarge},
	} {
		if _, _, err := s.Keep(t.Context(), town, c.message); !errors.Is(err, c.want) {
			t.Errorf("error is %v, want %v", err, c.want)
		}
	}
}

func done(t *testing.T, d *db.DB, kept inbox.Kept) error {
	return d.Write(t.Context(), kept.City, func(_ context.Context, tx *db.Tx) error {
		inbox.DoneTx(tx, kept)
		return nil
	})
}

func failed(t *testing.T, d *db.DB, kept inbox.Kept, cause error) {
	t.Helper()
	err := d.Write(t.Context(), kept.City, func(_ context.Context, tx *db.Tx) error {
		inbox.FailedTx(tx, kept, cause)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two who act on one message: the second loses what it did.
func TestMessagesAreActedOnOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := inbox.New(d)
		keep(t, s, town, notice("evt_1", "one"))
		seen := pending(t, s)[0]
		if err := done(t, d, seen); err != nil {
			t.Fatal(err)
		}
		if err := done(t, d, seen); !errors.Is(err, inbox.ErrSettled) {
			t.Errorf("the second acts too: %v", err)
		}
		if _, fresh := keep(t, s, town, notice("evt_1", "one")); fresh || len(pending(t, s)) > 0 {
			t.Error("what was acted on waits again")
		}
	})
}

// Two who could not act on one message: the second must not put it off again.
func TestMessagesAreSettledByWhoLookedLast(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := inbox.New(d)
		keep(t, s, town, notice("evt_1", "one"))
		stale := pending(t, s)[0]
		failed(t, d, stale, errors.New("busy"))
		clk.Advance(time.Hour)
		if err := done(t, d, stale); !errors.Is(err, inbox.ErrSettled) {
			t.Errorf("acted on by who looked before: %v", err)
		}
		if err := done(t, d, pending(t, s)[0]); err != nil {
			t.Error(err)
		}
	})
}

// What fails is tried further and further apart, then shown to people, who may
// have it tried again.
func TestMessagesThatFailGetStuck(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := inbox.New(d)
		first, _ := keep(t, s, town, notice("evt_1", "one"))
		pause := time.Duration(0)
		for try := range inbox.MaxAttempts {
			waiting := pending(t, s)
			if len(waiting) != 1 || waiting[0].Attempts != try {
				t.Fatalf("try %d: waiting is %v", try, waiting)
			}
			failed(t, d, waiting[0], errors.New("reading \x00 notice \xff: odd number "+card))
			if len(pending(t, s)) > 0 {
				t.Fatalf("try %d: tried again at once", try)
			}
			pause = max(2*pause, 10*time.Second)
			clk.Advance(min(pause, 4*time.Hour))
		}
		if len(pending(t, s)) > 0 {
			t.Error("a stuck message is tried again")
		}
		stuck, err := s.Stuck(t.Context(), town)
		if err != nil || len(stuck) != 1 || stuck[0].ID != first || stuck[0].Trouble != "reading \uFFFD notice \uFFFD: odd number [card number removed]" {
			t.Fatalf("stuck are %v, %v", stuck, err)
		}
		if err := s.Retry(t.Context(), town, first); err != nil {
			t.Fatal(err)
		}
		if err := s.Retry(t.Context(), town, first); !errors.Is(err, inbox.ErrNotStuck) {
			t.Errorf("retrying what is not stuck: %v", err)
		}
		if len(pending(t, s)) != 1 {
			t.Error("a retried message does not wait")
		}
	})
}
