package calendar_test

import (
	"fmt"
	"time"

	"clearwell/internal/calendar"
)

func ExampleCutOff_BusinessDate() {
	zone, err := calendar.Zone("America/Chicago")
	if err != nil {
		fmt.Println(err)
		return
	}
	cut := calendar.CutOff{Hour: 17, Zone: zone}
	paid := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC) // 17:30 in Chicago
	fmt.Println(cut.BusinessDate(paid))
	// Output: 2026-11-25
}

func ExampleDate_AddBankingDays() {
	eve := calendar.MakeDate(2026, time.November, 25)
	fmt.Println(eve.AddBankingDays(1), eve.AddDays(1).Holiday())
	// Output: 2026-11-27 thanksgiving
}
