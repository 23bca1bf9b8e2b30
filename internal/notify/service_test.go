package notify

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/locale"
)

const town id.City = "sampletown"

var sender = mail.Address{Name: "City of Sampletown", Address: "receipts@sampletown.example"}

// answers is a mail server that says, to one message after another, what it was
// told to, and then nothing but yes.
type answers struct {
	mu   sync.Mutex
	says []error
	took []Mail
}

func (a *answers) Send(ctx context.Context, m Mail) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if db.InTransaction(ctx) {
		return errors.New("sending inside a transaction")
	}
	if len(a.says) > 0 {
		said := a.says[0]
		a.says = a.says[1:]
		if said != nil {
			return said
		}
	}
	a.took = append(a.took, m)
	return nil
}

func (a *answers) subjects() (all []string) {
	for _, m := range a.took {
		all = append(all, m.To+": "+m.Subject)
	}
	return all
}

func enqueue(t *testing.T, d *db.DB, key, to string) {
	t.Helper()
	err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
		return EnqueueTx(tx, Message{Key: key, To: to, Language: locale.Spanish, Content: receipt()})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func deliver(t *testing.T, s *Service) Counts {
	t.Helper()
	done, err := s.Deliver(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// deliveries lists the log, as attempt, outcome and detail.
func deliveries(t *testing.T, d *db.DB) (all []string) {
	t.Helper()
	err := d.Read(t.Context(), town, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.Query(ctx, `select attempt, outcome, detail from outbox_deliveries
			where city_id = $1 order by message_id, attempt`, town)
		if err != nil {
			return err
		}
		return rows.Each(func(scan func(...any) error) error {
			var attempt int
			var outcome, detail string
			err := scan(&attempt, &outcome, &detail)
			all = append(all, fmt.Sprint(attempt, " ", outcome, " ", detail))
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMessagesAreSentOnce(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		server := &answers{}
		s := New(d, sender, server, catalogue(t))
		enqueue(t, d, "receipt 1", "ada@example.com")
		enqueue(t, d, "receipt 1", "eve@example.com") // the same occasion
		enqueue(t, d, "receipt 2", "bo@example.com")
		if done := deliver(t, s); done != (Counts{Sent: 2}) {
			t.Errorf("done is %+v", done)
		}
		clk.Advance(24 * time.Hour)
		if done := deliver(t, s); done != (Counts{}) {
			t.Errorf("a day later: %+v", done)
		}
		want := []string{
			"ada@example.com: Recibo de su pago de $86.62 – City of Sampletown",
			"bo@example.com: Recibo de su pago de $86.62 – City of Sampletown",
		}
		if diff := cmp.Diff(want, server.subjects()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"1 sent ", "1 sent "}, deliveries(t, d)); diff != "" {
			t.Error(diff)
		}
	})
}

// What was undone is not told, and what must not be told is not queued.
func TestOutboxBelongsToTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		undone := errors.New("undone")
		err := d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
			if err := EnqueueTx(tx, Message{Key: "1", To: "ada", Content: receipt()}); !errors.Is(err, ErrAddress) {
				t.Errorf("to nobody: %v", err)
			}
			if err := EnqueueTx(tx, Message{Key: "2", To: "ada@example.com", Content: Receipt{}}); !errors.Is(err, errLastFour) {
				t.Errorf("about nothing: %v", err)
			}
			if err := EnqueueTx(tx, Message{Key: "3", To: "ada@example.com", Content: receipt()}); err != nil {
				t.Error(err)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if done := deliver(t, New(d, sender, &answers{}, catalogue(t))); done != (Counts{}) {
			t.Errorf("done is %+v", done)
		}
	})
}

func TestMessagesPutOffAreTriedAgain(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		busy := errors.New("451 try later, 4111 1111 1111 1111\x00")
		server := &answers{says: []error{busy, busy}}
		s := New(d, sender, server, catalogue(t))
		enqueue(t, d, "receipt 1", "ada@example.com")
		for _, pause := range []time.Duration{time.Minute, 2 * time.Minute} {
			if done := deliver(t, s); done != (Counts{PutOff: 1, Trouble: "451 try later, [card number removed]\uFFFD"}) {
				t.Fatalf("done is %+v", done)
			}
			clk.Advance(pause - time.Microsecond)
			if done := deliver(t, s); done != (Counts{}) {
				t.Fatalf("tried before %v are over: %+v", pause, done)
			}
			clk.Advance(time.Microsecond)
		}
		oldest, waits, err := OldestWaiting(t.Context(), d)
		if err != nil || !waits || oldest != (Waiting{QueuedAt: dbtest.Began, Attempts: 2, Trouble: "451 try later, [card number removed]\uFFFD"}) {
			t.Errorf("what waits is %+v, %t, %v", oldest, waits, err)
		}
		if done := deliver(t, s); done != (Counts{Sent: 1}) {
			t.Errorf("done is %+v", done)
		}
		if _, waits, err := OldestWaiting(t.Context(), d); waits || err != nil {
			t.Errorf("nothing waits, and it says %t, %v", waits, err)
		}
		said := "put_off 451 try later, [card number removed]\uFFFD"
		if diff := cmp.Diff([]string{"1 " + said, "2 " + said, "3 sent "}, deliveries(t, d)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMessagesAreGivenUp(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		server := &answers{says: []error{fmt.Errorf("%w: 550 no such user nobody@example.com", ErrUndeliverable)}}
		for range MaxAttempts {
			server.says = append(server.says, errors.New("451 try later"))
		}
		s := New(d, sender, server, catalogue(t))
		enqueue(t, d, "receipt 1", "nobody@example.com")
		if done := deliver(t, s); done != (Counts{Undeliverable: 1, Trouble: "undeliverable: 550 no such user [address]"}) {
			t.Errorf("done is %+v", done)
		}
		enqueue(t, d, "receipt 2", "ada@example.com")
		var total Counts
		for range MaxAttempts + 1 {
			done := deliver(t, s)
			total.PutOff += done.PutOff
			total.Undeliverable += done.Undeliverable
			clk.Advance(longestPause)
		}
		if total != (Counts{PutOff: MaxAttempts - 1, Undeliverable: 1}) {
			t.Errorf("in all: %+v", total)
		}
	})
}

// Many nodes empty the outbox at the same time.
func TestNodesDoNotSendTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		server := &answers{}
		s := New(d, sender, server, catalogue(t))
		for i := range 10 {
			enqueue(t, d, fmt.Sprint("receipt ", i), "ada@example.com")
		}
		if _, err := s.due(t.Context()); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := s.Deliver(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(server.took) != 10 || len(deliveries(t, d)) != 10 {
			t.Errorf("sent %d, logged %d", len(server.took), len(deliveries(t, d)))
		}
	})
}

// A node dies with a message in its hands. After the lease another sends it,
// and it is known by its identifier.
func TestMessagesOfADeadNodeAreSent(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		server := &answers{}
		s := New(d, sender, server, catalogue(t))
		enqueue(t, d, "receipt 1", "ada@example.com")
		due, err := s.due(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), town, func(_ context.Context, tx *db.Tx) error {
			claim(tx, due[0])
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		clk.Advance(lease - time.Microsecond)
		if done := deliver(t, s); done != (Counts{}) {
			t.Errorf("taken out of a living node's hands: %+v", done)
		}
		clk.Advance(time.Microsecond)
		if done := deliver(t, s); done != (Counts{Sent: 1}) || server.took[0].ID != due[0].id {
			t.Errorf("done is %+v, took %v", done, server.took)
		}
	})
}

// A town that ends the program does not get its mail twice.
func TestEndingTheProgramKeepsTheOutcome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		server := mailerFunc(func(context.Context, Mail) error {
			cancel()
			return nil
		})
		enqueue(t, d, "receipt 1", "ada@example.com")
		done, err := New(d, sender, server, catalogue(t)).Deliver(ctx)
		if err != nil || done != (Counts{Sent: 1}) || len(deliveries(t, d)) != 1 {
			t.Errorf("done is %+v, %v, log %v", done, err, deliveries(t, d))
		}
	})
}

type mailerFunc func(context.Context, Mail) error

func (f mailerFunc) Send(ctx context.Context, m Mail) error { return f(ctx, m) }
