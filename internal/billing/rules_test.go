package billing

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"clearwell/internal/calendar"
	"clearwell/internal/city"
	"clearwell/internal/money"
	"clearwell/internal/policy"
)

func TestNamesAreForgiven(t *testing.T) {
	for _, c := range []struct {
		stated, typed string
		want          bool
	}{
		{"SMITH, JOHN A", "smith", true},
		{"SMITH, JOHN A", "John A. Smith", true},
		{"SMITH, JOHN A", "Smith Jr.", true},
		{"SMITH, JOHN A", "john", false},
		{"SMITH, JOHN A", "Jones", false},
		{"SMITH, JOHN A", "Smith Mary", false},
		{"John Smith", "SMITH", true},
		{"SMITH JOHN & MARY", "Smith", true},
		{"Lucía Núñez", "nunez", true},
		{"Lucia Nunez", "Núñez", true},
		{"James O'Neil", "oneil", true},
		{"James O’Neil", "O'NEIL", true},
		{"MC DONALD, ANN", "McDonald", true},
		{"Ana McDonald", "mcdonald", true},
		{"DE LA CRUZ, MARIA", "de la cruz", true},
		{"DE LA CRUZ, MARIA", "DelaCruz", true},
		{"Acme Plumbing LLC", "acme plumbing", true},
		{"Acme Plumbing LLC", "ACME", true},
		{"Acme Plumbing", "Acme Plumbing, L.L.C.", true},
		{"Acme Plumbing LLC", "LLC", false},
		{"SMITH, JOHN A", "a", false},
		{"SMITH, JOHN A", "", false},
		{"SMITH, JOHN A", "***", false},
		{"", "", false},
		{"", "Smith", false},
		{"7-Eleven 1042", "7 eleven", true},
	} {
		if got := sameName(c.stated, c.typed); got != c.want {
			t.Errorf("sameName(%q, %q) = %v", c.stated, c.typed, got)
		}
	}
}

func TestOtherFactorsAreForgiven(t *testing.T) {
	u := UtilityAccount{ServiceAddress: "0012-B East 178th Street", ZIP: "78701-1234", LastPayment: money.Cents(4510)}
	for _, c := range []struct {
		factor city.Factor
		typed  string
		want   bool
	}{
		{city.HouseNumber, "12B", true},
		{city.HouseNumber, "12-b", true},
		{city.HouseNumber, " 0012B East 178th", true},
		{city.HouseNumber, "１２B", true}, // full width
		{city.HouseNumber, "12", false},
		{city.HouseNumber, "178", false},
		{city.HouseNumber, "", false},
		{city.ZIP, "78701", true},
		{city.ZIP, "78701 1234", true},
		{city.ZIP, "7870", false},
		{city.ZIP, "", false},
		{city.LastPayment, "$45.10", true},
		{city.LastPayment, "45.1", false},
		{city.LastPayment, "45", false},
		{city.LastPayment, "", false},
		{city.Name, "", false},
		{"shoe_size", "12B", false},
	} {
		if got := u.answers(c.factor, c.typed); got != c.want {
			t.Errorf("answers(%s, %q) = %v", c.factor, c.typed, got)
		}
	}
}

func TestNothingKnownProvesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := map[city.Factor]string{}
		for _, factor := range city.Factors() {
			answers[factor] = rapid.String().Draw(t, string(factor))
		}
		if (UtilityAccount{}).proves(answers, 1) {
			t.Fatalf("%q prove a utility account of which nothing is known", answers)
		}
		if (UtilityAccount{ServiceAddress: "12 Main"}).proves(map[city.Factor]string{city.HouseNumber: "12"}, 0) {
			t.Fatal("no answers are enough")
		}
	})
}

func TestRequiredAnswersAreCounted(t *testing.T) {
	u := UtilityAccount{Name: "Ana Example", ServiceAddress: "12 Main", ZIP: "78701"}
	two := map[city.Factor]string{city.HouseNumber: "12", city.Name: "Example", city.ZIP: " "}
	if !u.proves(two, 1) || !u.proves(two, 2) || u.proves(two, 3) {
		t.Error("two right answers are not two")
	}
}

// Who lives in the town knows its ZIP Code, and who guesses gives two answers.
func TestAZIPCodeOpensNobodysBill(t *testing.T) {
	u := UtilityAccount{Name: "Ana Example", ServiceAddress: "12 Main", ZIP: "78701"}
	for name, answers := range map[string]map[city.Factor]string{
		"the ZIP Code alone":             {city.ZIP: "78701"},
		"the ZIP Code, and a wrong name": {city.ZIP: "78701", city.Name: "Nobody"},
		"a right name, a wrong number":   {city.Name: "Example", city.HouseNumber: "13"},
	} {
		if u.proves(answers, 1) {
			t.Errorf("%s: proves it", name)
		}
	}
	if !u.proves(map[city.Factor]string{city.ZIP: "78701", city.Name: "Example"}, 2) {
		t.Error("the ZIP Code beside a right name does not count")
	}
}

func TestOwedDividesABalance(t *testing.T) {
	due := calendar.MakeDate(2026, 11, 21)
	for name, c := range map[string]struct {
		stated Statement
		on     calendar.Date
		want   policy.Owed
	}{
		"before it is due": {
			Statement{Balance: money.Cents(6125), PastDue: money.Cents(1000), DueOn: due}, due,
			policy.Owed{Total: money.Cents(6125), PastDue: money.Cents(1000), Current: money.Cents(5125)},
		},
		"the day after": {
			Statement{Balance: money.Cents(6125), PastDue: money.Cents(1000), DueOn: due}, due.AddDays(1),
			policy.Owed{Total: money.Cents(6125), PastDue: money.Cents(6125)},
		},
		"a credit": {
			Statement{Balance: money.Cents(-310), DueOn: due}, due.AddDays(1),
			policy.Owed{Credit: money.Cents(310)},
		},
		"more past due than owed": {
			Statement{Balance: money.Cents(500), PastDue: money.Cents(900)}, due,
			policy.Owed{Total: money.Cents(500), PastDue: money.Cents(500)},
		},
		"past due that is a credit": {
			Statement{Balance: money.Cents(500), PastDue: money.Cents(-900)}, due,
			policy.Owed{Total: money.Cents(500), Current: money.Cents(500)},
		},
	} {
		if diff := cmp.Diff(c.want, c.stated.Owed(c.on, money.Amount{}), cmp.AllowUnexported(money.Amount{}, calendar.Date{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPartsOfWhatIsOwedAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Statement{
			Balance: money.Cents(rapid.Int64Range(-1e6, 1e6).Draw(t, "balance")),
			PastDue: money.Cents(rapid.Int64Range(-1e6, 1e6).Draw(t, "past due")),
		}
		o := s.Owed(calendar.MakeDate(2026, 1, 1), money.Amount{})
		if o.Total.Sub(o.Credit) != s.Balance || o.Current.Add(o.PastDue) != o.Total || o.Current.IsNegative() || o.PastDue.IsNegative() {
			t.Fatalf("%+v is owed on %+v", o, s)
		}
	})
}
