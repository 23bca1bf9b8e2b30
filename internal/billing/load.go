package billing

import (
	"context"
	"fmt"
	"time"

	"clearwell/internal/db"
	"clearwell/internal/money"
)

// Rows gives the rows of a load one by one, and nil at its end.
type Rows func() (*Row, error)

// StageTx keeps rows of a load until they are applied or discarded; nothing else
// changes. A line that was staged before is an error.
func StageTx(ctx context.Context, tx *db.Tx, load LoadID, rows Rows) (int64, error) {
	staged, err := stage(ctx, tx, load, rows)
	if err != nil {
		return staged, fmt.Errorf("staging rows: %w", err)
	}
	return staged, nil
}

// StagedTx counts what waits in a load.
func StagedTx(ctx context.Context, tx *db.Tx, load LoadID) (Staged, error) {
	var s Staged
	err := countStaged(ctx, tx, load).Scan(&s.Rows, &s.Sum)
	if err != nil {
		return Staged{}, fmt.Errorf("counting staged rows: %w", err)
	}
	return s, nil
}

// IsStagedTx says whether a line waits in a load. Staged rows outlive the program
// and not, on PostgreSQL, the server: after its crash they are gone, all at once.
func IsStagedTx(ctx context.Context, tx *db.Tx, load LoadID, line int64) (bool, error) {
	there, err := isStaged(ctx, tx, load, line)
	if err != nil {
		return false, fmt.Errorf("looking for a staged row: %w", err)
	}
	return there, nil
}

// ApplyTx makes a load's rows what the billing system states as of an instant,
// which says which payments are in the balances, and empties the load. Where
// several rows speak of one thing, the newest bill wins, then the later line;
// a bill older than the one that stated a balance leaves the balance alone, and
// so does the same day's bill as of an earlier instant.
func ApplyTx(ctx context.Context, tx *db.Tx, load LoadID, asOf time.Time) (Changes, error) {
	return applyTx(ctx, tx, load, asOf, newestBills(), newest(isBill, "number, bill_number"))
}

// ApplySingleTx is [ApplyTx] for loads in which no utility account has two bills:
// nothing has to be put in order to find the newest. Returns [db.ErrDuplicate]
// where one has.
func ApplySingleTx(ctx context.Context, tx *db.Tx, load LoadID, asOf time.Time) (Changes, error) {
	return applyTx(ctx, tx, load, asOf, every(isBill), every(isBill))
}

// ApplyAddedTx is [ApplyTx] for loads in which all bills of a utility account are
// owed together, such as those of a town that bills water and sewer apart.
func ApplyAddedTx(ctx context.Context, tx *db.Tx, load LoadID, asOf time.Time) (Changes, error) {
	return applyTx(ctx, tx, load, asOf, addedBills(), newest(isBill, "number, bill_number"))
}

func applyTx(ctx context.Context, tx *db.Tx, load LoadID, asOf time.Time, balances, bills string) (Changes, error) {
	var c Changes
	before, err := countAll(ctx, tx)
	if err != nil {
		return c, fmt.Errorf("counting before applying: %w", err)
	}
	touched, err := apply(ctx, tx, load, db.Micros(asOf), before, balances, bills)
	if err != nil {
		return c, fmt.Errorf("applying rows: %w", err)
	}
	c.Stated, err = statedBy(ctx, tx, load, db.Micros(asOf))
	if err != nil {
		return c, fmt.Errorf("adding up balances: %w", err)
	}
	after, err := countAll(ctx, tx)
	if err != nil {
		return c, fmt.Errorf("counting after applying: %w", err)
	}
	c.NewUtilityAccounts, c.UpdatedUtilityAccounts = divide(before.utilityAccounts, after.utilityAccounts, touched.utilityAccounts)
	c.NewBills, c.ChangedBills = divide(before.bills, after.bills, touched.bills)
	c.NewReadings, c.ChangedReadings = divide(before.readings, after.readings, touched.readings)
	DiscardTx(tx, load)
	return c, nil
}

// divide tells new rows from changed ones.
func divide(before, after, touched int64) (fresh, changed int64) {
	return after - before, touched - (after - before)
}

// counts are of rows of the three tables.
type counts struct{ utilityAccounts, bills, readings int64 }

// DiscardTx forgets the rows of a load that will not be applied.
func DiscardTx(tx *db.Tx, load LoadID) { deleteStaged(tx, load) }

// cents is a stored amount, nil where none is stated.
func cents(a *money.Amount) any {
	if a == nil {
		return nil
	}
	return a.Cents()
}

// milli is a stored quantity, nil where none is stated.
func milli(q *int64) any {
	if q == nil {
		return nil
	}
	return *q
}
