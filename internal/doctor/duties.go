package doctor

import (
	"bytes"
	"encoding/csv"
	"fmt"
)

// Profile is who runs the program.
type Profile string

// The profiles. A vendor that runs it for towns is a service provider, and
// answers for the page (PCI DSS 4.0.1, Appendix A1).
const (
	ByTown   Profile = "town"
	ByVendor Profile = "vendor"
)

// duty is one line of the matrix of 12.8.5 and 12.9.2.
type duty struct {
	requirement, about string
	host               bool   // of whoever runs the program
	who                string // otherwise
	by                 string // what does it, or proves it
}

func duties() []duty {
	return []duty{
		{"1.2, 1.4", "network rules; outgoing traffic denied but for what is configured", true, "", "deploy/nftables.conf, inside.jail"},
		{"2.2", "hardened system; no defaults", true, "", "deploy/*.service"},
		{"3.2-3.5", "stored card data", false, "nobody: none is stored", "TestCardIsNowhereAfterAPayment, outside.card_refused"},
		{"4.2", "encryption on the way", true, "", "outside.tls"},
		{"6.3", "vulnerabilities found and patched", true, "", "components.json of /assurance, deploy/build"},
		{"6.4.2", "attacks on the pages detected and stopped", false, "program", "alarms in the log, limits"},
		{"6.4.3", "scripts of the payment page: authorised, whole, listed", false, "program; processor inside its frame", "script-inventory.csv, the signed manifest"},
		{"7, 8", "access of staff and administrators", true, "", "sheet 6"},
		{"9", "the machine and the backups, physically", true, "", ""},
		{"10.2-10.3", "audit log, protected against change", false, "program; whoever runs it copies it off the machine", "inside.audit, inside.sealing"},
		{"10.4", "logs reviewed daily", true, "", "alarms in the log"},
		{"10.5.1", "logs kept twelve months, three at hand", true, "", "log-retention.csv"},
		{"10.6", "one source of time", true, "", "outside.clock"},
		{"11.3", "scans, inside and by an ASV each quarter", true, "", "documents: asv"},
		{"11.6.1", "changes of the payment page detected", false, "town: its own prober", "inside.prober, prober-log.csv"},
		{"12.8", "list and oversight of service providers", false, "town", "providers.csv"},
		{"12.10", "plan for incidents, tested yearly, somebody reachable at all hours", false, "town and whoever runs the program", "documents: plan, contacts"},
		{"A1", "towns kept apart from each other", true, "", "TestTwoCities… (docs/threats.md)"},
	}
}

// Duties is the matrix of responsibilities, as CSV.
func Duties(p Profile) ([]byte, error) {
	host := map[Profile]string{ByTown: "town", ByVendor: "vendor"}[p]
	if host == "" {
		return nil, fmt.Errorf("listing duties: %q is no profile", p)
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	rows := [][]string{{"requirement", "about", "responsible", "done or shown by"}}
	for _, d := range duties() {
		who := d.who
		if d.host {
			who = host
		}
		rows = append(rows, []string{d.requirement, d.about, who, d.by})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("listing duties: %w", err)
	}
	return text.Bytes(), nil
}
