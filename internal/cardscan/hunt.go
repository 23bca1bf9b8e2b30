package cardscan

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Hit is a place where [Hunt] found the digits.
type Hit struct {
	Form   string // how they were written, such as "plain" or "reversed separated in base64 in gzip"
	Offset int    // in the data searched; of the packed file, if they were in one
}

const (
	minHunted = 6 // digits; fewer are found by chance
	huntDepth = 4 // a mail's attachment is wrapped lines of base64 of a packed file
)

// Hunt searches what a program left behind for known digits: logs, pages of a
// database, backups, mail, memory. It finds them with or without anything but
// letters between them, which is also how UTF-16 and UTF-32 look; reversed; in
// every disguise that [Find] knows; in base64 broken into lines; as a binary
// number or packed two to a byte; and inside gzip, zlib and zip data.
//
// Silence means there is nothing: what could not be searched, because it
// unpacks beyond 256 MiB in all or because digits has fewer than six, is
// reported as a hit too.
func Hunt(data []byte, digits string) []Hit {
	h := hunter{forwards: digits, backwards: reverse(digits), left: maxUnpacked}
	if len(digits) < minHunted || strings.Trim(digits, "0123456789") != "" {
		return []Hit{{Form: "not searched: six digits or more are needed, and nothing else"}}
	}
	hits := h.search(data, huntDepth)
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), strings.Compare(a.Form, b.Form))
	})
	return slices.Compact(hits)
}

// hunter is one hunt.
type hunter struct {
	forwards, backwards string
	left                int64 // bytes that may still be unpacked
}

func reverse(digits string) string {
	reversed := []byte(digits)
	slices.Reverse(reversed)
	return string(reversed)
}

// search looks through data, what is packed in them, and what they disguise.
func (h *hunter) search(data []byte, depth int) []Hit {
	hits := h.binary(data)
	if depth > 0 {
		hits = append(hits, h.packed(data, depth-1)...)
	}
	for from := 0; from < len(data); from += window {
		part := asString(data[from:min(from+window+reach, len(data))])
		for _, hit := range h.read(part, depth) {
			hits = append(hits, Hit{hit.Form, hit.Offset + from})
		}
	}
	return hits
}

// read looks through text and what it disguises.
func (h *hunter) read(text string, depth int) []Hit {
	hits := h.plain(text)
	if depth == 0 {
		return hits
	}
	for v := range undisguise(text) {
		hits = append(hits, h.view(v, depth-1)...)
	}
	if v := unwrap(text); v.text != "" {
		hits = append(hits, h.view(v, depth-1)...)
	}
	return hits
}

// view looks through a view and gives the hits their places in its source.
func (h *hunter) view(v view, depth int) []Hit {
	hits := h.read(v.text, depth)
	if v.origins == nil { // decoded bytes may be anything
		hits = append(hits, h.binary([]byte(v.text))...)
		hits = append(hits, h.packed([]byte(v.text), depth)...)
	}
	for i, hit := range hits {
		hits[i] = Hit{hit.Form + " in " + v.how, v.source(Match{hit.Offset, hit.Offset + 1}).Start}
	}
	return hits
}

// unwrap joins lines that were broken for mail: with nothing, or with the soft
// break of quoted-printable.
func unwrap(text string) view {
	if strings.IndexByte(text, '\n') < 0 {
		return view{}
	}
	v := view{how: "broken lines", origins: make([]Match, 0, len(text))}
	var plain strings.Builder
	for i := range len(text) {
		soft := text[i] == '=' && strings.HasPrefix(strings.TrimPrefix(text[i+1:], "\r"), "\n")
		if soft || text[i] == '\r' || text[i] == '\n' {
			continue
		}
		plain.WriteByte(text[i])
		v.origins = append(v.origins, Match{i, i + 1})
	}
	v.text = plain.String()
	return v
}

// plain looks through text as it stands.
func (h *hunter) plain(text string) []Hit {
	var hits []Hit
	c := chain{text: text, least: len(h.forwards)}
	for c.scan() {
		for from := range len(c.digits) - len(h.forwards) + 1 {
			number := c.digits[from : from+len(h.forwards)]
			if spells(number, h.forwards) {
				hits = append(hits, Hit{spacing(text, number), number[0].start})
			}
			if spells(number, h.backwards) {
				hits = append(hits, Hit{"reversed " + spacing(text, number), number[0].start})
			}
		}
	}
	return hits
}

// spells reports whether number is these digits.
func spells(number []spot, digits string) bool {
	for i, d := range number {
		if d.value != digits[i]-'0' {
			return false
		}
	}
	return true
}

// spacing says what stands between the digits of a number.
func spacing(text string, number []spot) string {
	form := "plain"
	for i := range number[1:] {
		between := text[number[i].end:number[i+1].start]
		switch {
		case between == "":
		case strings.Trim(between, "\x00") != "":
			return "separated"
		default:
			form = "UTF-16"
		}
	}
	return form
}

// binary looks for the number as an integer of either byte order, without
// leading zeros, and as decimal digits packed two to a byte.
func (h *hunter) binary(data []byte) []Hit {
	var hits []Hit
	for form, needle := range h.needles() {
		for at := range places(data, needle) {
			hits = append(hits, Hit{form, at})
		}
	}
	return hits
}

// places gives each place at which part begins in data.
func places(data, part []byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		for from := 0; ; from++ {
			next := bytes.Index(data[from:], part)
			if next < 0 || !yield(from+next) {
				return
			}
			from += next
		}
	}
}

// needles gives the binary forms of the number that are long enough not to be
// found by chance.
func (h *hunter) needles() map[string][]byte {
	needles := map[string][]byte{}
	even := h.forwards[len(h.forwards)%2:] // an odd first digit shares its byte with padding
	if packed, err := hex.DecodeString(even); err == nil && len(packed) >= 6 {
		needles["packed decimal"] = packed
	}
	value, err := strconv.ParseUint(h.forwards, 10, 64)
	if big := bytes.TrimLeft(binary.BigEndian.AppendUint64(nil, value), "\x00"); err == nil && len(big) >= 6 {
		needles["big-endian integer"] = big
		little := slices.Clone(big)
		slices.Reverse(little)
		needles["little-endian integer"] = little
	}
	return needles
}
