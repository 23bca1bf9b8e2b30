package city

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/approval"
	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
)

// Courier tells the finance officer. Both are called inside the transaction of
// what is told.
type Courier struct {
	Tell func(*db.Tx, News) error
	// Told reports whether the first news of a change has left.
	Told func(context.Context, *db.Tx, Waiting) (bool, error)
}

// Await has a file that has money go elsewhere wait, after two people have
// approved it, and tells the finance officer whose address is in force. Until it
// is due money goes where it went.
//
// Returns [ErrNobodyTold], [ErrPayeeLate], [ErrFileOutdated], and what
// [approval.ReadyTx] does.
func (r *Registry) Await(ctx context.Context, plan Plan, w Warrant, c Courier, actor audit.Actor) (Waiting, error) {
	if c.Tell == nil {
		return Waiting{}, ErrNobodyTold
	}
	var begun Waiting
	err := r.db.Write(ctx, plan.File.City, func(ctx context.Context, tx *db.Tx) error {
		plan, err := r.again(ctx, tx, plan)
		if err != nil {
			return err
		}
		begun = Waiting{
			City: tx.City(), Request: w.Request, Base: plan.Base, Digest: plan.digest, Told: plan.before.Contact.FinanceOfficer(), file: plan.data,
			BegunAt: tx.Now(), BegunBy: string(actor), DueAt: tx.Now().Add(PayeeDelay), State: Waits,
		}.sealed(r.key)
		if err := ready(ctx, tx, plan, w, begun); err != nil {
			return err
		}
		insertWaiting(tx, begun)
		recordWaiting(tx, begun, "city.payee.await", actor)
		return c.Tell(tx, News{begun, begun.Told, plan.before, plan.Payee})
	})
	if errors.Is(err, db.ErrDuplicate) {
		err = approval.ErrDone.Because(err) // it waits already, or was stopped
	}
	if err != nil {
		return Waiting{}, fmt.Errorf("having a city file of %s wait: %w", plan.File.City, err)
	}
	return begun, nil
}

// ready refuses what two people have not approved, or not for long enough.
func ready(ctx context.Context, tx *db.Tx, plan Plan, w Warrant, begun Waiting) error {
	if plan.before.City == "" || len(plan.Payee) == 0 {
		return ErrNeedsApproval // there is nobody in force who could be told
	}
	if err := approval.ReadyTx(ctx, tx, w.People, w.Request, ApplyAction, plan.Words(), begun.BegunAt); err != nil {
		return err
	}
	err := approval.ReadyTx(ctx, tx, w.People, w.Request, ApplyAction, plan.Words(), begun.DueAt)
	if errors.Is(err, approval.ErrOver) {
		return ErrPayeeLate
	}
	return err
}

// Due puts in force what is due, if it still may be, and gives what became of
// each. What the finance officer has not been told goes on waiting, as long as
// the request lasts.
func (r *Registry) Due(ctx context.Context, people approval.People, c Courier) ([]Waiting, error) {
	var due []Waiting
	err := r.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) (err error) {
		due, err = selectDue(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for city files that are due: %w", err)
	}
	var ended []Waiting
	var errs []error
	for _, waiting := range due {
		became, err := r.end(ctx, waiting, people, c)
		if err == nil && became.State != Waits {
			ended = append(ended, became)
		}
		errs = append(errs, err)
	}
	return ended, errors.Join(errs...)
}

// end puts one in force, or notes why it cannot be.
func (r *Registry) end(ctx context.Context, waiting Waiting, people approval.People, c Courier) (Waiting, error) {
	became, err := r.enforce(ctx, waiting, people, c)
	if kind := fault.KindOf(err); err != nil && kind != fault.Internal {
		reason := err.Error()
		became, err = r.finish(ctx, waiting.City, waiting.Request, Void, reason, audit.System, c)
	}
	if err != nil {
		return waiting, fmt.Errorf("ending request %s of %s: %w", waiting.Request, waiting.City, err)
	}
	return became, nil
}

func (r *Registry) enforce(ctx context.Context, waiting Waiting, people approval.People, c Courier) (Waiting, error) {
	err := r.db.Write(ctx, waiting.City, func(ctx context.Context, tx *db.Tx) error {
		kept, plan, err := r.waiting(ctx, tx, waiting.Request)
		if err != nil {
			return err
		}
		if tx.Now().Before(kept.DueAt) {
			return nil // by the clock of whoever listed it, it was
		}
		told, err := c.Told(ctx, tx, kept)
		if err != nil || !told {
			return errors.Join(err, approval.ReadyTx(ctx, tx, people, kept.Request, ApplyAction, plan.Words(), tx.Now()))
		}
		if err := approval.CarryOutTx(ctx, tx, people, kept.Request, ApplyAction, plan.Words(), audit.System); err != nil {
			return err
		}
		if _, err := r.apply(ctx, tx, plan, audit.System); err != nil {
			return err
		}
		waiting = kept.ended(tx, InForce, audit.System, "")
		return tellAll(tx, c, waiting, plan)
	})
	return waiting, err
}

// tellAll tells the address that was in force, and the one that is.
func tellAll(tx *db.Tx, c Courier, w Waiting, plan Plan) error {
	err := c.Tell(tx, News{w, w.Told, plan.before, plan.Payee})
	if now := plan.File.Contact.FinanceOfficer(); err == nil && now != w.Told {
		err = c.Tell(tx, News{w, now, plan.before, plan.Payee})
	}
	return err
}

// waiting reads what waits, as it was begun, and plans it anew.
func (r *Registry) waiting(ctx context.Context, tx *db.Tx, request approval.ID) (Waiting, Plan, error) {
	kept, err := selectWaiting(ctx, tx, request)
	if err == nil {
		err = kept.check(r.key)
	}
	if err != nil {
		return kept, Plan{}, err
	}
	file, err := Parse(versionName(kept.City, kept.Base+1), kept.file)
	if err != nil {
		return kept, Plan{}, err
	}
	plan, err := r.again(ctx, tx, Plan{File: file, Base: kept.Base, data: kept.file, digest: kept.Digest})
	return kept, plan, err
}

// Stop ends what waits: money goes where it went. Anybody may, alone: it takes
// nothing away. Returns [ErrNotWaiting].
func (r *Registry) Stop(ctx context.Context, city id.City, request approval.ID, reason string, c Courier, actor audit.Actor) (Waiting, error) {
	stopped, err := r.finish(ctx, city, request, Stopped, reason, actor, c)
	if err != nil {
		return Waiting{}, fmt.Errorf("stopping request %s of %s: %w", request, city, err)
	}
	return stopped, nil
}

func (r *Registry) finish(ctx context.Context, city id.City, request approval.ID, state WaitState, reason string, actor audit.Actor, c Courier) (Waiting, error) {
	var ended Waiting
	err := r.db.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		kept, err := selectWaiting(ctx, tx, request)
		if err != nil {
			return err
		}
		ended = kept.ended(tx, state, actor, reason)
		current, err := selectCurrent(ctx, tx)
		if err != nil {
			return err
		}
		before, err := r.load(ctx, tx, city, current[city])
		if err != nil || c.Tell == nil || before.City == "" {
			return err
		}
		news := News{ended, before.Contact.FinanceOfficer(), before, nil}
		if file, err := Parse(versionName(city, kept.Base+1), kept.file); err == nil {
			news.Changes = Payee(before, file)
		}
		return c.Tell(tx, news)
	})
	return ended, err
}

// ended notes what became of it.
func (w Waiting) ended(tx *db.Tx, state WaitState, actor audit.Actor, reason string) Waiting {
	w.State, w.EndedAt, w.EndedBy, w.Reason = state, tx.Now(), string(actor), reason
	finishWaiting(tx, w)
	recordWaiting(tx, w, "city.payee."+string(state), actor)
	return w
}

// Waiting lists the files of a town that have money go elsewhere, the newest
// first, and what became of each.
func (r *Registry) Waiting(ctx context.Context, city id.City) (all []Waiting, err error) {
	err = r.db.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		all, err = listWaiting(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing what waits in %s: %w", city, err)
	}
	return all, nil
}

func recordWaiting(tx *db.Tx, w Waiting, action string, actor audit.Actor) {
	detail := map[string]string{"digest": w.Digest, "due_at": w.DueAt.UTC().Format("2006-01-02T15:04:05Z"), "told": w.Told}
	if w.Reason != "" {
		detail["reason"] = w.Reason
	}
	audit.RecordTx(tx, audit.Event{Actor: actor, Action: action, Thing: w.Request.String(), Detail: detail})
}
