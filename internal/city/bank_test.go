package city_test

import (
	"strings"
	"testing"

	"clearwell/internal/city"
)

const bankSection = `
bank:
  routing: "121042882"
  name: WATERWORKS BANK
  origin: "1234567890"
  origin_name: SAMPLETOWN
  company: SAMPLETOWN UTIL
  company_id: "1234567890"
  cut_off: "16:30"
  retries: 1
  offset: file:/etc/clearwell/offset
  returns: /srv/bank/in
  sftp:
    address: files.bank.example:22
    user: sampletown
    key: file:/etc/clearwell/bank-key
    host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIII
`

func drafted() string {
	return string(city.Draft(city.Basics{
		City: "sampletown", English: "City of Sampletown", Spanish: "Ciudad de Sampletown", State: "TX", Zone: "America/Chicago", Host: "pay.sampletown.example",
	}))
}

func TestABankIsReadFromTheCityFile(t *testing.T) {
	f, err := city.Parse("x.yaml", []byte(drafted()+bankSection))
	if err != nil {
		t.Fatal(err)
	}
	b := f.Bank
	if b == nil || b.Routing != "121042882" || b.CutOff.String() != "16:30 America/Chicago" || !b.Prenote || b.SameDay || b.Retries != 1 ||
		b.Description != "UTIL PYMT" || b.SFTP.User != "sampletown" || b.Offset != "file:/etc/clearwell/offset" {
		t.Errorf("read %+v", b)
	}
	if f, err := city.Parse("x.yaml", []byte(drafted())); err != nil || f.Bank != nil {
		t.Errorf("without one: %+v, %v", f.Bank, err)
	}
}

func TestABankThatCannotBeIsRefused(t *testing.T) {
	for old, wrong := range map[string]string{
		`"121042882"`:                     `12104288`,
		"SAMPLETOWN UTIL":                 "City of Sampletown",
		"retries: 1":                      "retries: 3",
		"files.bank.example:22":           "files.bank.example",
		"file:/etc/clearwell/bank-key":    "-----BEGIN",
		"host_key: ssh-ed25519 ":          "host_key: ",
		"returns: /srv/bank/in":           "returns: bank/in",
		"  sftp:\n    address":            "  ftp:\n    address",
		"offset: file:/etc/clearwell/off": "offset: 111000025 99887766",
	} {
		text := strings.Replace(bankSection, old, wrong, 1)
		if _, err := city.Parse("x.yaml", []byte(drafted()+text)); text == bankSection || err == nil || strings.Contains(err.Error(), "99887766") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
