// Package fault gives errors a kind and a name.
//
// A refusal that a resident or a clerk may meet is a sentinel with a code; the
// sentence they read is the locale message "fault.<code>". Everything else is
// Internal, and says nothing to the public.
package fault

import (
	"errors"
	"fmt"
	"maps"
)

// Kind says who can do something about an error.
type Kind int

// The kinds. The zero value is Internal, so that a forgotten kind leaks nothing.
const (
	Internal    Kind = iota // ours to mend
	Invalid                 // the caller's input is not of the form asked for
	NotFound                // there is no such thing, or not for this caller
	Conflict                // the thing has changed since the caller looked
	Refused                 // a rule of the town says no
	Denied                  // this caller may not
	Throttled               // too often; later
	Unavailable             // something outside is down; later
)

// String names the kind.
func (k Kind) String() string {
	return [...]string{"internal", "invalid", "not found", "conflict", "refused", "denied", "throttled", "unavailable"}[k]
}

// Error is an error with a name.
type Error struct {
	Kind   Kind
	Code   string         // stable, snake_case; the public sentence is the message "fault.<code>"
	Params map[string]any // what the sentence needs; shown to the public, so never personal or secret
	Err    error          // the cause, for staff only
}

// New makes a sentinel.
func New(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// Error reads for staff.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Code + ": " + e.Err.Error()
	}
	if len(e.Params) > 0 {
		return fmt.Sprintf("%s %v", e.Code, e.Params)
	}
	return e.Code
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the same refusal, whatever its parameters.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && other.Kind == e.Kind
}

// With gives a copy that carries a parameter for the public sentence.
func (e *Error) With(name string, value any) *Error {
	copied := *e
	copied.Params = maps.Clone(e.Params)
	if copied.Params == nil {
		copied.Params = map[string]any{}
	}
	copied.Params[name] = value
	return &copied
}

// Because gives a copy that carries its cause.
func (e *Error) Because(cause error) *Error {
	copied := *e
	copied.Err = cause
	return &copied
}

// KindOf finds the kind of err; an error without one is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// CodeOf finds the name of err, "internal" for an error without one.
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return "internal"
}
