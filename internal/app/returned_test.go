package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clearwell/internal/billing"
	"clearwell/internal/city"
)

// What comes back is noted by commands, once, and a file of it whole or not at all.
func TestReturnedPaymentsAreNoted(t *testing.T) {
	eachOffice(t, func(o *townHall) {
		returned := func(name string, args ...string) ran {
			return run(o.T, append([]string{"returned", name, "--config", o.config, "--city", string(o.slug)}, args...)...)
		}
		add := []string{"--utility-account", "4217-2", "--on", "2026-01-20", "--tender", "check", "--code", "NSF", "--reference", "slip 7"}
		for _, want := range []string{"The return is noted", "This return was noted before"} {
			got := returned("add", add...)
			if got.status != statusDone || !strings.Contains(got.out, want) || strings.Count(got.out, "slip 7") != 1 {
				t.Errorf("%d: %s%s", got.status, got.out, got.err)
			}
		}
		if got := returned("add", append(add, "--code", "R02")...); got.status != statusFailed || !strings.Contains(got.err, "Another return was noted") {
			t.Errorf("another of its name: %d: %s%s", got.status, got.out, got.err)
		}
		file := filepath.Join(t.TempDir(), "returned.csv")
		bring := func(rows ...string) ran {
			o.must(os.WriteFile(file, []byte("\ufeffutility_account,on,tender,code,reference\r\n"+strings.Join(rows, "\r\n")), 0o600))
			return returned("import", file)
		}
		good := "004217-002,2026-01-21,bank_account,R01,"
		for _, bad := range []string{"004217-002,2026-01-32,check,NSF,", "004217-777,2026-01-21,check,NSF,", "004217-002,2026-01-21,cash,NSF,", "004217-002,2026-01-21,check"} {
			if got := bring(good, bad); got.status != statusFailed {
				t.Errorf("%s: %d: %s", bad, got.status, got.out)
			}
		}
		if got := bring(good, "004217-002,2026-01-20,check,NSF,slip 7"); !strings.Contains(got.out, "1 returns are noted, 1 were before") {
			t.Errorf("%d: %s%s", got.status, got.out, got.err)
		}
		noted, err := o.works.bills.Returns(o.Context(), o.slug, billing.Number("004217002"))
		if list := returned("list"); err != nil || len(noted) != 2 || !strings.Contains(list.out, "2026-01-21  bank account  R01") {
			t.Errorf("%v, %v: %s", noted, err, list.out)
		}
	})
}

// Staff see what a block does to somebody before it does, and what they would read.
func TestABlockIsExplainedByReturns(t *testing.T) {
	file := filepath.Join(t.TempDir(), city.ExampleName)
	if err := os.WriteFile(file, city.Example(), 0o600); err != nil {
		t.Fatal(err)
	}
	explain := func(returns string) ran {
		return run(t, "policy", "explain", "--amount", "50", "--owed", "50", "--on", "2026-11-24", "--tender", "bank_account", "--returns", returns, file)
	}
	const blocked, read = "2 returned payments; bank account, check not taken until 2027-03-03", "Until March 3, 2027, this utility account cannot be paid with bank account and check"
	if got := explain("2026-08-03:check,2026-09-03:bank_account:R01"); !strings.Contains(got.out, blocked) || !strings.Contains(got.out, read) {
		t.Errorf("%d: %s%s", got.status, got.out, got.err)
	}
	if got := explain("2026-09-03:bank_account:R01"); !strings.Contains(got.out, "Allowed") {
		t.Errorf("one return: %s%s", got.out, got.err)
	}
	for _, wrong := range []string{"2026-08-03", "2026-08-03:credit", "check:2026-08-03", "2026-08-03:check,"} {
		if got := explain(wrong); got.status != statusFailed || !strings.Contains(got.err, "reading --returns") {
			t.Errorf("%q: %d: %s", wrong, got.status, got.err)
		}
	}
}
