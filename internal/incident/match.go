package incident

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"clearwell/internal/exposure"
)

// Link is why two occasions are taken to be of one person. Nobody is made one
// with anybody without a link, and each is told with the person.
type Link string

// The links, the strongest first.
const (
	SameLogin   Link = "login"   // signed in as the same login
	SameEmail   Link = "email"   // gave the same e-mail address, and no two names
	SameAddress Link = "address" // gave the same name and the same postal address
	SameUtility Link = "utility" // gave the same name for the same utility account
	OnlyUtility Link = "only"    // nothing is known but the utility account, and no holder is on file
	Nameless    Link = "none"    // nothing is known at all
)

// Mark is what a person is known by: a link, and what it holds by. Who has one of
// the marks of another is the other.
type Mark struct {
	Link Link
	A, B uint64
}

// String writes a mark as it is kept.
func (m Mark) String() string { return fmt.Sprintf("%s:%016x:%016x", m.Link, m.A, m.B) }

// Doubt is an anchor that several names share, such as the e-mail address of a
// couple, or of a son who pays for his parents. They stay apart, each under the
// name given; somebody should look.
type Doubt struct {
	Link   Link
	Anchor uint64
	People []string // the identifiers of those who share it
}

// crowd collects faces, and says which are one person.
type crowd struct {
	places map[exposure.Face]int
	faces  []exposure.Face
}

func newCrowd() *crowd { return &crowd{places: map[exposure.Face]int{}} }

// add gives the place of a face.
func (c *crowd) add(f exposure.Face) int {
	place, known := c.places[f]
	if !known {
		place = len(c.faces)
		c.places[f] = place
		c.faces = append(c.faces, f)
	}
	return place
}

// anchor is a login or an e-mail address.
type anchor struct {
	link Link
	is   uint64
}

// anchors lists what of a face can be shared by several names.
func anchors(f exposure.Face) []anchor {
	all := make([]anchor, 0, 2)
	if f.Login != 0 {
		all = append(all, anchor{SameLogin, f.Login})
	}
	if f.Email != 0 {
		all = append(all, anchor{SameEmail, f.Email})
	}
	return all
}

// shared finds the anchors that more than one name was given with.
func (c *crowd) shared() map[anchor]bool {
	names := make(map[anchor]uint64, len(c.faces))
	shared := map[anchor]bool{}
	for _, f := range c.faces {
		if f.Name == 0 {
			continue
		}
		for _, a := range anchors(f) {
			if known := names[a]; known != 0 && known != f.Name {
				shared[a] = true
			}
			names[a] = f.Name
		}
	}
	return shared
}

// marks lists what a face is known by. An anchor that several names share counts
// only together with the name.
func marks(f exposure.Face, shared map[anchor]bool) []Mark {
	all := make([]Mark, 0, 4)
	for _, a := range anchors(f) {
		m := Mark{a.link, a.is, 0}
		if shared[a] {
			m.B = f.Name
		}
		all = append(all, m)
	}
	if f.Place != 0 {
		all = append(all, Mark{SameAddress, f.Name, f.Place})
	}
	if f.Name != 0 && f.Utility != 0 {
		all = append(all, Mark{SameUtility, f.Name, f.Utility})
	}
	if len(all) > 0 {
		return all
	}
	if f.Utility != 0 {
		return []Mark{{OnlyUtility, f.Utility, 0}}
	}
	return []Mark{{Nameless, f.Name, 0}}
}

// matching says who is who: faces of one person have one root.
type matching struct {
	roots  []int
	shared map[anchor]bool
}

// matched finds who is who.
func (c *crowd) matched() matching {
	m := matching{make([]int, len(c.faces)), c.shared()}
	first := make(map[Mark]int, 2*len(c.faces))
	for i, f := range c.faces {
		m.roots[i] = i
		for _, mark := range marks(f, m.shared) {
			other, known := first[mark]
			if !known {
				first[mark] = i
				continue
			}
			m.join(i, other)
		}
	}
	for i := range m.roots {
		m.roots[i] = m.root(i)
	}
	return m
}

func (m matching) root(i int) int {
	for m.roots[i] != i {
		m.roots[i] = m.roots[m.roots[i]]
		i = m.roots[i]
	}
	return i
}

// join makes the earlier root that of both.
func (m matching) join(a, b int) {
	a, b = m.root(a), m.root(b)
	m.roots[max(a, b)] = min(a, b)
}

// count tells how many people and households there are. A person belongs to the
// household that their letter would go to.
func (c *crowd) count() (people, households int) {
	m := c.matched()
	homes := make(map[int]uint64, len(c.faces))
	for i, f := range c.faces {
		homes[m.roots[i]] = home(homes[m.roots[i]], f)
	}
	distinct := make(map[uint64]bool, len(homes))
	alone := 0
	for _, h := range homes {
		if h == 0 {
			alone++
			continue
		}
		distinct[h] = true
	}
	return len(homes), len(distinct) + alone
}

// home picks a household of those known so far and a face's, whatever their order.
func home(known uint64, f exposure.Face) uint64 {
	if known == 0 || f.Home != 0 && f.Home < known {
		return f.Home
	}
	return known
}

// identify names a person by the least of their marks, so that the same people
// have the same names whenever they are asked for.
func identify(marks []Mark) string {
	texts := make([]string, len(marks))
	for i, m := range marks {
		texts[i] = m.String()
	}
	return named(slices.Min(texts))
}

func named(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "psn_" + hex.EncodeToString(sum[:8])
}

// sortMarks orders marks and drops repeated ones.
func sortMarks(marks []Mark) []Mark {
	slices.SortFunc(marks, func(a, b Mark) int {
		return cmp.Or(strings.Compare(string(a.Link), string(b.Link)), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return slices.Compact(marks)
}
