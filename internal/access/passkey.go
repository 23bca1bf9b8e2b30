package access

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"clearwell/internal/audit"
	"clearwell/internal/cardscan"
	"clearwell/internal/db"
	"clearwell/internal/fault"
	"clearwell/internal/id"
)

// ErrPasskey refuses what is not the passkey that was asked for: unknown, made
// elsewhere, or too late.
var ErrPasskey = fault.New(fault.Refused, "passkey_refused")

// ErrTooManyPasskeys refuses more than one person needs. Count: how many there may
// be.
var ErrTooManyPasskeys = fault.New(fault.Refused, "passkeys_too_many")

const (
	ceremonyLasts = 10 * time.Minute
	mostPasskeys  = 10
)

// Passkey is a key of the resident's own device that signs in to a login.
type Passkey struct {
	ID     string
	Name   string
	MadeAt time.Time
	UsedAt time.Time // zero where it was never used

	login      LoginID
	credential webauthn.Credential
}

// Ceremony is one asking for a passkey: what the browser is told, and what the
// visit remembers until it answers. Neither is a secret; the second must be the
// visit's own.
type Ceremony struct {
	Options string // as PublicKeyCredential.parse…OptionsFromJSON reads it
	State   string
}

// asked is the state of a ceremony.
type asked struct {
	At      time.Time
	Session webauthn.SessionData
}

// owner is a login as the library knows its users.
type owner struct {
	login    Login
	passkeys []Passkey
}

// WebAuthnID is the user handle: it names the login to us, and nobody to others.
func (o owner) WebAuthnID() []byte { return []byte(o.login.ID.String()) }

// WebAuthnName is what the device shows.
func (o owner) WebAuthnName() string { return o.login.Email }

// WebAuthnDisplayName is what the device shows.
func (o owner) WebAuthnDisplayName() string { return o.login.Email }

// WebAuthnCredentials are the passkeys that there are.
func (o owner) WebAuthnCredentials() []webauthn.Credential {
	var all []webauthn.Credential
	for _, one := range o.passkeys {
		all = append(all, one.credential)
	}
	return all
}

// party is us, as passkeys know us: the host of the origin. The device is asked to
// know its owner, by a finger or a number, so that a passkey is proof of two
// things.
func party(origin, name string) (*webauthn.WebAuthn, error) {
	at, err := url.Parse(origin)
	if err != nil {
		return nil, fmt.Errorf("reading the origin of a passkey: %w", err)
	}
	if net.ParseIP(at.Hostname()) != nil { // browsers have passkeys for names only
		return nil, ErrPasskey
	}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: at.Hostname(), RPDisplayName: name, RPOrigins: []string{origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return nil, fmt.Errorf("asking for a passkey: %w", err)
	}
	return rp, nil
}

func (s *Service) ceremony(options any, session *webauthn.SessionData) (Ceremony, error) {
	told, err := json.Marshal(options)
	kept, keptErr := json.Marshal(asked{s.DB.Clock().Now(), *session})
	if err = errors.Join(err, keptErr); err != nil {
		return Ceremony{}, fmt.Errorf("asking for a passkey: %w", err)
	}
	return Ceremony{string(told), string(kept)}, nil
}

// recall reads the state of a ceremony, if it is not over.
func (s *Service) recall(state string) (webauthn.SessionData, error) {
	var a asked
	if json.Unmarshal([]byte(state), &a) != nil || s.DB.Clock().Now().Sub(a.At) >= ceremonyLasts {
		return webauthn.SessionData{}, ErrPasskey
	}
	return a.Session, nil
}

// AskNewPasskey begins to add a passkey. Returns [ErrNoSession],
// [ErrProofNeeded], [ErrTooManyPasskeys].
func (s *Service) AskNewPasskey(ctx context.Context, of Session, origin string) (c Ceremony, err error) {
	var who owner
	err = s.change(ctx, "asking for a new passkey", of, func(ctx context.Context, tx *db.Tx, now Session) error {
		who.login = now.Login
		who.passkeys, err = selectPasskeys(ctx, tx, now.Login.ID)
		return err
	})
	switch {
	case err != nil:
		return Ceremony{}, err
	case len(who.passkeys) >= mostPasskeys:
		return Ceremony{}, ErrTooManyPasskeys.With("Count", mostPasskeys)
	}
	rp, err := s.partyOf(of.town, origin)
	if err != nil {
		return Ceremony{}, err
	}
	options, session, err := rp.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("asking for a new passkey: %w", err)
	}
	return s.ceremony(options.Response, session)
}

func (s *Service) partyOf(city id.City, origin string) (*webauthn.WebAuthn, error) {
	town, err := s.Towns.ByID(city)
	if err != nil {
		return nil, err
	}
	return party(origin, town.Name.In(town.Languages[0]))
}

// AddPasskey keeps the passkey that a device has made. Its owner is told. Returns
// [ErrNoSession], [ErrProofNeeded], [ErrPasskey], [ErrNickname], cardscan.ErrCard.
func (s *Service) AddPasskey(ctx context.Context, of Session, origin, state, answer, name string) error {
	name, err := readNickname(name)
	if err != nil {
		return err
	}
	session, err := s.recall(state)
	if err != nil {
		return err
	}
	rp, err := s.partyOf(of.town, origin)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return ErrPasskey.Because(err)
	}
	made, err := rp.CreateCredential(owner{login: of.Login}, session, parsed)
	if err != nil {
		return ErrPasskey.Because(err)
	}
	made.Attestation = webauthn.CredentialAttestation{} // who made the device is not ours to keep
	fresh := Passkey{ID: passkeyID(made.ID), Name: name, login: of.Login.ID, credential: *made}
	err = s.change(ctx, "adding a passkey", of, func(_ context.Context, tx *db.Tx, now Session) error {
		insertPasskey(tx, fresh)
		record(tx, now.Login.ID, "login.passkey_added", map[string]string{"passkey": cardscan.Redact(fresh.ID)})
		return s.tell(tx, id.New[sessionKind](tx.Now()).String(), now.Login, newsPasskey, "")
	})
	if errors.Is(err, db.ErrDuplicate) {
		return ErrPasskey
	}
	return err
}

func passkeyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// AskPasskey begins to ask for whichever passkey the device has for us.
func (s *Service) AskPasskey(origin string) (Ceremony, error) {
	rp, err := party(origin, "Clearwell") // no name is shown
	if err != nil {
		return Ceremony{}, err
	}
	options, session, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, fmt.Errorf("asking for a passkey: %w", err)
	}
	return s.ceremony(options.Response, session)
}

// EnterByPasskey signs in with a passkey. It opens a login that wrong passwords
// have locked. Returns [ErrPasskey].
func (s *Service) EnterByPasskey(ctx context.Context, city id.City, origin, state, answer string, by Visitor) (session Session, err error) {
	err = s.withPasskey(ctx, city, origin, state, answer, func(tx *db.Tx, login Login) error {
		session = s.begin(tx, login, ByPasskey, by)
		return nil
	})
	return session, err
}

// ProveByPasskey has who is signed in prove again who they are. Returns
// [ErrNoSession], [ErrPasskey].
func (s *Service) ProveByPasskey(ctx context.Context, of Session, origin, state, answer string) error {
	return s.withPasskey(ctx, of.town, origin, state, answer, func(tx *db.Tx, login Login) error {
		if login.ID != of.Login.ID {
			return ErrPasskey
		}
		s.prove(tx, of, ByPasskey)
		return nil
	})
}

// withPasskey checks what a device has signed, and does something as its owner.
func (s *Service) withPasskey(ctx context.Context, city id.City, origin, state, answer string, do func(tx *db.Tx, login Login) error) error {
	session, err := s.recall(state)
	if err != nil {
		return err
	}
	rp, err := s.partyOf(city, origin)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return ErrPasskey.Because(err)
	}
	err = s.DB.Write(ctx, city, func(ctx context.Context, tx *db.Tx) error {
		var who owner
		find := func(_, handle []byte) (webauthn.User, error) {
			who, err = selectOwner(ctx, tx, string(handle))
			return who, err
		}
		_, used, err := rp.ValidatePasskeyLogin(find, session, parsed)
		switch {
		case err != nil:
			return ErrPasskey.Because(err)
		case used.Authenticator.CloneWarning:
			audit.RecordTx(tx, audit.Event{Actor: audit.System, Action: "login.passkey_copied", Thing: who.login.ID.String()})
			return ErrPasskey
		}
		savePasskey(tx, passkeyID(used.ID), *used)
		return do(tx, who.login)
	})
	if err != nil {
		return fmt.Errorf("using a passkey: %w", err)
	}
	return nil
}

// Passkeys lists the passkeys of the login.
func (s *Service) Passkeys(ctx context.Context, of Session) (all []Passkey, err error) {
	err = s.DB.Read(ctx, of.town, func(ctx context.Context, tx *db.Tx) error {
		all, err = selectPasskeys(ctx, tx, of.Login.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing passkeys: %w", err)
	}
	return all, nil
}

// RemovePasskey ends a passkey, and all other sessions, and tells the owner. One
// that is not the login's stays. Returns [ErrNoSession], [ErrProofNeeded].
func (s *Service) RemovePasskey(ctx context.Context, of Session, which string) error {
	return s.change(ctx, "removing a passkey", of, func(_ context.Context, tx *db.Tx, now Session) error {
		removePasskey(tx, now.Login.ID, which)
		endSessions(tx, now.Login.ID, now.ID)
		record(tx, now.Login.ID, "login.passkey_removed", map[string]string{"passkey": cardscan.Redact(which)})
		return s.tell(tx, id.New[sessionKind](tx.Now()).String(), now.Login, newsNoPasskey, "")
	})
}
