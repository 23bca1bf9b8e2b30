package settings

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"clearwell/internal/approval"
)

// Weakening is protection that a configuration takes away.
type Weakening struct {
	Setting string
	Words   string // what is lost, for whoever approves it
}

// String reads "jail: the program is confined less (required before, now off)".
func (w Weakening) String() string { return w.Setting + ": " + w.Words }

// Weakenings lists what new settings take from the protection that was.
func Weakenings(old, proposed Protection) []Weakening {
	var lost []Weakening
	for _, judge := range []func(old, proposed Protection) []Weakening{
		otherPeople, lessConfined, wider, moreBelieved, played, otherMail, lessWatched, lessCopied, otherKey,
	} {
		lost = append(lost, judge(old, proposed)...)
	}
	return lost
}

// otherPeople names each who may decide and could not, or could and may not: who
// chooses the second person decides alone. The first to be named are named by
// whoever sets the installation up.
func otherPeople(old, proposed Protection) []Weakening {
	if len(old.People) == 0 {
		return nil
	}
	var lost []Weakening
	for _, key := range proposed.People {
		if !slices.Contains(old.People, key) {
			lost = append(lost, Weakening{"people", key + " may ask and approve"})
		}
	}
	for _, key := range old.People {
		if !slices.Contains(proposed.People, key) {
			lost = append(lost, Weakening{"people", key + " may no longer ask and approve"})
		}
	}
	return lost
}

func lessConfined(old, proposed Protection) []Weakening {
	rank := map[string]int{"off": 0, "": 1, "required": 2}
	if rank[proposed.Confinement] >= rank[old.Confinement] {
		return nil
	}
	named := func(c string) string {
		if c == "" {
			return "as far as the kernel can"
		}
		return c
	}
	return []Weakening{{"jail", fmt.Sprintf("the program is confined less: %s before, now %s", named(old.Confinement), named(proposed.Confinement))}}
}

// wider names what more can reach us, and how.
func wider(old, proposed Protection) []Weakening {
	var lost []Weakening
	if proposed.Plain && !old.Plain {
		lost = append(lost, Weakening{"plain", "browsers may come without TLS"})
	}
	if proposed.Open && !old.Open {
		lost = append(lost, Weakening{"listen", "others than this machine reach the port"})
	}
	if proposed.Origin != "" && proposed.Origin != OwnMachine && proposed.Origin != old.Origin {
		lost = append(lost, Weakening{"origin", fmt.Sprintf("%s becomes the address of the towns, before %q", proposed.Origin, old.Origin)})
	}
	return lost
}

func moreBelieved(old, proposed Protection) []Weakening {
	var lost []Weakening
	for _, network := range proposed.Proxies {
		if !slices.ContainsFunc(old.Proxies, func(known netip.Prefix) bool { return within(network, known) }) {
			lost = append(lost, Weakening{"proxies", fmt.Sprintf("%s is believed about who asks", network)})
		}
	}
	return lost
}

func within(network, other netip.Prefix) bool {
	return other.Bits() <= network.Bits() && other.Contains(network.Addr())
}

func played(old, proposed Protection) []Weakening {
	if proposed.Sandbox == "" || proposed.Sandbox == old.Sandbox || proposed.Sandbox == OwnMachine && old.Sandbox != "" {
		return nil
	}
	return []Weakening{{"sandbox", fmt.Sprintf("pages may frame a processor that moves no money, at %s", proposed.Sandbox)}}
}

// otherMail names mail that no longer leaves, or leaves by somebody else: receipts,
// alarms and what the finance officer is told go that way.
func otherMail(old, proposed Protection) []Weakening {
	if old.Mail == "" || proposed.Mail == old.Mail || old.Mail == Folder && proposed.Mail != "" {
		return nil
	}
	if proposed.Mail == "" {
		return []Weakening{{"mail", "no mail leaves, alarms among it"}}
	}
	return []Weakening{{"mail", fmt.Sprintf("mail leaves by %s, before by %s", proposed.Mail, old.Mail)}}
}

func lessWatched(old, proposed Protection) []Weakening {
	var lost []Weakening
	if old.Security != "" && proposed.Security != old.Security {
		lost = append(lost, Weakening{"security", fmt.Sprintf("weaknesses are reported to %q, before to %q", proposed.Security, old.Security)})
	}
	for _, town := range slices.Sorted(maps.Keys(old.Probers)) {
		now, there := proposed.Probers[town]
		switch {
		case !there:
			lost = append(lost, Weakening{"watch", fmt.Sprintf("the prober of %s is heard no more", town)})
		case now != old.Probers[town]:
			lost = append(lost, Weakening{"watch", fmt.Sprintf("another prober is heard for %s", town)})
		}
	}
	return lost
}

// lessCopied names logs that are kept on their own machine alone, or elsewhere.
func lessCopied(old, proposed Protection) []Weakening {
	switch {
	case old.Copy == Copy{} || proposed.Copy == old.Copy:
		return nil
	case proposed.Copy == Copy{}:
		return []Weakening{{"copy", "the logs are copied to nobody"}}
	}
	return []Weakening{{"copy", fmt.Sprintf("the logs are copied to %s, before to %s", proposed.Copy.To, old.Copy.To)}}
}

func otherKey(old, proposed Protection) []Weakening {
	if old.AuditKey == "" || proposed.AuditKey == old.AuditKey {
		return nil
	}
	return []Weakening{{"keys", fmt.Sprintf("another key signs the audit log: %s", proposed.AuditKey)}}
}

// Words are what two people sign: the settings by their digest, in place of which
// ones, and what they take away.
func Words(inForce Version, proposed Protection) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Put the configuration of the installation in force, in the place of version %d.\n\nSHA-256 of what it says of protection: %s\n",
		inForce.Number, approval.Fingerprint(proposed.Digest()))
	fmt.Fprint(&b, "\nIt takes protection away:\n")
	for _, w := range Weakenings(inForce.Protection, proposed) {
		fmt.Fprintf(&b, "  %s\n", w)
	}
	return b.String()
}
