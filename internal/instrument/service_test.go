package instrument_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/instrument"
	"clearwell/internal/routing"
	"clearwell/internal/secret"
)

const (
	town   id.City          = "sampletown"
	ana    instrument.Owner = "login:ana"
	number                  = "000123456789"
	bank                    = "021000021"
)

type bench struct {
	*testing.T
	*instrument.Service
	db   *db.DB
	keys string
}

func each(t *testing.T, run func(*bench)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		path := filepath.Join(t.TempDir(), "keyset")
		if err := secret.CreateKeyset(path); err != nil {
			t.Fatal(err)
		}
		sealer, err := secret.ReadSealer(path)
		if err != nil {
			t.Fatal(err)
		}
		run(&bench{t, instrument.New(d, sealer, secret.NewKey(), routing.New(d)), d, path})
	})
}

func typed(city id.City, owner instrument.Owner) instrument.Typed {
	return instrument.Typed{
		City: city, Owner: owner, Name: "Ana Ruiz", Kind: instrument.Checking, Holder: instrument.Person, Routing: bank,
		Number: secret.New("0001 2345-6789"), Again: secret.New(number),
	}
}

func (b *bench) save(city id.City, owner instrument.Owner) instrument.BankAccount {
	b.Helper()
	saved, err := b.Save(b.Context(), typed(city, owner))
	if err != nil {
		b.Fatal(err)
	}
	return saved
}

func (b *bench) open(city id.City, banks ...instrument.ID) map[instrument.ID]instrument.Opened {
	b.Helper()
	opened, err := b.Open(b.Context(), city, banks)
	if err != nil {
		b.Fatal(err)
	}
	return opened
}

func (b *bench) write(do func(ctx context.Context, tx *db.Tx) error) error {
	return b.db.Write(b.Context(), town, do)
}

// stored is every cell of the table as text, as a thief of the database has it.
func (b *bench) stored() string {
	b.Helper()
	var all strings.Builder
	err := b.db.Read(b.Context(), id.Everyone, func(ctx context.Context, tx *db.Tx) error {
		for _, question := range []string{
			`select id || owner || holder || routing || last4 || fingerprint || reason, sealed from bank_accounts`,
			`select action || detail, action from audit_unsealed`,
		} {
			rows, err := tx.Query(ctx, question)
			if err != nil {
				return err
			}
			err = rows.Each(func(scan func(...any) error) error {
				var text string
				var raw []byte
				err := scan(&text, &raw)
				fmt.Fprintf(&all, "%s %s\n", text, raw)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return all.String()
}

func TestANumberIsKeptAndSeenByNobody(t *testing.T) {
	each(t, func(b *bench) {
		saved := b.save(town, ana)
		if saved.Last4 != "6789" || saved.Routing != bank || saved.State != instrument.Live {
			t.Errorf("saved %+v", saved)
		}
		opened := b.open(town, saved.ID)[saved.ID]
		if opened.Number.Reveal() != number || strings.Contains(fmt.Sprintf("%v %+v %#v", opened, opened, opened), number) {
			t.Errorf("opened as %v", opened)
		}
		if text := b.stored(); strings.Contains(text, number) || !strings.Contains(text, "6789") || !strings.Contains(text, "instrument.save") {
			t.Errorf("stored is %s", text)
		}
		again := b.save(town, ana)
		if again.ID != saved.ID {
			t.Error("the same bank account of the same owner is kept twice")
		}
		if other := b.save(town, "login:spouse"); other.ID == saved.ID || other.Fingerprint != saved.Fingerprint {
			t.Errorf("of another owner: %+v", other)
		}
		if abroad := b.save("othertown", ana); abroad.Fingerprint == saved.Fingerprint {
			t.Error("two towns have one fingerprint")
		}
		if len(b.open("othertown", saved.ID)) != 0 {
			t.Error("another town opens it")
		}
	})
}

func TestWhatIsNoBankAccountIsRefused(t *testing.T) {
	each(t, func(b *bench) {
		for name, c := range map[string]struct {
			change func(*instrument.Typed)
			want   error
		}{
			"nobody's":        {func(x *instrument.Typed) { x.Name = " " }, instrument.ErrNoName},
			"no number":       {func(x *instrument.Typed) { x.Number, x.Again = secret.String{}, secret.String{} }, instrument.ErrNotANumber},
			"letters":         {func(x *instrument.Typed) { x.Number = secret.New("12345a") }, instrument.ErrNotANumber},
			"too long":        {func(x *instrument.Typed) { x.Number = secret.New("123456789012345678") }, instrument.ErrNotANumber},
			"typed twice":     {func(x *instrument.Typed) { x.Again = secret.New("000123456788") }, instrument.ErrNumbersDiffer},
			"no bank":         {func(x *instrument.Typed) { x.Routing = "021000022" }, routing.ErrNotANumber},
			"a card":          {func(x *instrument.Typed) { x.Number = secret.New("4111 1111 1111 1111") }, instrument.ErrCard},
			"a card's holder": {func(x *instrument.Typed) { x.Name = "4111111111111111" }, instrument.ErrCard},
		} {
			entered := typed(town, ana)
			c.change(&entered)
			if _, err := b.Save(t.Context(), entered); !errors.Is(err, c.want) || strings.Contains(err.Error(), "1111") || strings.Contains(err.Error(), number) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if all, err := b.OfOwner(t.Context(), town, ana); err != nil || len(all) > 0 {
			t.Errorf("kept %v, %v", all, err)
		}
	})
}

func TestARemovedNumberIsForgotten(t *testing.T) {
	each(t, func(b *bench) {
		saved := b.save(town, ana)
		if err := b.Remove(t.Context(), town, "login:thief", saved.ID); !errors.Is(err, instrument.ErrUnknown) {
			t.Errorf("removed by another: %v", err)
		}
		for range 2 { // a second click is harmless
			if err := b.Remove(t.Context(), town, ana, saved.ID); err != nil {
				t.Fatal(err)
			}
		}
		if all, err := b.OfOwner(t.Context(), town, ana); err != nil || len(all) > 0 {
			t.Errorf("still listed: %v, %v", all, err)
		}
		if len(b.open(town, saved.ID)) != 1 {
			t.Error("what waits for the next file cannot be written any more")
		}
		err := b.write(func(ctx context.Context, tx *db.Tx) error {
			removed, err := instrument.RemovedTx(ctx, tx)
			for _, bank := range removed {
				instrument.ForgetTx(tx, bank)
			}
			return err
		})
		if err != nil || len(b.open(town, saved.ID)) != 0 {
			t.Errorf("the number is there still, %v", err)
		}
		if again := b.save(town, ana); again.ID == saved.ID {
			t.Error("saving it anew finds the one whose number is forgotten")
		}
	})
}

// A number that a bank sent back is not taken from anybody, until a person allows it.
func TestARefusedNumberStaysRefused(t *testing.T) {
	each(t, func(b *bench) {
		saved := b.save(town, ana)
		if err := b.write(func(ctx context.Context, tx *db.Tx) error { return instrument.RefuseTx(ctx, tx, saved.ID, "R02") }); err != nil {
			t.Fatal(err)
		}
		if found, err := b.Find(t.Context(), town, saved.ID); err != nil || found.State != instrument.Refused || found.Reason != "R02" {
			t.Errorf("found %+v, %v", found, err)
		}
		if _, err := b.Save(t.Context(), typed(town, "login:other")); !errors.Is(err, instrument.ErrRefusedBefore) {
			t.Errorf("taken from another: %v", err)
		}
		if err := b.Allow(t.Context(), town, saved.ID, "operator:ana"); err != nil {
			t.Fatal(err)
		}
		if b.save(town, ana).ID != saved.ID {
			t.Error("an allowed bank account is not found again")
		}
		if err := b.Allow(t.Context(), town, saved.ID, "operator:ana"); !errors.Is(err, instrument.ErrUnknown) {
			t.Errorf("allowed what is not refused: %v", err)
		}
	})
}

func TestABankCorrectsWhatIsSealed(t *testing.T) {
	each(t, func(b *bench) {
		saved := b.save(town, ana)
		correct := func(right instrument.Correction) error {
			return b.write(func(ctx context.Context, tx *db.Tx) error { return b.CorrectTx(ctx, tx, saved.ID, right) })
		}
		if err := correct(instrument.Correction{Number: secret.New("744-5678-99"), Routing: "011000015", Kind: instrument.Savings, Code: "C07"}); err != nil {
			t.Fatal(err)
		}
		opened := b.open(town, saved.ID)[saved.ID]
		if opened.Number.Reveal() != "744-5678-99" || opened.Routing != "011000015" || opened.Kind != instrument.Savings || opened.Last4 != "8-99" || opened.CorrectedAt.IsZero() {
			t.Errorf("opened %+v with %s", opened.BankAccount, opened.Number.Reveal())
		}
		for name, wrong := range map[string]instrument.Correction{
			"no bank":   {Routing: "021000022", Number: secret.New("1")},
			"no number": {Number: secret.New("12 34"), Routing: bank},
		} {
			if err := correct(wrong); err == nil || b.open(town, saved.ID)[saved.ID].Number.Reveal() != "744-5678-99" {
				t.Errorf("%s: applied, %v", name, err)
			}
		}
		if text := b.stored(); strings.Contains(text, "744-5678-99") {
			t.Errorf("stored is %s", text)
		}
	})
}

func TestARotatedKeySealsAnew(t *testing.T) {
	each(t, func(b *bench) {
		saved, abroad := b.save(town, ana), b.save("othertown", ana)
		if n, err := b.Reseal(t.Context()); n != 0 || err != nil {
			t.Errorf("nothing was rotated: %d, %v", n, err)
		}
		if err := secret.Rotate(b.keys); err != nil {
			t.Fatal(err)
		}
		if n, err := b.Reseal(t.Context()); n != 2 || err != nil {
			t.Errorf("sealed again: %d, %v", n, err)
		}
		if n, err := b.Reseal(t.Context()); n != 0 || err != nil {
			t.Errorf("sealed twice: %d, %v", n, err)
		}
		for city, bank := range map[id.City]instrument.ID{town: saved.ID, "othertown": abroad.ID} {
			if b.open(city, bank)[bank].Number.Reveal() != number {
				t.Errorf("%s: the number is lost", city)
			}
		}
	})
}
