package access

import (
	"context"
	"errors"
	"fmt"

	"clearwell/internal/billing"
	"clearwell/internal/calendar"
	"clearwell/internal/db"
	"clearwell/internal/id"
)

// today is the business day of the transaction's city.
func (s *Service) today(tx *db.Tx) (calendar.Date, error) {
	town, err := s.Towns.ByID(tx.City())
	if err != nil {
		return calendar.Date{}, err
	}
	return calendar.Of(tx.Now(), town.Zone), nil
}

// Link gives a login full use of a utility account that its owner has proved to
// know: the caller has compared. What somebody else gave before ends. Whoever has
// full use already is told.
//
// Returns [ErrNoSession], [ErrTooManyLinks], [ErrNickname], cardscan.ErrCard.
func (s *Service) Link(ctx context.Context, of Session, number billing.Number, nickname string) error {
	nickname, err := readNickname(nickname)
	if err != nil {
		return err
	}
	return s.write(ctx, "linking a utility account", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		tx.Lock("links of " + now.Login.ID.String())
		mine, err := s.linksOf(ctx, tx, now.Login.ID)
		if err != nil {
			return err
		}
		for _, old := range mine {
			if old.UtilityAccount == number && !old.Given {
				saveNickname(tx, old.ID, nickname)
				return nil
			}
		}
		if len(mine) >= mostLinks {
			return ErrTooManyLinks.With("Count", mostLinks)
		}
		fresh := Link{ID: id.New[linkKind](tx.Now()), UtilityAccount: number, Nickname: nickname, Role: Full, login: now.Login.ID}
		insertLink(tx, fresh)
		record(tx, now.Login.ID, "login.linked", map[string]string{"link": fresh.ID.String(), "utility_account": string(number)})
		return s.tellHolders(ctx, tx, fresh)
	})
}

// tellHolders tells all others who have full use of a utility account that
// another login has it too.
func (s *Service) tellHolders(ctx context.Context, tx *db.Tx, fresh Link) error {
	holders, err := selectHolders(ctx, tx, fresh.UtilityAccount)
	if err != nil {
		return err
	}
	for _, holder := range holders {
		if holder.ID != fresh.login {
			if err := s.tell(tx, fresh.ID.String()+" "+holder.ID.String(), holder, newsLinked, s.shortly(tx, fresh.UtilityAccount)); err != nil {
				return err
			}
		}
	}
	return nil
}

// shortly is as much of a number as mail may say.
func (s *Service) shortly(tx *db.Tx, number billing.Number) string {
	town, err := s.Towns.ByID(tx.City())
	if err != nil {
		return ""
	}
	return billing.Ending(town.Numbers.Display(string(number)))
}

// linksOf lists a login's links that are ones today.
func (s *Service) linksOf(ctx context.Context, tx *db.Tx, login LoginID) (live []Link, err error) {
	today, err := s.today(tx)
	if err != nil {
		return nil, err
	}
	all, err := selectLinks(ctx, tx, login)
	for _, one := range all {
		if one.live(today) {
			live = append(live, one)
		}
	}
	return live, err
}

// link finds a link of the login that allows something. Returns [ErrNoLink],
// [ErrRole].
func (s *Service) link(ctx context.Context, tx *db.Tx, login LoginID, which LinkID, do Doing) (Link, error) {
	mine, err := s.linksOf(ctx, tx, login)
	if err != nil {
		return Link{}, err
	}
	for _, one := range mine {
		switch {
		case one.ID != which:
			continue
		case !one.Role.Can(do):
			return Link{}, ErrRole
		}
		return one, nil
	}
	return Link{}, ErrNoLink
}

// Reach finds a link of the login that allows something now. Returns [ErrNoLink],
// [ErrRole].
func (s *Service) Reach(ctx context.Context, of Session, which LinkID, do Doing) (found Link, err error) {
	err = s.DB.Read(ctx, of.town, func(ctx context.Context, tx *db.Tx) error {
		found, err = s.link(ctx, tx, of.Login.ID, which, do)
		return err
	})
	if err != nil {
		return Link{}, fmt.Errorf("reaching a utility account: %w", err)
	}
	return found, nil
}

// Links is what a login has to do with utility accounts.
type Links struct {
	Mine    []Link             // in the order in which they were made
	Given   map[LinkID][]Link  // to others, by the link that they hang on
	Offered map[LinkID][]Offer // to others, and not answered
	ToMe    []Invitation       // offered to this login
}

// Offer is an invitation as whoever made it sees it.
type Offer = Invitation

// Links lists them.
func (s *Service) Links(ctx context.Context, of Session) (all Links, err error) {
	err = s.DB.Read(ctx, of.town, func(ctx context.Context, tx *db.Tx) error {
		all, err = s.all(ctx, tx, of.Login)
		return err
	})
	if err != nil {
		return Links{}, fmt.Errorf("listing links: %w", err)
	}
	return all, nil
}

func (s *Service) all(ctx context.Context, tx *db.Tx, login Login) (all Links, err error) {
	today, err := s.today(tx)
	if err != nil {
		return Links{}, err
	}
	if all.Mine, err = s.linksOf(ctx, tx, login.ID); err != nil {
		return Links{}, err
	}
	all.Given, all.Offered = map[LinkID][]Link{}, map[LinkID][]Offer{}
	for _, mine := range all.Mine {
		given, err := selectGiven(ctx, tx, mine.ID)
		if err != nil {
			return Links{}, err
		}
		for _, one := range given {
			if one.live(today) {
				all.Given[mine.ID] = append(all.Given[mine.ID], one)
			}
		}
	}
	invitations, err := selectInvitations(ctx, tx, login)
	for _, one := range invitations {
		switch {
		case !one.open(tx.Now(), today):
		case one.Email == login.Email:
			all.ToMe = append(all.ToMe, one)
		default:
			all.Offered[one.link] = append(all.Offered[one.link], one)
		}
	}
	return all, err
}

// Rename gives a utility account another nickname. Returns [ErrNoSession],
// [ErrNoLink], [ErrNickname], cardscan.ErrCard.
func (s *Service) Rename(ctx context.Context, of Session, which LinkID, nickname string) error {
	nickname, err := readNickname(nickname)
	if err != nil {
		return err
	}
	return s.write(ctx, "renaming a utility account", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		link, err := s.link(ctx, tx, now.Login.ID, which, See)
		if err == nil {
			saveNickname(tx, link.ID, nickname)
		}
		return err
	})
}

// Unlink ends a link of the login, and what hangs on it. Returns [ErrNoSession],
// [ErrNoLink].
func (s *Service) Unlink(ctx context.Context, of Session, which LinkID) error {
	return s.write(ctx, "unlinking a utility account", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		link, err := s.link(ctx, tx, now.Login.ID, which, See)
		if err != nil {
			return err
		}
		return s.end(ctx, tx, now, link)
	})
}

// end ends a link and all that it gave to others, who are told.
func (s *Service) end(ctx context.Context, tx *db.Tx, by Session, link Link) error {
	given, err := selectGiven(ctx, tx, link.ID)
	if err != nil {
		return err
	}
	endLink(tx, link.ID)
	withdrawAll(tx, link.ID)
	record(tx, by.Login.ID, "login.unlinked", map[string]string{"link": link.ID.String(), "utility_account": string(link.UtilityAccount)})
	for _, one := range given {
		if err := s.takeBack(tx, by, one); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) takeBack(tx *db.Tx, by Session, given Link) error {
	endLink(tx, given.ID)
	record(tx, by.Login.ID, "login.unshared", map[string]string{"link": given.ID.String(), "utility_account": string(given.UtilityAccount)})
	return s.tell(tx, given.ID.String(), Login{Email: given.Email, Language: by.Login.Language}, newsUnshared, s.shortly(tx, given.UtilityAccount))
}

// Gift is what somebody offers to another.
type Gift struct {
	Link  LinkID
	Email string
	Role  Role          // Full hands over: whoever takes it has it instead
	Until calendar.Date // the last day; zero without an end, as for Full always
}

// Invite offers a link to an e-mail address, by mail. It becomes one when a login
// with that address takes it.
//
// Returns [ErrNoSession], [ErrProofNeeded], [ErrNoLink], [ErrRole], [ErrEmail],
// [ErrInviteSelf], [ErrUntil], [ErrTooManyLinks].
func (s *Service) Invite(ctx context.Context, of Session, g Gift) error {
	email, err := ReadEmail(g.Email)
	if err != nil {
		return err
	}
	return s.change(ctx, "inviting", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		today, err := s.today(tx)
		if err != nil {
			return err
		}
		link, err := s.link(ctx, tx, now.Login.ID, g.Link, Give)
		switch {
		case err != nil:
			return err
		case !g.Role.Can(See):
			return ErrRole
		case email == now.Login.Email:
			return ErrInviteSelf
		case !g.Until.IsZero() && (g.Role == Full || g.Until.Before(today)):
			return ErrUntil
		}
		all, err := s.all(ctx, tx, now.Login)
		if err != nil {
			return err
		}
		if len(all.Given[link.ID])+len(all.Offered[link.ID]) >= mostLinks {
			return ErrTooManyLinks.With("Count", mostLinks)
		}
		offer := Invitation{ID: id.Unguessable[invitationKind](tx.Now()), UtilityAccount: link.UtilityAccount, Email: email, Role: g.Role, Until: g.Until, link: link.ID}
		insertInvitation(tx, offer)
		record(tx, now.Login.ID, "login.invited", map[string]string{"link": link.ID.String(), "role": string(g.Role), "invitation": offer.ID.String()})
		return s.tell(tx, offer.ID.String(), Login{Email: email, Language: now.Login.Language}, newsInvited, now.Login.Email)
	})
}

// TakeBack ends a link that this login gave, or an offer that was not answered.
// Returns [ErrNoSession], [ErrNoLink].
func (s *Service) TakeBack(ctx context.Context, of Session, name string) error {
	return s.write(ctx, "taking back", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		all, err := s.all(ctx, tx, now.Login)
		if err != nil {
			return err
		}
		for _, given := range all.Given {
			for _, one := range given {
				if one.ID.String() == name {
					return s.takeBack(tx, now, one)
				}
			}
		}
		for _, offered := range all.Offered {
			for _, one := range offered {
				if one.ID.String() == name {
					saveAnswer(tx, one.ID, "withdrawn")
					return nil
				}
			}
		}
		return ErrNoLink
	})
}

// Answer takes what was offered to the login, or declines it. Returns
// [ErrNoSession], [ErrNoLink], [ErrTooManyLinks].
func (s *Service) Answer(ctx context.Context, of Session, which InvitationID, take bool) error {
	return s.write(ctx, "answering an invitation", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		tx.Lock("links of " + now.Login.ID.String())
		all, err := s.all(ctx, tx, now.Login)
		if err != nil {
			return err
		}
		for _, one := range all.ToMe {
			switch {
			case one.ID != which:
				continue
			case !take:
				saveAnswer(tx, one.ID, "declined")
				return nil
			}
			return s.take(ctx, tx, now, all.Mine, one)
		}
		return ErrNoLink
	})
}

// take makes a link of an offer, if whoever made it still may. What was handed
// over is gone from the other.
func (s *Service) take(ctx context.Context, tx *db.Tx, now Session, mine []Link, offer Invitation) error {
	giving, giver, err := selectGiver(ctx, tx, offer.link)
	today, todayErr := s.today(tx)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return ErrNoLink
	case err != nil || todayErr != nil:
		return errors.Join(err, todayErr)
	case !giving.live(today) || !giving.Role.Can(Give):
		return ErrNoLink
	case len(mine) >= mostLinks:
		return ErrTooManyLinks.With("Count", mostLinks)
	}
	saveAnswer(tx, offer.ID, "accepted")
	fresh := Link{ID: id.New[linkKind](tx.Now()), UtilityAccount: offer.UtilityAccount, Role: offer.Role, Until: offer.Until, login: now.Login.ID, by: giving.ID}
	kept, has := fullOf(mine, offer.UtilityAccount)
	if offer.Role == Full {
		fresh.by = LinkID{}
		endLink(tx, giving.ID)
	}
	if has {
		fresh = kept // what they have is as much or more
	} else {
		insertLink(tx, fresh)
	}
	if offer.Role == Full {
		regive(tx, giving.ID, fresh.ID)
	}
	record(tx, now.Login.ID, "login.accepted", map[string]string{"link": fresh.ID.String(), "role": string(fresh.Role), "utility_account": string(fresh.UtilityAccount)})
	what := newsAccepted
	if offer.Role == Full {
		what = newsHanded
	}
	return s.tell(tx, offer.ID.String(), giver, what, now.Login.Email)
}

// fullOf finds a link with full use of a utility account.
func fullOf(mine []Link, number billing.Number) (Link, bool) {
	for _, one := range mine {
		if one.UtilityAccount == number && one.Role == Full {
			return one, true
		}
	}
	return Link{}, false
}
