package till

import "clearwell/internal/fault"

var (
	// ErrDrawerName: a drawer is named with lower-case letters, digits and hyphens.
	ErrDrawerName = fault.New(fault.Invalid, "drawer_name")
	// ErrDrawerTaken: the drawer has a session that is not closed.
	ErrDrawerTaken = fault.New(fault.Conflict, "drawer_taken")
	// ErrNoSession: there is no such session in this city.
	ErrNoSession = fault.New(fault.NotFound, "drawer_unknown")
	// ErrNotCashier: the drawer is another cashier's.
	ErrNotCashier = fault.New(fault.Denied, "drawer_of_another")
	// ErrNoReceipt: there is no such receipt, or no sale of this key; for a key there
	// will never be one.
	ErrNoReceipt = fault.New(fault.NotFound, "receipt_unknown")
	// ErrKeyRefused: somebody asked for this sale before it came, and was told that
	// it is not there.
	ErrKeyRefused = fault.New(fault.Conflict, "sale_too_late")
	// ErrKeyUsed: another sale has this key.
	ErrKeyUsed = fault.New(fault.Conflict, "sale_key_used")
	// ErrSaleEmpty: no line, no tender, or one without an amount.
	ErrSaleEmpty = fault.New(fault.Invalid, "sale_empty")
	// ErrLineTwice: two lines are of one utility account.
	ErrLineTwice = fault.New(fault.Invalid, "sale_line_twice")
	// ErrTooLittle: less is handed over than the lines come to. Missing.
	ErrTooLittle = fault.New(fault.Invalid, "sale_too_little")
	// ErrNoChange: more change than there is cash would have to be given. Over.
	ErrNoChange = fault.New(fault.Refused, "sale_no_change")
	// ErrCheckUnread: what a check says of its bank is incomplete or wrong.
	ErrCheckUnread = fault.New(fault.Invalid, "check_unread")
	// ErrTooMuchCash: the drawer would have more cash than the town allows. Limit.
	ErrTooMuchCash = fault.New(fault.Refused, "drawer_full")
	// ErrReasonMissing: a reason must be given.
	ErrReasonMissing = fault.New(fault.Invalid, "till_reason_missing")
	// ErrUndone: the receipt was undone before.
	ErrUndone = fault.New(fault.Conflict, "receipt_undone")
	// ErrSecondPerson: it takes a second person, who is not the first and not the
	// drawer's cashier.
	ErrSecondPerson = fault.New(fault.Denied, "till_second_person")
	// ErrPieces: a count of what is no coin and no bill, of one twice, or of fewer
	// than none.
	ErrPieces = fault.New(fault.Invalid, "till_pieces")
	// ErrMovedOn: somebody else moved the drawer first.
	ErrMovedOn = fault.New(fault.Conflict, "drawer_moved_on")
	// ErrScanUnread: what was scanned is of no form that the town's bills have.
	ErrScanUnread = fault.New(fault.Invalid, "scan_unread")
	// ErrScanDigit: the check digit of what was scanned is wrong.
	ErrScanDigit = fault.New(fault.Invalid, "scan_check_digit")
)
