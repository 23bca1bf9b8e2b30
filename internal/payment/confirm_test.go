package payment

import (
	"strings"
	"testing"
	"time"

	"clearwell/internal/cardscan"
)

func TestConfirmationNumbersDiffer(t *testing.T) {
	c := newConfirmations()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for range 20_000 {
		number := c.number(now)
		if seen[number] {
			t.Fatalf("%s was given twice", number)
		}
		seen[number] = true
		if err := cardscan.Check(number); err != nil {
			t.Fatalf("%s looks like a card number: %v", number, err)
		}
	}
	if earlier := c.number(now.Add(-time.Hour)); earlier >= c.number(now) {
		t.Error("later numbers do not sort later")
	}
}

func TestConfirmedForgivesHowPeopleType(t *testing.T) {
	number := newConfirmations().number(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC))
	for _, typed := range []string{number, strings.ToLower(number), strings.ReplaceAll(number, "-", " "), strings.ReplaceAll(number, "0", "O")} {
		if got, ok := Confirmed(typed); !ok || got != number {
			t.Errorf("Confirmed(%q) = %q, %v", typed, got, ok)
		}
	}
	for _, wrong := range []string{"", number[1:], number + "A", "ZZZZ" + number[4:]} {
		if _, ok := Confirmed(wrong); ok {
			t.Errorf("Confirmed(%q) is well formed", wrong)
		}
	}
}
