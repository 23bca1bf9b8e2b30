package sampletown

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"clearwell/internal/cis/layout"
	"clearwell/internal/money"
)

// Resident is one utility account, who holds it, and how they live and pay.
type Resident struct {
	Number  string // as printed on the bill: "004217-001"
	Name    string // "Muñoz, Lucía M", or that of a business
	Address string
	ZIP     string
	Mailing layout.Mailing // empty: bills go to Address
	Balance money.Amount   // as the billing system has it; negative is a credit

	business bool
	pays     habit
	payday   int    // of the month, 1 to 28
	card     string // what they pay with on the portal
	since    int    // month from which they use the portal

	meter   string
	reading int64 // gallons
	thirst  int64 // gallons in an ordinary month
	leaking int   // months that it will go on
}

// habit is how somebody pays.
type habit uint8

const (
	promptly habit = iota // all of it, every month
	forgets               // now and then not at all
	inPart                // half, and the rest with the next
	ahead                 // too much, so that there is a credit
)

// names are the words residents are drawn from.
type names struct{ first, last, streets, businesses, landlords []string }

func allNames() names {
	return names{firstNames(), lastNames(), streets(), businesses(), landlords()}
}

// settle draws the resident of a lot. The lots of a street lie side by side.
func settle(r *rand.Rand, words names, lot int) *Resident {
	street := words.streets[lot*len(words.streets)/Size]
	house := 100 + 4*(lot%(Size/len(words.streets)+1)) + r.IntN(4)
	resident := &Resident{
		Number:  fmt.Sprintf("%06d-%03d", 1001+lot*7, 1+r.IntN(3)),
		Address: fmt.Sprintf("%d %s", house, street),
		ZIP:     "78600",
		meter:   fmt.Sprintf("M%07d", 4000000+lot*13),
		reading: int64(r.IntN(900_000)),
		thirst:  2_000 + int64(r.IntN(7_000)),
		payday:  drawPayday(r),
		pays:    drawHabit(r),
		since:   joins(r),
		card:    madeUpCard(lot),
	}
	resident.name(r, words, lot)
	return resident
}

// name says who lives there: mostly people, some businesses, some tenants of a
// landlord who gets the bill.
func (r *Resident) name(random *rand.Rand, words names, lot int) {
	r.Name = person(random, words)
	switch {
	case lot%70 == 3:
		r.Name, r.business, r.thirst = words.businesses[(lot/70)%len(words.businesses)], true, r.thirst*4
	case lot%25 == 7:
		landlord := words.landlords[(lot/25)%len(words.landlords)]
		r.Name = landlord
		r.Mailing = layout.Mailing{Lines: [6]string{"PO Box 88" + fmt.Sprint(lot/25%len(words.landlords))}, City: "Sampletown", State: "TX", Zip: r.ZIP}
	case lot%9 == 4:
		r.Address += fmt.Sprintf(" Apt %c", 'A'+rune(lot%6))
	}
}

// person is a name as billing systems write it, the last name first.
func person(r *rand.Rand, words names) string {
	name := words.last[r.IntN(len(words.last))] + ", " + words.first[r.IntN(len(words.first))]
	if r.IntN(3) == 0 {
		name += " " + string(rune('A'+r.IntN(26)))
	}
	return name
}

func drawHabit(r *rand.Rand) habit {
	switch n := r.IntN(100); {
	case n < 82:
		return promptly
	case n < 92:
		return forgets
	case n < 97:
		return inPart
	}
	return ahead
}

// drawPayday is the day of the month on which somebody pays: when wages come, or
// when the bill is due.
func drawPayday(r *rand.Rand) int {
	days := []int{1, 3, 5, 5, 15, 15, 16, 20, 20, 21, 25}
	return days[r.IntN(len(days))]
}

// joins is the month in which somebody finds the portal: few at first.
func joins(r *rand.Rand) int {
	if r.IntN(100) >= everOnline {
		return Months + 1
	}
	return r.IntN(Months)
}

// madeUpCard is a test card of the sandbox's, a different one for each resident.
func madeUpCard(lot int) string {
	body := fmt.Sprintf("42424242%07d", 1000+lot)
	sum := 0
	for i, digit := range body {
		n := int(digit - '0')
		if i%2 == 0 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	return body + fmt.Sprint((10-sum%10)%10)
}

// House is the house number, which guests are asked for.
func (r *Resident) House() string {
	house, _, _ := strings.Cut(r.Address, " ")
	return house
}

// LastName is the last name, or the name of the business.
func (r *Resident) LastName() string {
	last, _, _ := strings.Cut(r.Name, ",")
	return last
}
