package payment

import (
	"errors"
	"flag"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write the drawn state table")

var events = []Event{Ask, Send, Approve, Decline, Wait, Doubt, Lapse, Contest, Win, Lose}

// allowed is written apart from the table, from what must be true of money.
func allowed(from State, on Event) bool {
	switch from {
	case Asking, Away, InDoubt:
		return slices.Contains([]Event{Approve, Decline, Wait, Doubt, Lapse}, on)
	case Declined:
		return slices.Contains([]Event{Ask, Send, Approve, Lapse}, on)
	case Lapsed:
		return on == Approve
	case Approved:
		return on == Contest
	case Disputed:
		return on == Win || on == Lose
	}
	return false
}

func TestEveryStateMeetsEveryEvent(t *testing.T) {
	for _, from := range States() {
		for _, on := range events {
			next, err := Next(from.State, on)
			if allowed(from.State, on) != (err == nil) {
				t.Errorf("%s in %s gives %q, %v", on, from.State, next, err)
			}
			if err == nil && !next.Known() || err != nil && !errors.Is(err, ErrNotAllowed) {
				t.Errorf("%s in %s gives %q, %v", on, from.State, next, err)
			}
		}
	}
}

func TestNothingThatMovesRestsForEver(t *testing.T) {
	for _, f := range States() {
		if f.Terminal == (f.Rest > 0) {
			t.Errorf("%s is terminal: %v, and rests %s", f.State, f.Terminal, f.Rest)
		}
		if f.Terminal && f.State.Moving() {
			t.Errorf("%s is terminal and money moves", f.State)
		}
		if f.State.Moving() == f.State.Decided() {
			t.Errorf("%s is both decided and moving, or neither", f.State)
		}
	}
	if State("paid?").Known() {
		t.Error("a state that is not in the table is known")
	}
}

func TestDoubtIsNeverFailure(t *testing.T) {
	for _, f := range States() {
		next, err := Next(f.State, Doubt)
		if err == nil && !next.Moving() {
			t.Errorf("doubt in %s decides: %s", f.State, next)
		}
	}
}

func TestTheDrawingIsCurrent(t *testing.T) {
	const path = "../../docs/payment-states.md"
	if *update {
		if err := os.WriteFile(path, []byte(Diagram()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	drawn, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(drawn) != Diagram() {
		t.Error("docs/payment-states.md is not what the table says; run the test with -update")
	}
}

func TestOnePaymentForEachQuote(t *testing.T) {
	quote, err := ParseQuote("quo_01234567890123456789012345")
	if err != nil {
		t.Fatal(err)
	}
	payment := OfQuote(quote)
	if payment.String() != "pay_01234567890123456789012345" || QuoteOf(payment) != quote {
		t.Errorf("%s becomes %s", quote, payment)
	}
	if !OfQuote(QuoteID{}).IsZero() {
		t.Error("no quote becomes some payment")
	}
}
