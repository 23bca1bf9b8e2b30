package control_test

import (
	"errors"
	"testing"

	"clearwell/internal/control"

	"pgregory.net/rapid"
)

// Every kind of hold with every action.
func TestCheck(t *testing.T) {
	const (
		p = "payments"
		c = "cards"
		a = "autopay"
		r = "refunds"
	)
	refusals := map[string]error{"": nil, p: control.ErrPaymentsHeld, c: control.ErrCardsHeld, a: control.ErrAutopayHeld, r: control.ErrRefundsHeld}
	for kind, want := range map[control.Kind][5]string{
		//                  TypeCard, PayStored, PayInHand, RunAutopay, Refund
		control.AllPayments: {p, p, p, p, ""},
		control.CardEntry:   {c, "", "", "", ""},
		control.Autopay:     {"", "", "", a, ""},
		control.Refunds:     {"", "", "", "", r},
		"":                  {"", "", "", "", ""},
	} {
		for action, refusal := range want {
			got := control.Check([]control.Hold{{Kind: kind}}, control.Question{Action: control.Action(action)})
			if !errors.Is(got, refusals[refusal]) {
				t.Errorf("%s hold, action %d: %v, want %q", kind, action, got, refusal)
			}
		}
	}
}

func TestCheckSaysTheWidestHold(t *testing.T) {
	holds := []control.Hold{{Kind: control.CardEntry}, {Kind: control.AllPayments}}
	if err := control.Check(holds, control.Question{}); !errors.Is(err, control.ErrPaymentsHeld) {
		t.Errorf("error is %v", err)
	}
	if err := control.Check(nil, control.Question{}); err != nil {
		t.Errorf("nothing is held: %v", err)
	}
}

// A hold reaches exactly what agrees with all that its scope names.
func TestScopes(t *testing.T) {
	word := rapid.SampledFrom([]string{"", "a", "b"})
	rapid.Check(t, func(t *rapid.T) {
		scope := control.Scope{Service: word.Draw(t, "service"), Processor: word.Draw(t, "processor"), Release: word.Draw(t, "release")}
		q := control.Question{Service: word.Draw(t, "of"), Processor: word.Draw(t, "by"), Release: word.Draw(t, "from")}
		agrees := func(held, asked string) bool { return held == "" || held == asked }
		want := agrees(scope.Service, q.Service) && agrees(scope.Processor, q.Processor) && agrees(scope.Release, q.Release)
		err := control.Check([]control.Hold{{Kind: control.CardEntry, Scope: scope}}, q)
		if (err != nil) != want {
			t.Fatalf("hold on %+v, question %+v: %v", scope, q, err)
		}
	})
}
