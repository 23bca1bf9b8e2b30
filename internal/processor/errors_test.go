package processor

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestNothingMovedOnlyWhenCertain(t *testing.T) {
	tests := map[error]bool{
		nil:                      false,
		ErrKeyReused:             false, // the first content may have been charged
		context.DeadlineExceeded: false,
		errors.New("reset"):      false,
		ErrNotSent:               true,
		ErrTokenSpent:            true,
		ErrTokenUnknown:          true,
		ErrStoredUse:             true,
		ErrRequest:               true,
		ErrNeverSeen:             true,
		fmt.Errorf("charging: %w", ErrNotSent.Because(context.Canceled)): true,
	}
	for err, want := range tests {
		if got := NothingMoved(err); got != want {
			t.Errorf("NothingMoved(%v) = %v", err, got)
		}
	}
}

func TestDecisionsHaveNames(t *testing.T) {
	for decision, want := range map[Decision]string{
		Unknown: "unknown", Pending: "pending", Approved: "approved", Declined: "declined", Decision(9): "unknown",
	} {
		if got := decision.String(); got != want {
			t.Errorf("decision %d is %q, want %q", int(decision), got, want)
		}
	}
}
