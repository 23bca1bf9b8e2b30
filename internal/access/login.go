package access

import (
	"time"

	"clearwell/internal/fault"
	"clearwell/internal/id"
	"clearwell/internal/locale"
)

// LoginID names a login.
type LoginID = id.ID[loginKind]

type loginKind struct{}

// Prefix names the kind.
func (loginKind) Prefix() string { return "login" }

// SessionID names one browser's being signed in.
type SessionID = id.ID[sessionKind]

type sessionKind struct{}

// Prefix names the kind.
func (sessionKind) Prefix() string { return "session" }

// CodeID names a code that was sent.
type CodeID = id.ID[codeKind]

type codeKind struct{}

// Prefix names the kind.
func (codeKind) Prefix() string { return "code" }

// Login is how a resident signs in to one town. It exists once its e-mail
// address has been proved, and not before: nobody can make one for an address
// that they do not read.
type Login struct {
	ID       LoginID
	Email    string // as [ReadEmail] gives it
	Language locale.Lang
	MadeAt   time.Time

	hash string // of the password
}

// Session is one browser's being signed in. It belongs to one town: what is asked
// of it is asked there.
type Session struct {
	ID       SessionID
	Login    Login
	Way      Way
	Agent    string // the browser, as it calls itself
	BeganAt  time.Time
	SeenAt   time.Time
	ProvedAt time.Time // when its owner last proved to be who they are
	EndsAt   time.Time

	endedAt time.Time
	town    id.City
}

// Way is how somebody proved to be who they are.
type Way string

// The ways.
const (
	ByPassword Way = "password"
	ByCode     Way = "code"
	ByPasskey  Way = "passkey"
)

// Purpose is what a code is for. One that was sent for one thing does no other.
type Purpose string

// The purposes.
const (
	SignUp   Purpose = "sign_up"
	SignIn   Purpose = "sign_in"
	Recover  Purpose = "recover"
	Prove    Purpose = "prove"     // who is signed in proves it again
	NewEmail Purpose = "new_email" // the login's address is to change
)

// news is what a login is told of.
type news string

const (
	newsExists     news = "exists" // somebody wants a login with an address that has one
	newsLocked     news = "locked"
	newsNewPass    news = "password"
	newsNewAddress news = "address"
	newsDeleted    news = "deleted"
	newsPasskey    news = "passkey"
	newsNoPasskey  news = "no_passkey"
)

// The refusals.
var (
	// ErrEmail refuses what is no e-mail address that a resident can have.
	ErrEmail = fault.New(fault.Invalid, "login_email")
	// ErrPasswordShort refuses a password that is soon guessed. Count: characters
	// that are needed.
	ErrPasswordShort = fault.New(fault.Invalid, "password_short")
	// ErrPasswordLong refuses a text longer than anybody types.
	ErrPasswordLong = fault.New(fault.Invalid, "password_long")
	// ErrPasswordCommon refuses a password that others have, and that are tried
	// first.
	ErrPasswordCommon = fault.New(fault.Invalid, "password_common")
	// ErrNoMatch refuses whoever cannot prove who they are. It is the same whether
	// or not there is such a login.
	ErrNoMatch = fault.New(fault.Refused, "login_no_match")
	// ErrLocked refuses a password, right or wrong, after too many wrong ones.
	// Count: minutes to wait.
	ErrLocked = fault.New(fault.Throttled, "login_locked")
	// ErrCodeWrong refuses a code that was not sent.
	ErrCodeWrong = fault.New(fault.Invalid, "login_code_wrong")
	// ErrCodeOver refuses a code that is too old, was used, or was mistyped too
	// often.
	ErrCodeOver = fault.New(fault.Refused, "login_code_over")
	// ErrNoSession refuses whoever is not signed in, or not any more.
	ErrNoSession = fault.New(fault.Denied, "login_needed")
	// ErrProofNeeded refuses a change by whoever proved too long ago who they are.
	ErrProofNeeded = fault.New(fault.Denied, "login_proof_needed")
)
