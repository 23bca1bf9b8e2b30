package city_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"clearwell/internal/city"
	"clearwell/internal/clock"
	"clearwell/internal/db"
	"clearwell/internal/db/dbtest"
	"clearwell/internal/id"
	"clearwell/internal/secret"
)

// sealing is the key by which files are sealed.
var sealing = sync.OnceValue(secret.NewKey)

// lakeOdd is another town than that of the example.
func lakeOdd() string {
	return string(city.Draft(city.Basics{City: "lake-odd", English: "Lake Odd", Spanish: "Lago Odd", State: "OH", Zone: "America/New_York", Host: "pay.odd.example"}))
}

func plan(t testing.TB, s *city.Registry, file string) city.Plan {
	t.Helper()
	p, err := s.Plan(t.Context(), "city.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func apply(t testing.TB, s *city.Registry, file string) city.Version {
	t.Helper()
	v, err := s.Apply(t.Context(), plan(t, s, file), "operator:ana")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func replaced(t testing.TB, file, old, new string) string {
	t.Helper()
	if !strings.Contains(file, old) {
		t.Fatalf("the file has no %q", old)
	}
	return strings.Replace(file, old, new, 1)
}

func TestAFileIsAppliedAndKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, example := city.New(d, sealing()), string(city.Example())
		if p := plan(t, s, example); !p.New() || len(p.Changes) < 50 {
			t.Errorf("the plan of a new town: new %v, %d changes", p.New(), len(p.Changes))
		}
		first := apply(t, s, example)
		second := apply(t, s, replaced(t, example, "0100", "0199"))
		if first.Number != 1 || second.Number != 2 || second.AppliedBy != "operator:ana" || !second.AppliedAt.Equal(dbtest.Began) {
			t.Errorf("versions %+v and %+v", first, second)
		}
		kept, err := s.Kept(t.Context(), "sampletown", 1)
		if err != nil || string(kept) != example {
			t.Errorf("the first version was kept otherwise than it came: %v", err)
		}
		versions, err := s.Versions(t.Context(), "sampletown")
		if err != nil || len(versions) != 2 || versions[0] != second || versions[1] != first {
			t.Errorf("versions = %+v, %v", versions, err)
		}
		if _, err := s.Kept(t.Context(), "sampletown", 3); !errors.Is(err, city.ErrUnknown) {
			t.Errorf("a version that is not: %v", err)
		}
	})
}

func TestAPlanSaysWhatChangesAndWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, example := city.New(d, sealing()), string(city.Example())
		apply(t, s, example)
		p := plan(t, s, replaced(t, example, "0100", "0199"))
		if p.New() || p.Base != 1 || len(p.Changes) != 1 || p.Changes[0].String() != "  contact.phone: +1 512 555 0100 -> +1 512 555 0199" {
			t.Errorf("plan = base %d, %v", p.Base, p.Changes)
		}
		if versions, err := s.Versions(t.Context(), "sampletown"); err != nil || len(versions) != 1 {
			t.Errorf("after a plan: %+v, %v", versions, err)
		}
	})
}

func TestTheSameFileAgainLeavesNoVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, example := city.New(d, sealing()), string(city.Example())
		first := apply(t, s, example)
		if again := apply(t, s, example); again != first {
			t.Errorf("again = %+v, want %+v", again, first)
		}
		if commented := apply(t, s, example+"# reviewed\n"); commented.Number != 2 {
			t.Errorf("a file with a new comment is version %d, want 2: it is kept as it came", commented.Number)
		}
	})
}

func TestAnOutdatedPlanIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, example := city.New(d, sealing()), string(city.Example())
		founding := plan(t, s, example)
		apply(t, s, example)
		mine := plan(t, s, replaced(t, example, "0100", "0101"))
		apply(t, s, replaced(t, example, "0100", "0102"))
		for name, p := range map[string]city.Plan{"mine": mine, "founding": founding} {
			if _, err := s.Apply(t.Context(), p, "operator:bo"); !errors.Is(err, city.ErrFileOutdated) {
				t.Errorf("%s: %v, want ErrFileOutdated", name, err)
			}
		}
	})
}

// Of several operators who apply at once, one wins and the others are told.
func TestOnlyOneOfManyWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := city.New(d, sealing())
		p := plan(t, s, string(city.Example()))
		errs := make([]error, 8)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() { _, errs[i] = s.Apply(t.Context(), p, "operator:ana") })
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, city.ErrFileOutdated):
				t.Errorf("a loser is told %v", err)
			}
		}
		if versions, err := s.Versions(t.Context(), "sampletown"); won != 1 || err != nil || len(versions) != 1 {
			t.Errorf("%d won, %d versions, %v", won, len(versions), err)
		}
	})
}

func TestRulesInForceStay(t *testing.T) {
	dbtest.EachAt(t, func(t *testing.T, d *db.DB, clk *clock.Manual) {
		s := city.New(d, sealing())
		next := "  - version: 2027-1\n    effective_from: 2027-01-01\n    citation: c\n    tenders:\n" +
			"      - {rule: all, accept: [card]}\n    fees:\n      - {rule: free, kind: absorbed}\n"
		apply(t, s, string(city.Example())+next)
		if _, err := s.Plan(t.Context(), "city.yaml", []byte(replaced(t, string(city.Example())+next, "flat: 1.25", "flat: 9.25"))); !errors.Is(err, city.ErrFileInvalid) {
			t.Errorf("changing a fee in force: %v", err)
		}
		dropped := plan(t, s, string(city.Example())) // not yet in force: may be dropped
		clk.Set(time.Date(2027, 1, 1, 5, 59, 59, 0, time.UTC))
		plan(t, s, string(city.Example()))
		clk.Advance(time.Second) // midnight in Chicago
		if _, err := s.Apply(t.Context(), dropped, "operator:ana"); !errors.Is(err, city.ErrFileInvalid) {
			t.Errorf("a plan that midnight has overtaken: %v", err)
		}
	})
}

// What the networks forbid does not go into force; what is in force already, as
// by a file applied before the rule was known, does not keep others out.
func TestForbiddenFeesAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, example := city.New(d, sealing()), string(city.Example())
		bad := replaced(t, example, "kind: service", "kind: convenience")
		if _, err := s.Plan(t.Context(), "city.yaml", []byte(bad)); !errors.Is(err, city.ErrFileInvalid) || !strings.Contains(err.Error(), "same amount whatever is paid") {
			t.Errorf("a percentage as a convenience fee: %v", err)
		}
		apply(t, s, replaced(t, bad, "kind: convenience", "kind: convenience\n        waiver: letter of 2 March 2026"))
	})
}

// Payments to one merchant are one town's.
func TestTwoTownsNeverShareAMerchant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := city.New(d, sealing())
		apply(t, s, string(city.Example()))
		clash := replaced(t, lakeOdd(), `merchant: "lake-odd"`, "merchant: sampletown")
		if _, err := s.Plan(t.Context(), "city.yaml", []byte(clash)); !errors.Is(err, city.ErrMerchantTaken) {
			t.Errorf("another town's merchant: %v", err)
		}
	})
}

func TestTwoTownsNeverShareAnAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := city.New(d, sealing())
		apply(t, s, string(city.Example()))
		for _, clash := range []string{
			replaced(t, lakeOdd(), "pay.odd.example", "pay.sampletown.example"),
			replaced(t, lakeOdd(), `path: "lake-odd"`, "path: sampletown"),
		} {
			if _, err := s.Plan(t.Context(), "city.yaml", []byte(clash)); !errors.Is(err, city.ErrAddressTaken) {
				t.Errorf("an address of another town: %v", err)
			}
		}
		late := plan(t, s, lakeOdd()) // free when planned
		decided(t, d, s, replaced(t, string(city.Example()), "[pay.sampletown.example]", "[pay.sampletown.example, pay.odd.example]"))
		if _, err := s.Apply(t.Context(), late, "operator:ana"); !errors.Is(err, city.ErrFileOutdated) {
			t.Errorf("an address taken meanwhile: %v", err)
		}
		apply(t, s, replaced(t, string(city.Example()), "0100", "0199")) // gives the address back
		apply(t, s, lakeOdd())
	})
}

func TestEachTownSeesItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := city.New(d, sealing())
		apply(t, s, string(city.Example()))
		apply(t, s, replaced(t, string(city.Example()), "0100", "0199"))
		apply(t, s, lakeOdd())
		for town, want := range map[id.City]int{"sampletown": 2, "lake-odd": 1, "nowhere": 0} {
			if versions, err := s.Versions(t.Context(), town); err != nil || len(versions) != want {
				t.Errorf("versions of %s: %d, %v; want %d", town, len(versions), err, want)
			}
		}
		if _, err := s.Kept(t.Context(), "lake-odd", 2); !errors.Is(err, city.ErrUnknown) {
			t.Errorf("the second version of the one, asked of the other: %v", err)
		}
	})
}

func TestApplyingIsAudited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := city.New(d, sealing())
		apply(t, s, string(city.Example()))
		apply(t, s, replaced(t, string(city.Example()), "declined_cards: 6", "declined_cards: 5"))
		apply(t, s, lakeOdd())
		var actor, thing, detail string
		err := d.Read(t.Context(), "sampletown", func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `select actor, thing, detail from audit_unsealed
				where city_id = $1 and action = 'city.apply' order by id desc limit 1`, "sampletown").Scan(&actor, &thing, &detail)
		})
		if err != nil || actor != "operator:ana" || thing != "sampletown" || !strings.Contains(detail, "declined_cards: 6 -\\u003e 5") {
			t.Errorf("event = %s, %s, %s, %v", actor, thing, detail, err)
		}
	})
}

func TestVersionsCannotBeChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		apply(t, city.New(d, sealing()), string(city.Example()))
		for _, sql := range []string{`update city_versions set applied_by = 'nobody'`, `delete from city_versions`} {
			err := d.Write(t.Context(), "sampletown", func(_ context.Context, tx *db.Tx) error { tx.Exec(sql); return nil })
			if err == nil {
				t.Errorf("%s: done", sql)
			}
		}
	})
}

func TestDirectory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, directory := city.New(d, sealing()), city.NewDirectory(d, sealing())
		refresh := func() {
			t.Helper()
			if err := directory.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		refresh()
		if _, err := directory.ByHost("pay.sampletown.example"); !errors.Is(err, city.ErrUnknown) || len(directory.All()) != 0 {
			t.Errorf("before any town: %v", err)
		}
		apply(t, s, string(city.Example()))
		apply(t, s, lakeOdd())
		refresh()
		for _, host := range []string{"pay.sampletown.example", "PAY.Sampletown.Example", "pay.sampletown.example:8443", "pay.sampletown.example."} {
			if c, err := directory.ByHost(host); err != nil || c.City != "sampletown" {
				t.Errorf("ByHost(%s): %v", host, err)
			}
		}
		if c, err := directory.ByPath("lake-odd"); err != nil || c.City != "lake-odd" || c.Version.Number != 1 {
			t.Errorf("ByPath: %v", err)
		}
		for _, host := range []string{"", "sampletown", "pay.sampletown.example.evil.example", "path:sampletown"} {
			if c, err := directory.ByHost(host); err == nil {
				t.Errorf("ByHost(%q) = %s", host, c.City)
			}
		}
		before, err := directory.ByID("lake-odd")
		if err != nil || len(directory.All()) != 2 || directory.All()[0].City != "lake-odd" {
			t.Errorf("towns = %v, %v", directory.All(), err)
		}
		decided(t, d, s, replaced(t, string(city.Example()), "pay.sampletown", "bills.sampletown"))
		refresh()
		if after, err := directory.ByID("lake-odd"); err != nil || after != before {
			t.Errorf("a town that did not change was read again: %v", err)
		}
		if _, err := directory.ByHost("pay.sampletown.example"); !errors.Is(err, city.ErrUnknown) {
			t.Errorf("a host that was given up: %v", err)
		}
		if c, err := directory.ByHost("bills.sampletown.example"); err != nil || c.Version.Number != 2 {
			t.Errorf("a new host: %v", err)
		}
	})
}

const unreadable = "city: ["

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// A town whose file this release cannot read stays as it was, and the others go on.
func TestAnUnreadableTownHurtsNobodyElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, directory := city.New(d, sealing()), city.NewDirectory(d, sealing())
		apply(t, s, string(city.Example()))
		if err := directory.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		apply(t, s, lakeOdd())
		err := d.Write(t.Context(), "sampletown", func(_ context.Context, tx *db.Tx) error {
			tx.Exec(`insert into city_versions (city_id, version, applied_at, applied_by, digest, file)
				values ('sampletown', 2, 1, 'a newer release', $1, $2)`, digestOf(unreadable), unreadable)
			tx.Exec(`insert into city_seals (city_id, version, seal) values ('sampletown', 2, $1)`,
				hex.EncodeToString(sealing().MAC("city.version", []byte("sampletown\n2\n"+digestOf(unreadable)))))
			tx.Exec(`update cities set version = 2 where city_id = 'sampletown'`)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := directory.Refresh(t.Context()); !errors.Is(err, city.ErrFileInvalid) || !strings.Contains(err.Error(), "sampletown, version 2") {
			t.Errorf("refreshing: %v", err)
		}
		if c, err := directory.ByID("sampletown"); err != nil || c.Version.Number != 1 {
			t.Errorf("the unreadable town: %v", err)
		}
		if _, err := directory.ByID("lake-odd"); err != nil {
			t.Errorf("the other town: %v", err)
		}
		if _, err := s.Apply(t.Context(), plan(t, s, string(city.Example())), "operator:ana"); !errors.Is(err, city.ErrNeedsApproval) {
			t.Errorf("in the place of a file that nobody can compare: %v", err)
		}
		decided(t, d, s, string(city.Example())) // a better file can take its place
		if err := directory.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkDirectory(b *testing.B) {
	d := dbtest.SQLite(b, clock.NewManual(dbtest.Began))
	s, directory := city.New(d, sealing()), city.NewDirectory(d, sealing())
	apply(b, s, string(city.Example()))
	if err := directory.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := directory.ByHost("pay.sampletown.example:8443"); err != nil {
			b.Fatal(err)
		}
	}
}
