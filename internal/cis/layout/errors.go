package layout

import (
	"clearwell/internal/fault"
)

// The refusals of a whole file. None of its rows is delivered.
var (
	// ErrEmpty: there is no row in it.
	ErrEmpty = fault.New(fault.Refused, "file_empty")
	// ErrTruncated: it ends in the middle of a line, or without the trailer or
	// line end that its layout demands.
	ErrTruncated = fault.New(fault.Refused, "file_truncated")
	// ErrControlTotals: it does not hold what its header or trailer says.
	ErrControlTotals = fault.New(fault.Refused, "file_control_totals")
	// ErrColumns: its header lacks a column, or has one twice.
	ErrColumns = fault.New(fault.Refused, "file_columns")
	// ErrEncoding: it is not text in the layout's encoding at all.
	ErrEncoding = fault.New(fault.Refused, "file_encoding")
	// ErrAfterTrailer: something follows its trailer: two files glued together.
	ErrAfterTrailer = fault.New(fault.Refused, "file_after_trailer")
	// ErrChanged: it is not the file that was examined.
	ErrChanged = fault.New(fault.Conflict, "file_changed")
)
