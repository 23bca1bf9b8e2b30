package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"clearwell/internal/access"
	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/cardscan"
)

const (
	house  billing.Number = "004217001"
	garden billing.Number = "004217002"
	bo                    = "bo@example.com"
)

func (dk *desk) links(s access.Session) access.Links {
	dk.Helper()
	all, err := dk.Links(dk.Context(), s)
	dk.must(err)
	return all
}

// linked is the one link of a login.
func (dk *desk) linked(s access.Session) access.Link {
	dk.Helper()
	mine := dk.links(s).Mine
	if len(mine) != 1 {
		dk.Fatalf("%d links: %+v", len(mine), mine)
	}
	return mine[0]
}

// shared has Ana share the house with Bo, who takes it.
func (dk *desk) shared(role access.Role, until calendar.Date) (mine, theirs access.Session) {
	dk.Helper()
	mine, theirs = dk.join(ana), dk.join(bo)
	dk.must(dk.Link(dk.Context(), mine, house, ""))
	dk.must(dk.Invite(dk.Context(), mine, access.Gift{Link: dk.linked(mine).ID, Email: "Bo@example.com", Role: role, Until: until}))
	dk.must(dk.Answer(dk.Context(), theirs, dk.links(theirs).ToMe[0].ID, true))
	return mine, theirs
}

func TestUtilityAccountsAreLinkedNamedAndUnlinked(t *testing.T) {
	each(t, func(dk *desk) {
		s := dk.join(ana)
		dk.want(dk.Link(dk.Context(), s, house, "4111 1111 1111 1111"), cardscan.ErrCard)
		dk.want(dk.Link(dk.Context(), s, house, strings.Repeat("é", 41)), access.ErrNickname)
		dk.must(dk.Link(dk.Context(), s, house, " Home "))
		dk.must(dk.Link(dk.Context(), s, house, "Mother")) // again: its nickname
		link := dk.linked(s)
		if link.Nickname != "Mother" || link.Role != access.Full || link.Given || link.UtilityAccount != house {
			t.Errorf("the link is %+v", link)
		}
		dk.must(dk.Rename(dk.Context(), s, link.ID, "Casa"))
		if got := dk.linked(s).Nickname; got != "Casa" {
			t.Errorf("the nickname is %q", got)
		}
		stranger := dk.join(bo)
		dk.want(dk.Rename(dk.Context(), stranger, link.ID, "mine"), access.ErrNoLink)
		dk.want(dk.Unlink(dk.Context(), stranger, link.ID), access.ErrNoLink)
		_, err := dk.Reach(dk.Context(), stranger, link.ID, access.See)
		dk.want(err, access.ErrNoLink)
		dk.must(dk.Link(dk.Context(), stranger, house, "")) // a spouse, who proves it too
		if got := dk.told(ana); !slices.Equal(got, []string{"linked"}) {
			t.Errorf("Ana was told %q", got)
		}
		dk.must(dk.Unlink(dk.Context(), s, link.ID))
		if n := len(dk.links(s).Mine); n != 0 {
			t.Errorf("%d links are left", n)
		}
		dk.linked(stranger)
		dk.must(dk.Link(dk.Context(), s, house, "")) // and back
	})
}

func TestSharesHaveARoleAndAnEnd(t *testing.T) {
	each(t, func(dk *desk) {
		today := calendar.MakeDate(2026, time.November, 24)
		mine, theirs := dk.shared(access.Payer, today.AddDays(1))
		link := dk.linked(theirs)
		if link.Role != access.Payer || !link.Given || link.Until != today.AddDays(1) {
			t.Errorf("the link is %+v", link)
		}
		_, err := dk.Reach(dk.Context(), theirs, link.ID, access.Pay)
		dk.must(err)
		dk.want(dk.Invite(dk.Context(), theirs, access.Gift{Link: link.ID, Email: "eva@example.com", Role: access.Seer}), access.ErrRole)
		if got := dk.told(bo); !slices.Equal(got, []string{"invited"}) {
			t.Errorf("Bo was told %q", got)
		}
		if got := dk.told(ana); !slices.Equal(got, []string{"accepted"}) {
			t.Errorf("Ana was told %q", got)
		}
		dk.clk.Set(time.Date(2026, 11, 26, 5, 59, 59, 0, time.UTC)) // the last second of the last day in Chicago
		theirs, err = dk.Enter(dk.Context(), town, bo, secretOf(longWords), visitor)
		dk.must(err)
		dk.linked(theirs)
		dk.clk.Advance(time.Second)
		if n := len(dk.links(theirs).Mine); n != 0 {
			t.Error("the share is not over")
		}
		_, err = dk.Reach(dk.Context(), theirs, link.ID, access.See)
		dk.want(err, access.ErrNoLink)
		dk.must(dk.Link(dk.Context(), theirs, house, "")) // by proof, though the share was not ended by anybody
		_ = mine
	})
}

func TestWhoSeesDoesNotPay(t *testing.T) {
	each(t, func(dk *desk) {
		_, theirs := dk.shared(access.Seer, calendar.Date{})
		link := dk.linked(theirs)
		_, err := dk.Reach(dk.Context(), theirs, link.ID, access.See)
		dk.must(err)
		_, err = dk.Reach(dk.Context(), theirs, link.ID, access.Pay)
		dk.want(err, access.ErrRole)
	})
}

func TestSharesAreTakenBack(t *testing.T) {
	each(t, func(dk *desk) {
		mine, theirs := dk.shared(access.Payer, calendar.Date{})
		given := dk.links(mine).Given[dk.linked(mine).ID]
		if len(given) != 1 || given[0].Email != bo {
			t.Fatalf("given: %+v", given)
		}
		dk.want(dk.TakeBack(dk.Context(), theirs, given[0].ID.String()), access.ErrNoLink)
		dk.must(dk.TakeBack(dk.Context(), mine, given[0].ID.String()))
		if n := len(dk.links(theirs).Mine); n != 0 {
			t.Error("the share is still there")
		}
		gift := access.Gift{Link: dk.linked(mine).ID, Email: bo, Role: access.Seer}
		dk.must(dk.Invite(dk.Context(), mine, gift))
		offer := dk.links(theirs).ToMe[0]
		dk.must(dk.TakeBack(dk.Context(), mine, offer.ID.String()))
		dk.want(dk.Answer(dk.Context(), theirs, offer.ID, true), access.ErrNoLink)
		dk.must(dk.Invite(dk.Context(), mine, gift))
		dk.must(dk.Answer(dk.Context(), theirs, dk.links(theirs).ToMe[0].ID, true))
		dk.must(dk.Unlink(dk.Context(), mine, dk.linked(mine).ID)) // with what hangs on it
		if n := len(dk.links(theirs).Mine); n != 0 {
			t.Error("the share outlives the link")
		}
		if got := dk.told(bo); !slices.Equal(got, []string{"invited", "unshared", "invited", "invited", "unshared"}) {
			t.Errorf("Bo was told %q", got)
		}
	})
}

func TestUtilityAccountsAreHandedOver(t *testing.T) {
	each(t, func(dk *desk) {
		mine, theirs := dk.join(ana), dk.join(bo)
		eva := dk.join("eva@example.com")
		dk.must(dk.Link(dk.Context(), mine, house, ""))
		link := dk.linked(mine).ID
		dk.must(dk.Invite(dk.Context(), mine, access.Gift{Link: link, Email: "eva@example.com", Role: access.Seer}))
		dk.must(dk.Answer(dk.Context(), eva, dk.links(eva).ToMe[0].ID, true))
		dk.want(dk.Invite(dk.Context(), mine, access.Gift{Link: link, Email: bo, Role: access.Full, Until: calendar.MakeDate(2027, 1, 1)}), access.ErrUntil)
		dk.must(dk.Invite(dk.Context(), mine, access.Gift{Link: link, Email: bo, Role: access.Full}))
		dk.must(dk.Answer(dk.Context(), theirs, dk.links(theirs).ToMe[0].ID, true))
		if n := len(dk.links(mine).Mine); n != 0 {
			t.Error("who handed over has it still")
		}
		if got := dk.linked(theirs); got.Role != access.Full || got.Given {
			t.Errorf("handed over: %+v", got)
		}
		if given := dk.links(theirs).Given[dk.linked(theirs).ID]; len(given) != 1 { // what was shared goes along
			t.Errorf("given: %+v", given)
		}
		dk.linked(eva)
	})
}

func TestInvitationsAreForOneAddressAndOver(t *testing.T) {
	each(t, func(dk *desk) {
		mine, theirs := dk.join(ana), dk.join(bo)
		eva := dk.join("eva@example.com")
		dk.must(dk.Link(dk.Context(), mine, house, ""))
		link := dk.linked(mine).ID
		invite := func(g access.Gift) error { g.Link = link; return dk.Invite(dk.Context(), mine, g) }
		dk.want(invite(access.Gift{Email: "bo", Role: access.Seer}), access.ErrEmail)
		dk.want(invite(access.Gift{Email: ana, Role: access.Seer}), access.ErrInviteSelf)
		dk.want(invite(access.Gift{Email: bo, Role: "owner"}), access.ErrRole)
		dk.want(invite(access.Gift{Email: bo, Role: access.Seer, Until: calendar.MakeDate(2026, 11, 23)}), access.ErrUntil)
		dk.must(invite(access.Gift{Email: bo, Role: access.Seer}))
		offer := dk.links(theirs).ToMe[0]
		dk.want(dk.Answer(dk.Context(), eva, offer.ID, true), access.ErrNoLink)
		dk.clk.Advance(10 * time.Minute)
		dk.want(invite(access.Gift{Email: bo, Role: access.Seer}), access.ErrProofNeeded)
		dk.clk.Advance(14 * 24 * time.Hour)
		theirs, err := dk.Enter(dk.Context(), town, bo, secretOf(longWords), visitor)
		dk.must(err)
		if n := len(dk.links(theirs).ToMe); n != 0 {
			t.Error("an old offer stands")
		}
		dk.want(dk.Answer(dk.Context(), theirs, offer.ID, true), access.ErrNoLink)
	})
}

func TestThereIsAnEndToLinks(t *testing.T) {
	each(t, func(dk *desk) {
		s := dk.join(ana)
		for n := range 20 {
			dk.must(dk.Link(dk.Context(), s, billing.Number("0042170"+string(rune('a'+n))), ""))
		}
		dk.want(dk.Link(dk.Context(), s, garden, ""), access.ErrTooManyLinks)
	})
}

// Who gives a login up takes what it shared along.
func TestAGivenUpLoginSharesNothing(t *testing.T) {
	each(t, func(dk *desk) {
		mine, theirs := dk.shared(access.Payer, calendar.Date{})
		dk.must(dk.Delete(dk.Context(), mine))
		if n := len(dk.links(theirs).Mine); n != 0 {
			t.Error("the share is still there")
		}
	})
}
