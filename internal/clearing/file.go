package clearing

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"clearwell/internal/audit"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
	"clearwell/internal/instrument"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

// Run does for a town what is due: it makes the file whose cut-off has passed, and
// delivers what was made. Each step is durable before the next; whoever is
// interrupted anywhere goes on there.
func (s *Service) Run(ctx context.Context, city id.City, to Deliverer) error {
	_, err := s.Make(ctx, city)
	return errors.Join(err, s.Deliver(ctx, city, to))
}

// Make chooses the entries of the file that is due, if one is, and writes it. A
// file that was begun is finished first. It tells whether there is a new file.
//
// Returns [ErrNoTerms], [ErrFilesFull].
func (s *Service) Make(ctx context.Context, city id.City) (made bool, err error) {
	terms, err := s.Towns.Terms(city)
	if err != nil {
		return false, fmt.Errorf("making a file for the bank: %w", err)
	}
	planned, found, err := s.plan(ctx, city, terms)
	if err != nil || !found {
		return false, wrapped("choosing entries for the bank", err)
	}
	return true, wrapped("writing a file for the bank", s.write(ctx, planned, terms))
}

func wrapped(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// plan gives the file that is planned, or plans one of what waits.
func (s *Service) plan(ctx context.Context, city id.City, terms Terms) (f File, found bool, err error) {
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		tx.Lock("file for the bank")
		begun, err := selectFiles(ctx, tx, "state = 'planned' order by number limit 1")
		if err != nil || len(begun) > 0 {
			if len(begun) > 0 {
				f, found = begun[0], true
			}
			return err
		}
		f, found, err = planTx(ctx, tx, terms)
		return err
	})
	return f, found, err
}

func planTx(ctx context.Context, tx *db.Tx, terms Terms) (File, bool, error) {
	closed, settles := terms.closed(tx.Now()), terms.settles(tx.Now())
	count, err := countWaiting(ctx, tx, closed, settles)
	if err != nil || count == 0 {
		return File{}, false, err
	}
	last, err := selectFiles(ctx, tx, "true order by number desc limit 1")
	if err != nil {
		return File{}, false, err
	}
	f := File{
		City: tx.City(), Number: 1, MadeOn: calendar.Of(tx.Now(), terms.Zone), SettlesOn: settles, PlannedAt: tx.Now(),
		Entries: count, State: Planned, StateAt: tx.Now(),
	}
	before := Trace(0)
	if len(last) > 0 {
		f.Number, before = last[0].Number+1, last[0].First+Trace(last[0].Entries) // one more: the town's own entry
	}
	f.First = firstTrace(terms.Bank, before, count)
	ofDay, err := countFiles(ctx, tx, f.MadeOn)
	if err != nil {
		return File{}, false, err
	}
	if f.Modifier, err = nextModifier(ofDay); err != nil {
		return File{}, false, err
	}
	insertFile(tx, f)
	return f, true, fileEntries(ctx, tx, f, closed)
}

// frugalPercent is how much garbage may lie beside what is in use while a file is
// written: each sealed number that is opened leaves some. It costs the program a
// few seconds of collecting, once a day.
const frugalPercent = 50

// write makes the bytes of a planned file and keeps them sealed. Entries whose
// bank account cannot be drawn from any more are taken out first.
func (s *Service) write(ctx context.Context, f File, terms Terms) error {
	defer debug.SetGCPercent(debug.SetGCPercent(frugalPercent))
	text, sums, gone, err := s.compose(ctx, f, terms)
	if err == nil && len(gone) > 0 {
		if err = s.takeOut(ctx, f, gone, terms); err == nil {
			text, sums, _, err = s.compose(ctx, f, terms)
		}
	}
	if errors.Is(err, errNothingLeft) {
		return s.DB.Write(ctx, f.City, func(_ context.Context, tx *db.Tx) error {
			updateFileState(tx, f, Planned, Rejected)
			return nil
		})
	}
	if err != nil {
		return err
	}
	digest := sha256.Sum256(text)
	f.Debits, f.Credits, f.Hash, f.Digest = sums.debits, sums.credits, sums.hash, hex.EncodeToString(digest[:])
	sealed, err := s.seal(f.City, filePurpose(f), text)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, f.City, func(_ context.Context, tx *db.Tx) error {
		updateFileMade(tx, f, sealed)
		audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "clearing.make", Thing: f.Name(), Detail: map[string]string{
			"entries": fmt.Sprint(f.Entries), "debits": f.Debits.String(), "digest": f.Digest,
		}})
		return nil
	})
}

var errNothingLeft = errors.New("no entry is left in the file")

// chunk is how many entries are read and opened at once, so that memory holds the
// file and little else.
const chunk = 2000

// compose writes the file of what is stored: the same each time, until a bank
// corrects a bank account. Gone are the entries that cannot be drawn.
func (s *Service) compose(ctx context.Context, f File, terms Terms) (text []byte, sums totals, gone []string, err error) {
	d, err := newDraft(terms, s.Book.InForce(f.MadeOn), f)
	if err != nil {
		return nil, totals{}, nil, err
	}
	routes := map[routing.Number]routing.Number{}
	count := 0
	for after := Trace(0); ; {
		entries, err := s.entries(ctx, f.City, "file_number = $2 and file_number > 0 and trace > $3 and state = 'filed' order by trace limit $4", f.Number, int64(after), chunk)
		if err != nil || len(entries) == 0 {
			if err == nil && count == 0 && len(gone) == 0 {
				err = errNothingLeft
			}
			if err != nil || len(gone) > 0 {
				return nil, totals{}, gone, err
			}
			text, sums, err = d.finish()
			return text, sums, nil, err
		}
		after = entries[len(entries)-1].Trace
		count += len(entries)
		missing, err := s.addTo(ctx, d, entries, routes)
		if err != nil {
			return nil, totals{}, nil, err
		}
		gone = append(gone, missing...)
	}
}

func (s *Service) addTo(ctx context.Context, d *draft, entries []Entry, routes map[routing.Number]routing.Number) (gone []string, err error) {
	banks := make([]instrument.ID, len(entries))
	for i, e := range entries {
		banks[i] = e.Bank
	}
	opened, err := s.Banks.Open(ctx, d.file.City, banks)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		bank, there := opened[e.Bank]
		if !there || bank.State == instrument.Refused {
			gone = append(gone, e.Key)
			continue
		}
		if bank.Routing, err = s.inForce(ctx, bank.Routing, routes); err != nil {
			return nil, err
		}
		w := written{e.Trace, e.Kind, e.Class, e.Amount, e.Reference, e.Recurring, bank}
		if err := d.add(w); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// inForce follows a routing number that its bank has given up since. One that the
// directory does not list any more is sent as it is: the bank will say.
func (s *Service) inForce(ctx context.Context, number routing.Number, known map[routing.Number]routing.Number) (routing.Number, error) {
	if now, ok := known[number]; ok {
		return now, nil
	}
	bank, err := s.Routes.Find(ctx, number)
	switch {
	case errors.Is(err, routing.ErrUnknown):
		bank.Number = number
	case err != nil:
		return "", err
	}
	known[number] = bank.Number
	return bank.Number, nil
}

// codeNotSent is our own reason, beside the network's: the bank account was
// removed or refused before the file was written.
const codeNotSent = "not_sent"

// takeOut cancels entries of a planned file, and has their payments undone.
func (s *Service) takeOut(ctx context.Context, f File, gone []string, terms Terms) error {
	return s.DB.Write(ctx, f.City, func(ctx context.Context, tx *db.Tx) error {
		on := calendar.Of(tx.Now(), terms.Zone)
		for _, key := range gone {
			found, err := selectEntries(ctx, tx, "id = $2", key)
			if err != nil || len(found) == 0 {
				return errors.Join(err, ErrNoEntry)
			}
			updateEntryState(tx, found[0], Cancelled, codeNotSent)
			if found[0].Kind == Prenote || found[0].Kind == Retry {
				continue // the payment waits for nothing, or is undone already
			}
			if err := s.Payments.CameBackTx(ctx, tx, found[0].Key, codeNotSent, on, calendar.Date{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Deliver hands over what was made, in order. What the bank has already is handed
// over again with the same bytes, and known by them.
func (s *Service) Deliver(ctx context.Context, city id.City, to Deliverer) error {
	var waiting []File
	err := s.DB.Read(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var err error
		waiting, err = selectFiles(ctx, tx, "state = 'made' order by number")
		return err
	})
	for _, f := range waiting {
		if err != nil {
			break
		}
		err = s.deliverOne(ctx, f, to)
	}
	return wrapped("delivering to the bank", err)
}

func (s *Service) deliverOne(ctx context.Context, f File, to Deliverer) error {
	text, err := s.bytesOf(ctx, f)
	if err != nil {
		return err
	}
	if err := to.Deliver(ctx, f.Name(), text); err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	return s.DB.Write(ctx, f.City, func(_ context.Context, tx *db.Tx) error {
		updateFileState(tx, f, Made, Delivered)
		audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "clearing.deliver", Thing: f.Name(), Detail: map[string]string{"digest": f.Digest}})
		return nil
	})
}

// bytesOf opens the bytes of a file. They are those that were sealed, or none.
func (s *Service) bytesOf(ctx context.Context, f File) ([]byte, error) {
	var sealed []byte
	err := s.DB.Read(ctx, f.City, func(ctx context.Context, tx *db.Tx) error {
		var err error
		sealed, err = selectSealed(ctx, tx, f.Number)
		return err
	})
	if err != nil {
		return nil, err
	}
	text, err := s.open(f.City, filePurpose(f), sealed)
	if err != nil {
		return nil, err
	}
	if digest := sha256.Sum256(text); hex.EncodeToString(digest[:]) != f.Digest {
		return nil, errors.New("the sealed file is not the one that was made")
	}
	return text, nil
}

func filePurpose(f File) string { return fmt.Sprintf("clearing.file %d", f.Number) }

// seal packs a text that holds numbers of bank accounts, and seals it.
func (s *Service) seal(city id.City, purpose string, text []byte) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(text)
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("packing a file: %w", err)
	}
	return s.Sealer.Seal(city, purpose, secret.New(packed.String()))
}

// largestFile bounds what is unpacked: a million entries and more.
const largestFile = 256 << 20

func (s *Service) open(city id.City, purpose string, sealed []byte) ([]byte, error) {
	packed, err := s.Sealer.Open(city, purpose, sealed)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader([]byte(packed.Reveal())))
	if err != nil {
		return nil, fmt.Errorf("unpacking a file: %w", err)
	}
	return io.ReadAll(io.LimitReader(r, largestFile))
}
