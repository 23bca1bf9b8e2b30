package policy

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The rules of real towns, each with what it does.
func TestBlockRulesOfRealTowns(t *testing.T) {
	checks := Tenders{BankAccount, PaperCheck}
	notCash := Tenders{Card, BankAccount, PaperCheck}
	texasCity := BlockRule{Name: "more-than-three-ever", Citation: "c", Returns: 4, Blocks: checks}
	drain := BlockRule{Name: "second", Citation: "c", Returns: 2, Blocks: notCash, For: Period{Months: 6}}
	riverdale := BlockRule{Name: "three-in-six-months", Citation: "c", Returns: 3, Within: Period{Months: 6}, Blocks: checks, For: Period{Months: 12}}
	for _, c := range []struct {
		name    string
		rule    BlockRule
		returns []string
		today   string
		blocked bool
		until   string // empty: for good
	}{
		{"Texas City, three", texasCity, []string{"2019-01-01", "2022-01-01", "2024-01-01"}, "2026-11-24", false, ""},
		{"Texas City, the fourth", texasCity, []string{"2019-01-01", "2022-01-01", "2024-01-01", "2026-11-24"}, "2026-11-24", true, ""},
		{"Drain, the first", drain, []string{"2026-11-01"}, "2026-11-24", false, ""},
		{"Drain, the second", drain, []string{"2020-01-01", "2026-06-30"}, "2026-12-29", true, "2026-12-30"},
		{"Drain, over", drain, []string{"2020-01-01", "2026-06-30"}, "2026-12-30", false, ""},
		{"Drain, the third begins anew", drain, []string{"2020-01-01", "2026-01-01", "2026-10-31"}, "2026-11-24", true, "2027-04-30"},
		{"Riverdale, spread out", riverdale, []string{"2026-01-10", "2026-05-01", "2026-07-10"}, "2026-07-11", false, ""},
		{"Riverdale, within", riverdale, []string{"2026-01-10", "2026-05-01", "2026-07-09"}, "2026-07-11", true, "2027-07-09"},
		{"Riverdale, in any order", riverdale, []string{"2026-07-09", "2026-01-10", "2026-05-01"}, "2026-07-11", true, "2027-07-09"},
		{"Riverdale, not yet returned", riverdale, []string{"2026-01-10", "2026-05-01", "2026-07-09"}, "2026-07-08", false, ""},
		{"no returns", riverdale, nil, "2026-07-08", false, ""},
	} {
		q := onTheWeb(t)
		q.On, q.Tender = on(t, c.today), BankAccount
		for _, day := range c.returns {
			q.Returns = append(q.Returns, Return{on(t, day), BankAccount, "R01"})
		}
		set := beaumont(t)
		set.Blocks = []BlockRule{c.rule}
		err := set.Decide(q).Err()
		switch {
		case !c.blocked && err != nil, c.blocked && c.until == "" && !errors.Is(err, ErrTenderBlocked), c.blocked && c.until != "" && !errors.Is(err, ErrTenderBlockedUntil):
			t.Errorf("%s: %v", c.name, err)
		case c.until != "" && c.rule.standing(q).until != on(t, c.until):
			t.Errorf("%s: until %s, want %s", c.name, c.rule.standing(q).until, c.until)
		}
	}
}

func TestOnlyReturnsThatCountCount(t *testing.T) {
	rule := BlockRule{Returns: 1, Counted: Tenders{BankAccount}, Codes: []string{"R01", "R09"}, Blocks: Tenders{BankAccount}, For: Period{Days: 30}}
	q := onTheWeb(t)
	q.Returns = []Return{{q.On, PaperCheck, "R01"}, {q.On, BankAccount, "R03"}, {q.On.AddDays(1), BankAccount, "R01"}}
	if s := rule.standing(q); s.blocked || s.counted != 0 {
		t.Errorf("standing = %+v, want nothing counted", s)
	}
	q.Returns = append(q.Returns, Return{q.On, BankAccount, "r09"})
	if s := rule.standing(q); !s.blocked || s.counted != 1 || s.until != q.On.AddDays(30) {
		t.Errorf("standing = %+v, want blocked for 30 days", s)
	}
}

func TestACountIsOfTheWindow(t *testing.T) {
	rule := BlockRule{Returns: 2, Within: Period{Months: 12}, Blocks: Tenders{Card}, For: Period{Months: 6}}
	q := onTheWeb(t)
	for _, day := range []string{"2020-01-01", "2021-06-01", "2026-10-01", "2026-11-01"} {
		q.Returns = append(q.Returns, Return{on(t, day), BankAccount, "R01"})
	}
	if s := rule.standing(q); s.counted != 2 {
		t.Errorf("the resident is told of %d returned payments, want 2", s.counted)
	}
}

// One more return never lifts a block, and the order in which returns are
// listed never matters.
func TestMoreReturnsNeverHelp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rule := BlockRule{
			Returns: rapid.IntRange(1, 4).Draw(rt, "count"), Blocks: Tenders{BankAccount},
			Within: Period{Months: rapid.IntRange(0, 12).Draw(rt, "within")}, For: Period{Months: rapid.IntRange(0, 12).Draw(rt, "for")},
		}
		q := questions(t).Draw(rt, "question")
		before := rule.standing(q)
		slices.Reverse(q.Returns)
		if again := rule.standing(q); again != before {
			rt.Fatalf("reversed: %+v, want %+v", again, before)
		}
		q.Returns = append(q.Returns, Return{q.On.AddDays(-rapid.IntRange(0, 500).Draw(rt, "ago")), BankAccount, "R01"})
		if after := rule.standing(q); before.blocked && (!after.blocked || after.until.Before(before.until)) {
			rt.Fatalf("one more return: %+v, before %+v", after, before)
		}
	})
}

func TestPeriodsRead(t *testing.T) {
	for want, p := range map[string]Period{
		"no end": {}, "1 month": {Months: 1}, "6 months": {Months: 6}, "90 days": {Days: 90}, "12 months and 1 day": {Months: 12, Days: 1},
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v reads %q, want %q", p, got, want)
		}
	}
}
