package access

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
	"clearwell/internal/fault"
	"clearwell/internal/id"

	"golang.org/x/text/unicode/norm"
)

// LinkID names a login's link to a utility account.
type LinkID = id.ID[linkKind]

type linkKind struct{}

// Prefix names the kind.
func (linkKind) Prefix() string { return "link" }

// InvitationID names an offer of a link.
type InvitationID = id.ID[invitationKind]

type invitationKind struct{}

// Prefix names the kind.
func (invitationKind) Prefix() string { return "invite" }

// Role is what a login may do with a utility account.
type Role string

// The roles.
const (
	Full  Role = "full" // sees, pays, and lets others in
	Payer Role = "pay"  // sees and pays
	Seer  Role = "see"  // sees
)

// Can reports whether a role allows something.
func (r Role) Can(do Doing) bool {
	switch do {
	case See:
		return r == Full || r == Payer || r == Seer
	case Pay:
		return r == Full || r == Payer
	case Give:
		return r == Full
	}
	return false
}

// Doing is something that a role may allow.
type Doing string

// What roles allow.
const (
	See  Doing = "see"
	Pay  Doing = "pay"
	Give Doing = "give"
)

// Link lets a login see a utility account.
type Link struct {
	ID             LinkID
	UtilityAccount billing.Number
	Nickname       string // that its owner gave it; empty for none
	Role           Role
	Until          calendar.Date // the last day; zero without an end
	Given          bool          // by somebody else, and not proved
	Email          string        // of the login that has it

	login LoginID
	by    LinkID // the link that it hangs on
	ended time.Time
}

// live reports whether a link is one on a day.
func (l Link) live(today calendar.Date) bool {
	return l.ended.IsZero() && (l.Until.IsZero() || !l.Until.Before(today))
}

// Invitation offers a link to whoever reads mail at an address.
type Invitation struct {
	ID             InvitationID
	UtilityAccount billing.Number
	Email          string
	Role           Role
	Until          calendar.Date
	MadeAt         time.Time

	link   LinkID // of whoever gives it
	answer string
}

// open reports whether an invitation may still be answered.
func (i Invitation) open(now time.Time, today calendar.Date) bool {
	return i.answer == "" && now.Sub(i.MadeAt) < invitationLasts && (i.Until.IsZero() || !i.Until.Before(today))
}

const (
	invitationLasts = 14 * 24 * time.Hour
	mostLinks       = 20 // of a login, and of what one link gives: a manager of more houses asks the town
	longestNickname = 40 // runes
)

// The refusals about links.
var (
	// ErrNoLink refuses what is not there, or not this login's.
	ErrNoLink = fault.New(fault.NotFound, "link_unknown")
	// ErrRole refuses what the role does not allow.
	ErrRole = fault.New(fault.Denied, "link_role")
	// ErrNickname refuses a nickname that is too long.
	ErrNickname = fault.New(fault.Invalid, "link_nickname")
	// ErrUntil refuses an end that is over already.
	ErrUntil = fault.New(fault.Invalid, "link_until")
	// ErrTooManyLinks refuses more than one person needs. Count: how many there
	// may be.
	ErrTooManyLinks = fault.New(fault.Refused, "links_too_many")
	// ErrInviteSelf refuses an invitation to one's own address.
	ErrInviteSelf = fault.New(fault.Invalid, "invite_self")
)

// readNickname reads a name that somebody gives a utility account. Returns
// [ErrNickname], cardscan.ErrCard.
func readNickname(text string) (string, error) {
	text = norm.NFC.String(strings.TrimSpace(text))
	printable := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
	switch {
	case cardscan.Contains([]byte(text)), cardscan.Scattered(text):
		return "", cardscan.ErrCard
	case !utf8.ValidString(text), utf8.RuneCountInString(text) > longestNickname, !printable:
		return "", ErrNickname
	}
	return text, nil
}

// The news about links.
const (
	newsLinked   news = "linked"   // another login has proved to know the utility account
	newsInvited  news = "invited"  // something is offered
	newsAccepted news = "accepted" // what was offered was taken
	newsUnshared news = "unshared" // what was given is taken back
	newsHanded   news = "handed"   // what was handed over is gone
)
