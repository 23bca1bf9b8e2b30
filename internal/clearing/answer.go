package clearing

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/inbox"
	"clearwell/internal/instrument"
)

// FromBank is where the inbox has a bank's files from.
const FromBank inbox.Source = "bank:ach"

// Hear keeps a file of a bank's, word for word and sealed, and then acts on it.
// The same file again changes nothing, whatever it is called. What it does not
// get to is done by [Service.Resume].
//
// Returns [ErrNoTerms], and for a file that is kept, and shown to people,
// [ErrNotACH] and [ErrForeign].
func (s *Service) Hear(ctx context.Context, city id.City, file []byte) (Taken, error) {
	terms, err := s.Towns.Terms(city)
	if err != nil {
		return Taken{}, fmt.Errorf("hearing from the bank: %w", err)
	}
	kept, fresh, err := s.keep(ctx, city, file)
	if err != nil {
		return Taken{}, fmt.Errorf("keeping a file from the bank: %w", err)
	}
	if !fresh {
		return Taken{Again: true}, nil
	}
	waiting, err := s.Inbox.Pending(ctx, FromBank, pendingAtOnce)
	for _, k := range waiting {
		if k.ID == kept && err == nil {
			return s.act(ctx, k, file, terms)
		}
	}
	return Taken{}, wrapped("hearing from the bank", err)
}

const pendingAtOnce = 100

// triesToKeep is how often a file is sealed anew where its sealed bytes look like
// a card number to the inbox. They are random, so that the next ones do not.
const triesToKeep = 5

func (s *Service) keep(ctx context.Context, city id.City, file []byte) (kept inbox.ID, fresh bool, err error) {
	name := hex.EncodeToString(s.Digests.MAC("clearing.inbound "+string(city), file))
	for range triesToKeep {
		var sealed []byte
		sealed, err = s.seal(city, inboundPurpose, file)
		if err != nil {
			return kept, false, err
		}
		kept, fresh, err = s.Inbox.Keep(ctx, city, inbox.Message{Source: FromBank, ExternalID: "mac " + name, Body: sealed})
		if !errors.Is(err, inbox.ErrCard) {
			break
		}
	}
	return kept, fresh, err
}

const inboundPurpose = "clearing.inbound"

// Resume acts on files that were kept and not done, in all cities.
func (s *Service) Resume(ctx context.Context) error {
	waiting, err := s.Inbox.Pending(ctx, FromBank, pendingAtOnce)
	errs := []error{err}
	for _, k := range waiting {
		terms, err := s.Towns.Terms(k.City)
		var file []byte
		if err == nil {
			file, err = s.open(k.City, inboundPurpose, k.Body)
		}
		if err == nil {
			_, err = s.act(ctx, k, file, terms)
		}
		errs = append(errs, err)
	}
	return wrapped("acting on files from the bank", errors.Join(errs...))
}

// act reads a file and applies its answers. Where it could not come to the end it
// goes on at the next try: what was applied is known by its trace numbers.
func (s *Service) act(ctx context.Context, kept inbox.Kept, file []byte, terms Terms) (Taken, error) {
	answers, err := read(file, terms)
	taken := Taken{Answers: len(answers)}
	if err == nil {
		err = s.apply(ctx, kept, answers, terms, &taken)
	}
	if err != nil {
		s.Log.ErrorContext(ctx, "alarm", "alarm", "bank_file", "city", string(kept.City), "reference", kept.ID.String(), "err", err.Error())
	}
	return taken, errors.Join(err, s.Inbox.Settle(ctx, kept, err))
}

// applyAtOnce is how many answers share a transaction: a day of them is done in
// seconds, and nobody else waits long for the one writer of SQLite.
const applyAtOnce = 100

func (s *Service) apply(ctx context.Context, kept inbox.Kept, answers []Answer, terms Terms, taken *Taken) error {
	for len(answers) > 0 {
		some := answers[:min(applyAtOnce, len(answers))]
		answers = answers[len(some):]
		heard, err := s.applySome(ctx, kept, some, terms)
		if err != nil { // one of them; the others are not to suffer
			heard, err = s.applyEach(ctx, kept, some, terms)
		}
		if err != nil {
			return err
		}
		for _, h := range heard {
			s.count(ctx, kept.City, h, taken)
		}
	}
	return nil
}

func (s *Service) count(ctx context.Context, city id.City, h Heard, taken *Taken) {
	switch h.Outcome {
	case "":
		taken.Known++
	case Applied:
		taken.Applied++
	default:
		taken.Trouble++
		s.Log.ErrorContext(ctx, "alarm", "alarm", "bank_answer", "city", string(city), "kind", string(h.Kind), "code", h.Code,
			"outcome", string(h.Outcome))
	}
}

func (s *Service) applySome(ctx context.Context, kept inbox.Kept, some []Answer, terms Terms) (heard []Heard, err error) {
	err = s.DB.Write(ctx, kept.City, func(ctx context.Context, tx *db.Tx) error {
		heard = nil
		for _, a := range some {
			h, err := s.applyTx(ctx, tx, kept.ID, a, terms)
			if err != nil {
				return err
			}
			heard = append(heard, h)
		}
		return nil
	})
	return heard, err
}

// applyEach applies answers one by one. One that is refused is kept as not
// applied; whatever else is wrong ends the round.
func (s *Service) applyEach(ctx context.Context, kept inbox.Kept, some []Answer, terms Terms) (all []Heard, err error) {
	for i := range some {
		heard, err := s.applySome(ctx, kept, some[i:i+1], terms)
		if refusal, ok := errors.AsType[*fault.Error](err); ok && refusal.Kind != fault.Internal && refusal.Kind != fault.Unavailable {
			s.Log.ErrorContext(ctx, "applying an answer of the bank", "city", string(kept.City), "reference", kept.ID.String(), "err", err.Error())
			heard, err = s.setAside(ctx, kept, some[i], terms)
		}
		if err != nil {
			return all, err
		}
		all = append(all, heard...)
	}
	return all, nil
}

func (s *Service) setAside(ctx context.Context, kept inbox.Kept, a Answer, terms Terms) ([]Heard, error) {
	h := Heard{Answer: a, Outcome: NotApplied}
	err := s.DB.Write(ctx, kept.City, func(_ context.Context, tx *db.Tx) error {
		h.HeardAt, h.HeardOn = tx.Now(), calendar.Of(tx.Now(), terms.Zone)
		insertAnswer(tx, kept.ID.String(), h)
		return nil
	})
	return []Heard{h}, err
}

// applyTx acts on one answer, once. An outcome of "" says that it was heard
// before.
func (s *Service) applyTx(ctx context.Context, tx *db.Tx, from inbox.ID, a Answer, terms Terms) (Heard, error) {
	h := Heard{Answer: a, HeardAt: tx.Now(), HeardOn: calendar.Of(tx.Now(), terms.Zone)}
	known, err := isHeard(ctx, tx, a)
	if err != nil || known {
		return h, err
	}
	e, found, err := entryOf(ctx, tx, a)
	if err != nil {
		return h, err
	}
	h.Entry = e.Key
	switch {
	case !found:
		h.Outcome = Unknown
	case a.Kind == Return:
		h.Outcome, err = s.returnTx(ctx, tx, e, a, terms, h.HeardOn)
	case a.Kind == Correction && says(a.right):
		h.Outcome, err = Applied, s.Banks.CorrectTx(ctx, tx, e.Bank, a.right)
	default:
		h.Outcome = NotApplied
	}
	if err != nil {
		return h, err
	}
	insertAnswer(tx, from.String(), h)
	audit.RecordTx(tx, audit.Event{Actor: "bank", Action: "clearing." + string(a.Kind), Thing: e.Key, Detail: map[string]string{
		"code": a.Code, "trace": a.Original.String(), "amount": a.Amount.String(), "outcome": string(h.Outcome),
	}})
	return h, nil
}

// entryOf finds the newest entry with the trace number: after ten million of them
// the numbers begin anew.
func entryOf(ctx context.Context, tx *db.Tx, a Answer) (Entry, bool, error) {
	if a.Original == 0 {
		return Entry{}, false, nil
	}
	found, err := selectEntries(ctx, tx, "trace = $2 and trace > 0", int64(a.Original)) // the index is of traces alone
	if err != nil || len(found) == 0 {
		return Entry{}, false, err
	}
	return slices.MaxFunc(found, func(a, b Entry) int { return cmp.Compare(a.File, b.File) }), true, nil
}

// returnTx undoes an entry that came back: its payment is owed again, its bank
// account is refused where the network says so, and it is presented again where
// the network and the town allow it.
func (s *Service) returnTx(ctx context.Context, tx *db.Tx, e Entry, a Answer, terms Terms, on calendar.Date) (Outcome, error) {
	if (e.State != Filed && e.State != Settled) || e.Amount != a.Amount {
		return Differs, nil
	}
	rules := s.Book.InForce(on)
	updateEntryState(tx, e, Returned, a.Code)
	if rules.Refuses(a.Code) || e.Kind == Prenote {
		if err := instrument.RefuseTx(ctx, tx, e.Bank, a.Code); err != nil {
			return "", err
		}
	}
	retry, err := s.retryTx(ctx, tx, e, a.Code, terms, rules, on)
	if err != nil || e.Kind == Prenote || (e.Kind == Retry && e.State != Settled) {
		return Applied, err // no payment, or one that is undone already
	}
	return Applied, s.Payments.CameBackTx(ctx, tx, first(e), a.Code, on, retry)
}

// first is the key of the first try.
func first(e Entry) string {
	if e.Origin != "" {
		return e.Origin
	}
	return e.Key
}

// retryTx has an entry presented again, and gives the day.
func (s *Service) retryTx(ctx context.Context, tx *db.Tx, e Entry, code string, terms Terms, rules Rules, on calendar.Date) (calendar.Date, error) {
	origin := e
	if e.Origin != "" {
		found, err := selectEntries(ctx, tx, "id = $2", e.Origin)
		if err != nil || len(found) == 0 {
			return calendar.Date{}, errors.Join(err, ErrNoEntry)
		}
		origin = found[0]
	}
	next := terms.settles(tx.Now())
	if !rules.MayRetry(e, code, origin.SettlesOn, next, terms.Retries) {
		return calendar.Date{}, nil
	}
	again := Entry{
		Order: origin.Order, Kind: Retry, AcceptedAt: tx.Now(), Tries: e.Tries + 1, Origin: origin.Key, State: Waiting, StateAt: tx.Now(), NotBefore: on.NextBankingDay(),
	}
	again.Key = fmt.Sprintf("%s again %d", origin.Key, e.Tries)
	insertEntry(tx, again)
	return again.NotBefore, nil
}
