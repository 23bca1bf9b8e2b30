package layout

import (
	"strings"
	"testing"
)

const apart = `name: apart
title: Water and sewer, billed apart
source: invented
dates: [YYYY-MM-DD]
records:
  - record: bill
    fields:
      - {field: utility_account, at: 1, required: true}
      - {field: bill_number, at: 2, required: true}
      - {field: bill_date, at: 3}
      - {field: service, at: 4}
      - {field: amount_due, at: 5, required: true}
duplicates: {key: [bill_number], keep: last}
several_bills: SEVERAL
`

// A town that bills water and sewer apart lost the one bill of each utility
// account that stood before the other in the file.
func TestSeveralBillsOfOneUtilityAccount(t *testing.T) {
	for name, c := range map[string]struct {
		several several
		file    string
		want    string
	}{
		"of one date":         {severalRefused, "a,T1,2026-11-01,,10.00\na,T2,2026-11-01,,7.00\nb,T3,2026-11-01,,1.00\n", "1.00 | several several"},
		"without dates":       {severalRefused, "a,T1,,,10.00\na,T2,,,7.00\n", " | several several"},
		"dated and undated":   {severalRefused, "a,T1,2026-11-01,,10.00\na,T2,,,7.00\n", "10.00 7.00 |"},
		"the newest is one":   {severalRefused, "a,T1,2026-10-01,,10.00\na,T2,2026-10-01,,7.00\na,T3,2026-11-01,,5.00\n", "10.00 7.00 5.00 |"},
		"an older one after":  {severalRefused, "a,T1,2026-11-01,,10.00\na,T2,2026-10-01,,7.00\n", "10.00 7.00 |"},
		"of two services":     {severalRefused, "a,T1,2026-11-01,water,10.00\na,T2,2026-10-01,sewer,7.00\n", " | several several"},
		"one bill, restated":  {severalRefused, "a,T1,2026-11-01,,10.00\na,T1,2026-11-01,,7.00\n", "7.00 | superseded"},
		"the last is meant":   {severalLast, "a,T1,2026-11-01,,10.00\na,T2,2026-11-01,,7.00\n", "10.00 7.00 |"},
		"they are meant both": {severalAdd, "a,T1,2026-11-01,,10.00\na,T2,2026-11-01,,7.00\n", "10.00 7.00 |"},
	} {
		l, err := Load("apart.yaml", []byte(strings.Replace(apart, "SEVERAL", string(c.several), 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := outcome(t, l, c.file); strings.TrimSpace(got) != strings.TrimSpace(c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
