package law

import (
	"regexp"
	"testing"

	"clearwell/internal/calendar"
)

// What was noted of a duty must not be taken for another's, whoever is concerned
// and whichever law is in force.
func TestNoTwoDutiesHaveOneKey(t *testing.T) {
	book, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)
	for _, state := range book.Codes() {
		for _, on := range []calendar.Date{calendar.MakeDate(2019, 12, 11), calendar.MakeDate(2022, 6, 1), calendar.MakeDate(2026, 11, 24)} {
			people := map[string]int{}
			for _, code := range book.Codes() {
				people[code] = 20_000
			}
			seen := map[string]string{}
			for _, duty := range book.Duties(Facts{Entity: LocalGovernment, State: state, People: people}, on) {
				key := duty.Key()
				if other, taken := seen[key]; taken {
					t.Fatalf("in %s: %s is %q and %q", state, key, other, duty.Who)
				}
				if !form.MatchString(key) {
					t.Errorf("nobody can type %q", key)
				}
				seen[key] = duty.Who
			}
		}
	}
}

func TestKeysAreRead(t *testing.T) {
	for want, duty := range map[string]Duty{
		"tx-individuals":           {Jurisdiction: "TX", Kind: Individuals},
		"tx-attorney-general":      {Jurisdiction: "TX", Kind: Regulator, Who: "Attorney General"},
		"tx-texas-cyber-command":   {Jurisdiction: "TX", Kind: Regulator, Who: "Texas Cyber Command (Department of Information Resources before H.B. 150 of 2025)"},
		"net-visa-incident-report": {Jurisdiction: "NET", Kind: Network, Who: "Visa, incident report"},
	} {
		if got := duty.Key(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
