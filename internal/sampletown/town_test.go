package sampletown

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"clearwell/internal/calendar"
	"clearwell/internal/cis/layout"
	"clearwell/internal/cis/layouts"
	"clearwell/internal/city"
	"clearwell/internal/money"
)

func draw(t *testing.T, seed uint64) *Town {
	t.Helper()
	bills, err := layouts.Find("clearwell")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := calendar.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	return Draw(seed, calendar.MakeDate(2026, time.November, 24), zone, bills)
}

// story tells every month and pays what residents set out to pay.
func story(t *testing.T, town *Town) []Month {
	t.Helper()
	var all []Month
	for {
		m, more, err := town.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return all
		}
		for _, p := range m.Payments {
			town.Paid(p)
		}
		all = append(all, m)
	}
}

func TestTheSameSeedIsTheSameTown(t *testing.T) {
	one, two, other := story(t, draw(t, 1)), story(t, draw(t, 1)), story(t, draw(t, 2))
	for i := range one {
		if !bytes.Equal(one[i].Bills, two[i].Bills) {
			t.Fatalf("the bills of %s differ", one[i].On)
		}
		if bytes.Equal(one[i].Bills, other[i].Bills) {
			t.Fatalf("another seed has the same bills of %s", one[i].On)
		}
		if got, want := len(two[i].Payments), len(one[i].Payments); got != want {
			t.Fatalf("%d payments, and %d the second time", want, got)
		}
	}
}

func TestEveryNumberIsOneOfTheTown(t *testing.T) {
	file, err := city.Parse(city.ExampleName, city.Example())
	if err != nil {
		t.Fatal(err)
	}
	numbers, addresses := map[string]bool{}, map[string]bool{}
	for _, r := range draw(t, 1).Residents {
		number, err := file.Numbers.Normalise(r.Number)
		if err != nil || numbers[number] {
			t.Errorf("%s: %v, seen before: %t", r.Number, err, numbers[number])
		}
		if addresses[r.Address] {
			t.Errorf("two live at %s", r.Address)
		}
		numbers[number], addresses[r.Address] = true, true
	}
	if len(numbers) != Size {
		t.Errorf("%d utility accounts, want %d", len(numbers), Size)
	}
}

func TestBillsFollowFromWhatWasPaid(t *testing.T) {
	months := story(t, draw(t, 1))
	if len(months) != Months {
		t.Fatalf("%d months, want %d", len(months), Months)
	}
	readings := map[string]layout.Quantity{}
	for _, m := range months {
		for _, bill := range read(t, m.Bills) {
			b, r := bill.Bill, bill.Reading
			if got := b.PreviousBalance.Add(b.Current); got != b.AmountDue {
				t.Errorf("%s of %s: previous and current are %s, the bill says %s", bill.UtilityAccount, m.On, got, b.AmountDue)
			}
			if before, known := readings[r.Meter]; known && before != r.Previous {
				t.Errorf("meter %s stood at %s and begins %s at %s", r.Meter, before, m.On, r.Previous)
			}
			if r.Current-r.Previous != r.Usage || r.Usage < 0 {
				t.Errorf("meter %s: %s to %s is not %s", r.Meter, r.Previous, r.Current, r.Usage)
			}
			readings[r.Meter] = r.Current
		}
	}
}

func read(t *testing.T, file []byte) []layout.Record {
	t.Helper()
	bills, err := layouts.Find("clearwell")
	if err != nil {
		t.Fatal(err)
	}
	examined, err := layout.Examine(bills, bytes.NewReader(file), nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := examined.Open(bytes.NewReader(file), layout.Position{})
	if err != nil {
		t.Fatal(err)
	}
	var all []layout.Record
	for rows.Next() {
		if reject := rows.Reject(); reject != nil {
			t.Fatalf("line %d: %s", reject.Line, reject.Reason)
		}
		all = append(all, *rows.Record())
	}
	if rows.Err() != nil || len(all) != Size {
		t.Fatalf("%d bills, want %d: %v", len(all), Size, rows.Err())
	}
	return all
}

func TestPaymentsComeInOrderAndNotFromTheFuture(t *testing.T) {
	town := draw(t, 1)
	now := calendar.MakeDate(2026, time.November, 24).Start(town.zone)
	var before time.Time
	count, sum := 0, money.Amount{}
	for _, m := range story(t, town) {
		for _, p := range m.Payments {
			if p.At.Before(before) || !p.At.Before(now) || p.At.Before(m.On.Start(town.zone)) {
				t.Errorf("a payment at %s, after one at %s", p.At, before)
			}
			before, sum = p.At, sum.Add(p.Amount)
			count++
		}
	}
	if count < 2_000 || sum.Err() != nil {
		t.Errorf("%d payments of %s", count, sum)
	}
	t.Logf("%d payments of %s through the portal", count, sum)
}

func TestWhatMailAddressesAreMadeOf(t *testing.T) {
	for name, want := range map[string]string{
		"Muñoz, Lucía M":          "munoz.lucia.m@example.com",
		"O'Neil, Seán":            "oneil.sean@example.com",
		"Peña & Sons Plumbing":    "pena.sons.plumbing@example.com",
		"Big Tex Tire":            "big.tex.tire@example.com",
		"Dollar Barn #114":        "dollar.barn@example.com",
		"Café Olé":                "cafe.ole@example.com",
		"Brazos Valley Dental, P": "brazos.valley.dental.p@example.com",
	} {
		if diff := cmp.Diff(want, address(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
