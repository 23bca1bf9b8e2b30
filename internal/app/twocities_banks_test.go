package app

import (
	"errors"
	"os"
	"path/filepath"

	"clearwell/internal/calendar"
	"clearwell/internal/clearing"
	"clearwell/internal/instrument"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

// banked saves a bank account in a city. Its number is the same in both.
func (c *cities) banked(p *place, owner instrument.Owner) instrument.BankAccount {
	c.Helper()
	saved, err := c.banks.Save(c.Context(), typedIn(p, owner))
	c.must(err)
	return saved
}

func typedIn(p *place, owner instrument.Owner) instrument.Typed {
	number := secret.New("000123456789")
	return instrument.Typed{
		City: p.slug, Owner: owner, Name: "Ana Example", Kind: instrument.Checking, Holder: instrument.Person,
		Routing: "021000021", Number: number, Again: number,
	}
}

// sealedByAnother saves a bank account as a machine does that seals with a newer
// key already, which this one knows and does not seal with.
func (c *cities) sealedByAnother(p *place) {
	c.Helper()
	ours := filepath.Join(c.Keys, keyOfSecrets)
	c.must(secret.AddKey(ours))
	text, err := os.ReadFile(ours)
	c.must(err)
	theirs := filepath.Join(c.TempDir(), keyOfSecrets)
	c.must(writeNew(theirs, text))
	c.must(secret.Rotate(theirs))
	sealer, err := secret.ReadSealer(theirs)
	c.must(err)
	_, err = instrument.New(c.db, sealer, c.keys.digests, routing.New(c.db)).Save(c.Context(), typedIn(p, "login:of-"+instrument.Owner(p.slug)))
	c.must(err)
}

// orderIn asks for an e-check in a city.
func orderIn(c *cities, p *place, key string) clearing.Order {
	c.Helper()
	return clearing.Order{
		City: p.slug, Key: key, Bank: c.banked(p, ana).ID, Class: clearing.WEB, Amount: moneyOf(p.cents), Reference: "of " + string(p.slug),
	}
}

// misheard has the bank send what cannot be read.
func (c *cities) misheard(p *place) {
	c.Helper()
	if _, err := c.echecks.Hear(c.Context(), p.slug, []byte("a page of "+string(p.slug))); !errors.Is(err, clearing.ErrNotACH) {
		c.Fatal(err)
	}
}

func (c *cities) echeckCommands(p *place) map[string]command {
	c.Helper()
	file := filepath.Join(c.TempDir(), "returns.ach")
	c.must(os.WriteFile(file, []byte("nothing that a bank of "+string(p.slug)+" writes"), 0o600))
	of := []string{"--city", string(p.slug)}
	return map[string]command{
		"echeck files":       {args: of},
		"echeck answers":     {args: append([]string{"--all"}, of...)},
		"echeck rates":       {args: of},
		"echeck take":        {args: append(of, file), acts: true, status: statusFailed},
		"echeck acknowledge": {args: append(of, "77"), status: statusFailed},
	}
}

// ana is a login of both cities.
const ana instrument.Owner = "login:ana"

func aboutBanks() map[string]func(asking) (any, error) {
	return map[string]func(asking) (any, error){
		"secret.Sealer.Reseal": func(a asking) (any, error) {
			value, err := a.c.sealer().Seal(a.other.slug, "a purpose", secret.New(a.other.street))
			a.c.must(err)
			a.c.must(secret.Rotate(filepath.Join(a.c.Keys, keyOfSecrets)))
			return a.c.sealer().Reseal(a.here.slug, "a purpose", value)
		},
		"clearing.Service.Accept": func(a asking) (any, error) { return a.c.echecks.Accept(a.ctx, orderIn(a.c, a.here, "att_thief")) },
		"clearing.Service.Entry": func(a asking) (any, error) {
			return a.c.echecks.Entry(a.ctx, a.here.slug, "att_of_"+string(a.other.slug))
		},
		"clearing.Service.Files":   func(a asking) (any, error) { return a.c.echecks.Files(a.ctx, a.here.slug) },
		"clearing.Service.Rates":   func(a asking) (any, error) { return a.c.echecks.Rates(a.ctx, a.here.slug) },
		"clearing.Service.Answers": func(a asking) (any, error) { return a.c.echecks.Answers(a.ctx, a.here.slug, false) },
		"clearing.Service.Make":    func(a asking) (any, error) { return a.c.echecks.Make(a.ctx, a.here.slug) },
		"clearing.Service.Tend":    func(a asking) (any, error) { return nil, a.c.echecks.Tend(a.ctx, a.here.slug) },
		"clearing.Service.Deliver": func(a asking) (any, error) {
			return nil, a.c.echecks.Deliver(a.ctx, a.here.slug, clearing.Folder(a.c.TempDir()))
		},
		"clearing.Service.Run": func(a asking) (any, error) {
			return nil, a.c.echecks.Run(a.ctx, a.here.slug, clearing.Folder(a.c.TempDir()))
		},
		"clearing.Service.Hear": func(a asking) (any, error) {
			return a.c.echecks.Hear(a.ctx, a.here.slug, []byte("a file of "+a.other.slug))
		},
		"clearing.Service.Acknowledge": func(a asking) (any, error) {
			return nil, a.c.echecks.Acknowledge(a.ctx, a.here.slug, 1, true)
		},
		"instrument.Service.Save": func(a asking) (any, error) { return a.c.banks.Save(a.ctx, typedIn(a.here, "login:thief")) },
		"instrument.Service.OfOwner": func(a asking) (any, error) {
			a.c.banked(a.here, ana)
			return a.c.banks.OfOwner(a.ctx, a.here.slug, ana)
		},
		"instrument.Service.Find": func(a asking) (any, error) {
			return a.c.banks.Find(a.ctx, a.here.slug, a.other.bank)
		},
		"instrument.Service.Open": func(a asking) (any, error) {
			return a.c.banks.Open(a.ctx, a.here.slug, []instrument.ID{a.other.bank})
		},
		"instrument.Service.Remove": func(a asking) (any, error) {
			return nil, a.c.banks.Remove(a.ctx, a.here.slug, ana, a.other.bank)
		},
		"instrument.Service.Allow": func(a asking) (any, error) {
			return nil, a.c.banks.Allow(a.ctx, a.here.slug, a.other.bank, "operator:thief")
		},
	}
}

func ridesOfBanks() map[string]func(riding) (any, error) {
	return map[string]func(riding) (any, error){
		"payment.Service.CameBackTx": func(r riding) (any, error) {
			return nil, r.c.payments.CameBackTx(r.ctx, r.tx, r.paid.Attempt.String(), "R01", r.today(), calendar.Date{})
		},
		"payment.Service.CameRightTx": func(r riding) (any, error) {
			return nil, r.c.payments.CameRightTx(r.ctx, r.tx, r.paid.Attempt.String(), r.today())
		},
		"instrument.RefuseTx":  func(r riding) (any, error) { return nil, instrument.RefuseTx(r.ctx, r.tx, r.other.bank, "R02") },
		"instrument.ForgetTx":  func(r riding) (any, error) { instrument.ForgetTx(r.tx, r.other.bank); return nil, nil },
		"instrument.RemovedTx": func(r riding) (any, error) { return instrument.RemovedTx(r.ctx, r.tx) },
		"instrument.Service.CorrectTx": func(r riding) (any, error) {
			return nil, r.c.banks.CorrectTx(r.ctx, r.tx, r.other.bank, instrument.Correction{Kind: instrument.Savings})
		},
	}
}
