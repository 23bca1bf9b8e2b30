package exposure

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Face is who somebody on an occasion seems to be: digests of what is known, in
// a form in which the same thing is written the same. Zero is not known.
type Face struct {
	Login   uint64
	Email   uint64
	Name    uint64 // the order of its words does not count
	Place   uint64 // postal address
	Utility uint64 // the utility account
	Home    uint64 // where a letter would go: the household
}

// FaceOf says who somebody seems to be. Of whom nothing is known but the utility
// account, it is taken to be the holder; and who has the holder's name is the
// holder, and has the holder's address where they gave none.
func FaceOf(s Story, h Holder) Face {
	f := Face{
		Login: digest("login", s.Login), Email: digest("email", strings.ToLower(strings.TrimSpace(s.Payer.Email))),
		Name: digest("name", nameKey(s.Payer.Name)), Place: digest("place", placeKey(s.Payer.Address)),
		Utility: digest("utility", s.UtilityAccount),
	}
	holder := digest("name", nameKey(h.Name))
	if f.Bare() || f.Name == holder && holder != 0 {
		f.Name = holder
		if f.Place == 0 {
			f.Place = digest("place", placeKey(h.Address()))
		}
		f.Home = h.home(f)
		return f
	}
	f.Home = f.Place
	if f.Home == 0 {
		f.Home = f.Utility
	}
	return f
}

// Bare reports that nothing is known but the utility account.
func (f Face) Bare() bool { return f.Login == 0 && f.Email == 0 && f.Name == 0 && f.Place == 0 }

// Address is where the billing system sends the bill, on one line.
func (h Holder) Address() string {
	parts := []string{h.Mailing[0], h.Mailing[1], h.MailingCity, strings.TrimSpace(h.MailingState + " " + h.MailingZIP)}
	parts = slices.DeleteFunc(parts, func(part string) bool { return strings.TrimSpace(part) == "" })
	return strings.Join(parts, ", ")
}

// home is the household of a holder: the utility account's where the bill goes
// to where the water goes, and otherwise where the bill goes.
func (h Holder) home(f Face) uint64 {
	away := placeKey(h.Mailing[0]) != placeKey(h.ServiceAddress) && h.Mailing[0] != ""
	if away || f.Utility == 0 {
		return f.Place
	}
	return f.Utility
}

// digest names a text in 64 bits. Among a million there are two alike once in
// forty million times; SHA-256 keeps anybody from choosing one like another's.
func digest(kind, text string) uint64 {
	if text == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(kind + "\x00" + text))
	return binary.BigEndian.Uint64(sum[:])
}

// nameKey is the words of a name without what is written in many ways: capitals,
// accents, punctuation, order. "Muñoz, Ana" and "ANA MUNOZ" are one; "Ana M.
// Muñoz" is another, because it may be.
// SameName reports whether two texts are one name: without regard to capitals,
// accents, punctuation and order, and not any closer.
func SameName(a, b string) bool { return nameKey(a) != "" && nameKey(a) == nameKey(b) }

func nameKey(name string) string {
	words := plainWords(name)
	slices.Sort(words)
	return strings.Join(words, " ")
}

// placeKey is the words of an address, with the usual ones shortened and the
// four digits behind a ZIP Code left out.
func placeKey(address string) string {
	words := plainWords(address)
	for i, word := range words {
		words[i] = shortened(word)
	}
	if n := len(words); n > 1 && isDigits(words[n-1], 4) && isDigits(words[n-2], 5) {
		words = words[:n-1]
	}
	return strings.Join(words, " ")
}

func isDigits(word string, n int) bool {
	return len(word) == n && strings.Trim(word, "0123456789") == ""
}

// shortened is how the Postal Service abbreviates the commonest words of an
// address (Publication 28, appendix C).
func shortened(word string) string {
	switch word {
	case "STREET":
		return "ST"
	case "AVENUE":
		return "AVE"
	case "ROAD":
		return "RD"
	case "DRIVE":
		return "DR"
	case "LANE":
		return "LN"
	case "BOULEVARD":
		return "BLVD"
	case "COURT":
		return "CT"
	case "APARTMENT":
		return "APT"
	case "NORTH":
		return "N"
	case "SOUTH":
		return "S"
	case "EAST":
		return "E"
	case "WEST":
		return "W"
	}
	return word
}

func plainWords(text string) []string {
	folded := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || strings.ContainsRune("'’‘`´ʼ", r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKD.String(text))
	return strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Is reports whether somebody has the holder's name, or is taken to be the holder
// for want of any other.
func (h Holder) Is(f Face) bool {
	name := digest("name", nameKey(h.Name))
	return name != 0 && f.Name == name
}
