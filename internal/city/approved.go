package city

import (
	"context"
	"fmt"
	"strings"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/cardscan"
	"clearwell/internal/db"
)

// ApplyAction is what two people are asked for.
const ApplyAction approval.Action = "city.apply"

// Warrant is the request under which a file is put in force, and who may sign it.
type Warrant struct {
	People  approval.People
	Request approval.ID
}

// Decided reports whether two people decide about the plan.
func (p Plan) Decided() bool { return len(p.Weakenings)+len(p.Payee) > 0 }

// Digest names the file: its SHA-256 in hexadecimal.
func (p Plan) Digest() string { return p.digest }

// Words are what two people sign: the file by its digest, in place of which one,
// and what it changes, the gravest first.
func (p Plan) Words() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Put a city file in force for %s, in the place of version %d.\n\nSHA-256 of the file: %s\n", p.File.City, p.Base, approval.Fingerprint(p.digest))
	list(&b, "It takes protection away", words(p.Weakenings))
	list(&b, "It has money go elsewhere, or tells somebody else of it, a day after the finance officer was told", words(p.Payee))
	list(&b, "All that it changes", words(p.Changes))
	return b.String()
}

func list(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "  %s\n", line)
	}
}

// words puts things into a line each. What may be a card number stays out: the
// file's digest stands for it.
func words[T fmt.Stringer](things []T) []string {
	lines := make([]string, len(things))
	for i, thing := range things {
		lines[i] = strings.TrimSpace(thing.String())
		if cardscan.Check(lines[i]) != nil {
			path, _, _ := strings.Cut(strings.TrimLeft(lines[i], "+- "), ":")
			lines[i] = path + ": a long number; see the file"
		}
	}
	return lines
}

// ApplyApproved puts in force what two people have approved in these words. What
// has money go elsewhere it refuses ([ErrPayeeWaits]): [Registry.Await] takes that.
//
// Returns what [Registry.Apply] and [approval.CarryOutTx] do.
func (r *Registry) ApplyApproved(ctx context.Context, plan Plan, w Warrant, actor audit.Actor) (Version, error) {
	return r.put(ctx, plan, actor, func(ctx context.Context, tx *db.Tx, plan Plan) error {
		if len(plan.Payee) > 0 {
			return ErrPayeeWaits
		}
		return approval.CarryOutTx(ctx, tx, w.People, w.Request, ApplyAction, plan.Words(), actor)
	})
}
