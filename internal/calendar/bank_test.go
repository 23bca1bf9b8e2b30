package calendar

import (
	"encoding/csv"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// TestBankingDays compares every day of seven years with the list of weekdays
// on which the Federal Reserve Banks are closed.
func TestBankingDays(t *testing.T) {
	file, err := os.Open("testdata/fed_nonbanking_weekdays_2024_2030.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	next := map[Date]Date{}
	for _, row := range rows[1:] {
		next[date(t, row[0])] = date(t, row[4])
	}
	for d := MakeDate(2024, 1, 1); d.Year() < 2031; d = d.AddDays(1) {
		weekend := d.Weekday() == 0 || d.Weekday() == 6
		after, closed := next[d]
		if d.IsBankingDay() == (weekend || closed) || (d.Holiday() != "") != closed {
			t.Errorf("%v %v: IsBankingDay = %v, Holiday = %q", d, d.Weekday(), d.IsBankingDay(), d.Holiday())
		}
		if closed && d.NextBankingDay() != after {
			t.Errorf("NextBankingDay after %v = %v, want %v", d, d.NextBankingDay(), after)
		}
	}
}

func TestHoliday(t *testing.T) {
	for day, want := range map[string]Holiday{
		"2021-06-18": "", "2021-06-21": "", "2022-06-20": Juneteenth, // a Sunday, kept on Monday; not kept before 2022
		"2022-12-26": Christmas, "2023-01-02": NewYear, "2021-12-31": "", "2022-01-01": "", // Saturdays close nothing
		"2026-07-03": "", "2026-07-06": "", // Independence Day on a Saturday
		"2027-07-05": IndependenceDay, "2027-07-04": "", "2024-05-27": MemorialDay, "2024-11-28": Thanksgiving,
		"2026-09-07": LaborDay, "2026-01-19": MartinLutherKing, "2026-02-16": WashingtonBirthday,
		"2026-10-12": ColumbusDay, "2029-11-12": VeteransDay, "1985-01-21": "",
	} {
		if got := date(t, day).Holiday(); got != want {
			t.Errorf("Holiday on %s = %q, want %q", day, got, want)
		}
	}
}

func TestAddBankingDays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-25", 1, "2026-11-27"}, // over Thanksgiving
		{"2026-11-27", -1, "2026-11-25"},
		{"2026-11-27", 2, "2026-12-01"},
		{"2026-11-28", 0, "2026-11-30"}, // from a Saturday
		{"2026-11-28", 1, "2026-11-30"},
		{"2026-11-28", -1, "2026-11-27"},
		{"2026-11-27", 0, "2026-11-27"},
		{"2026-12-24", 5, "2027-01-04"},
	} {
		if got := date(t, c.from).AddBankingDays(c.n); got.String() != c.want {
			t.Errorf("%s plus %d banking days = %v, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestAddBankingDaysGoesThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date{rapid.Int32Range(725_000, 760_000).Draw(t, "day")}
		n := rapid.IntRange(1, 60).Draw(t, "n")
		there := d.AddBankingDays(n)
		if !there.IsBankingDay() || !there.After(d) {
			t.Fatalf("%v plus %d banking days = %v", d, n, there)
		}
		if back := there.AddBankingDays(-n); d.IsBankingDay() && back != d {
			t.Fatalf("%v plus and minus %d banking days = %v", d, n, back)
		}
		if step := d.AddBankingDays(n - 1).NextBankingDay(); d.IsBankingDay() && step != there {
			t.Fatalf("%v plus %d and 1 banking days = %v, want %v", d, n-1, step, there)
		}
	})
}
