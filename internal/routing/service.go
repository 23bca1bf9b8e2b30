package routing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"clearwell/internal/audit"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// Directory answers which bank a number leads to.
type Directory struct{ db *db.DB }

// New gives the directory kept in d.
func New(d *db.DB) *Directory { return &Directory{d} }

// mostPercentLost is how much smaller a directory may be than the one before. The
// published ones differ by a few numbers in a hundred; one that was cut off in
// transit does not.
const mostPercentLost = 20

// Import takes a directory, whole or not at all. The same file again changes
// nothing. Whole says that a much smaller file is meant as it is.
//
// Returns [ErrNotADirectory], [ErrCutOff].
func (d *Directory) Import(ctx context.Context, file io.Reader, whole bool, by audit.Actor) (Imported, error) {
	digest := sha256.New()
	listings, err := readAll(io.TeeReader(file, digest))
	if err != nil {
		return Imported{}, fmt.Errorf("importing routing numbers: %w", err)
	}
	name := hex.EncodeToString(digest.Sum(nil))
	var done Imported
	err = d.db.Write(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		done, err = importTx(ctx, tx, listings, name, whole)
		if err != nil || done.Again {
			return err
		}
		insertDirectory(tx, name, done, by)
		audit.RecordTx(tx, audit.Event{Actor: by, Action: "routing.import", Thing: name, Detail: map[string]string{
			"numbers": fmt.Sprint(done.Numbers), "new": fmt.Sprint(done.New), "unlisted": fmt.Sprint(done.Unlisted),
		}})
		return nil
	})
	if err != nil {
		return Imported{}, fmt.Errorf("importing routing numbers: %w", err)
	}
	return done, nil
}

func readAll(file io.Reader) (map[Number]Listing, error) {
	listings := map[Number]Listing{}
	err := Read(file, func(l Listing) error {
		listings[l.Number] = l
		return nil
	})
	if err == nil && len(listings) == 0 {
		err = ErrNotADirectory.With("Line", 1)
	}
	return listings, err
}

func importTx(ctx context.Context, tx *db.Tx, listings map[Number]Listing, digest string, whole bool) (Imported, error) {
	done := Imported{Numbers: int64(len(listings)), At: tx.Now()}
	newest, err := newestDirectory(ctx, tx)
	if err != nil {
		return done, err
	}
	if done.Again = newest == digest; done.Again {
		return done, nil
	}
	before, listed, err := selectListings(ctx, tx)
	if err != nil {
		return done, err
	}
	if !whole && done.Numbers*100 < listed*(100-mostPercentLost) {
		return done, ErrCutOff.With("Before", listed).With("After", done.Numbers)
	}
	unlist(tx)
	for number, l := range listings {
		insertListing(tx, l)
		if _, known := before[number]; !known {
			done.New++
		} else {
			listed--
		}
		if l.SendsTo != number {
			done.Replaced++
		}
	}
	done.Unlisted = max(0, listed)
	return done, nil
}

// mostHops is how many replacements are followed. Banks merge, and the bank they
// merged into merges; a circle is nobody's.
const mostHops = 8

// Find tells which bank a number leads to, and by which number now. Without any
// directory, a number that checks is believed and its bank has no name. Returns
// [ErrNotANumber] and [ErrUnknown].
func (d *Directory) Find(ctx context.Context, number Number) (Bank, error) {
	if !number.Valid() {
		return Bank{}, ErrNotANumber
	}
	var bank Bank
	err := d.db.Read(ctx, id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		var err error
		bank, err = find(ctx, tx, number)
		return err
	})
	if err != nil {
		return Bank{}, fmt.Errorf("looking up a routing number: %w", err)
	}
	return bank, nil
}

func find(ctx context.Context, tx *db.Tx, number Number) (Bank, error) {
	at := number
	for range mostHops {
		l, err := selectListing(ctx, tx, at)
		switch {
		case errors.Is(err, db.ErrNoRows):
			return unlisted(ctx, tx, number)
		case err != nil:
			return Bank{}, err
		case l.SendsTo == at:
			return Bank{Number: at, Typed: number, Name: l.Bank, Place: l.Place}, nil
		}
		at = l.SendsTo
	}
	return Bank{}, ErrUnknown
}

// unlisted is the answer for a number that is not listed: unknown, where there is
// anything to list it.
func unlisted(ctx context.Context, tx *db.Tx, number Number) (Bank, error) {
	newest, err := newestDirectory(ctx, tx)
	if err == nil && newest != "" {
		err = ErrUnknown
	}
	return Bank{Number: number, Typed: number}, err
}
