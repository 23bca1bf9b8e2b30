// Package money counts US cents.
//
// It owns the one type of the house that holds money, [Amount]: a whole number
// of cents in an unexported field, so that no amount is ever a float, a bare
// integer of unknown unit, or half a cent.
//
// It promises that arithmetic never wraps and never loses a cent. Amounts
// reach from -[MaxCents] to MaxCents, ten trillion dollars either way. A
// result beyond that is out of range, in the way that a division by zero is
// not a number: it stays out of range through any further arithmetic, it is
// neither positive, negative nor zero, it sorts above every amount so that
// every upper limit refuses it, [Amount.Err] says so, and it can be neither
// stored nor encoded. The alternatives were worse: an error from every Add
// hides the sums of a bill behind their bookkeeping, and stopping at the limit
// invents a number that looks true.
//
// It never knows a currency other than the dollar, and never prints for
// residents: that is the work of package locale.
package money
