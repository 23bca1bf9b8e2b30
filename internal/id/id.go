// Package id makes typed identifiers.
//
// An identifier is a prefix that names its kind and 26 characters of Crockford
// base32: 48 bits of milliseconds and 80 of chance. Identifiers made later sort
// later, so that they append to an index instead of scattering over it. The
// wrong kind does not compile, and does not parse.
//
// There are two ways to make one. Those of [New] keep their order even within a
// millisecond, by counting up in random steps: who has one can guess at its
// neighbours, so that they may name a thing, and never open it. Those of
// [Unguessable] have 80 random bits of their own, and may be an address that
// opens what it names.
package id

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"
)

// City names a tenant: a short lower-case slug such as "sampletown". It leads
// every key in the database.
type City string

// Everyone is the operator's scope: work that spans all cities.
const Everyone City = "*"

// Kind gives a kind of identifier its prefix.
type Kind interface{ Prefix() string }

// ID is an identifier of kind K. The zero value identifies nothing.
type ID[K Kind] struct{ text string }

const (
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford base32, lower case
	bodyLen  = 26
)

// New makes an identifier for something that begins at now. Within a process,
// later calls in the same millisecond sort later.
func New[K Kind](now time.Time) ID[K] {
	var k K
	hi, lo := next(uint64(now.UnixMilli()))
	return ID[K]{k.Prefix() + "_" + encode(hi, lo)}
}

// Unguessable makes an identifier for something that begins at now, and that
// whoever knows it may see. Its 80 random bits say nothing about those of any
// other; two of one millisecond sort as chance has it.
func Unguessable[K Kind](now time.Time) ID[K] {
	var k K
	hi, lo := drawn(uint64(now.UnixMilli()))
	return ID[K]{k.Prefix() + "_" + encode(hi, lo)}
}

// Parse reads an identifier of kind K and refuses those of other kinds.
func Parse[K Kind](text string) (ID[K], error) {
	var k K
	body, found := strings.CutPrefix(text, k.Prefix()+"_")
	if !found || len(body) != bodyLen || strings.Trim(body, alphabet) != "" {
		return ID[K]{}, fmt.Errorf("parsing %s identifier: not one", k.Prefix())
	}
	return ID[K]{text}, nil
}

// Made is the millisecond at which what it identifies began; zero for the zero value.
func (i ID[K]) Made() time.Time {
	_, body, _ := strings.Cut(i.text, "_")
	if len(body) != bodyLen {
		return time.Time{}
	}
	return time.UnixMilli(int64(milliOf(body))).UTC()
}

// String gives the identifier as text, empty for the zero value.
func (i ID[K]) String() string { return i.text }

// IsZero reports whether it identifies nothing.
func (i ID[K]) IsZero() bool { return i.text == "" }

// MarshalText writes the identifier.
func (i ID[K]) MarshalText() ([]byte, error) { return []byte(i.text), nil }

// UnmarshalText reads an identifier of kind K; empty text is the zero value.
func (i *ID[K]) UnmarshalText(text []byte) error {
	return i.Scan(string(text))
}

// Value stores the identifier as text.
func (i ID[K]) Value() (driver.Value, error) { return i.text, nil }

// Scan reads an identifier from a text column.
func (i *ID[K]) Scan(src any) error {
	text, ok := src.(string)
	if !ok && src != nil {
		return fmt.Errorf("scanning identifier: unexpected %T", src)
	}
	if text == "" {
		*i = ID[K]{}
		return nil
	}
	parsed, err := Parse[K](text)
	if err != nil {
		return err
	}
	*i = parsed
	return nil
}

// last is the newest pair handed out; it makes identifiers monotonic inside
// the process. It is the one shared variable here, and holds no meaning.
var last struct {
	sync.Mutex
	milli  uint64
	hi, lo uint64
}

// next gives 128 bits: 48 of time, 80 random; within a millisecond it counts up.
func next(milli uint64) (hi, lo uint64) {
	last.Lock()
	defer last.Unlock()
	if milli == last.milli && last.lo < 1<<64-1<<33 {
		last.lo += 1 + uint64(randomUint32())
		return last.hi, last.lo
	}
	last.milli = milli
	last.hi, last.lo = drawn(milli)
	return last.hi, last.lo
}

// drawn gives 48 bits of time and 80 random ones.
func drawn(milli uint64) (hi, lo uint64) {
	var b [10]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return milli<<16 | uint64(binary.BigEndian.Uint16(b[:2])), binary.BigEndian.Uint64(b[2:])
}

func randomUint32() uint32 {
	var b [4]byte
	rand.Read(b[:])
	return binary.BigEndian.Uint32(b[:])
}

// encode writes 128 bits as 26 characters, most significant first.
// milliOf reads the time in front of an identifier's body: its first ten symbols.
func milliOf(body string) (milli uint64) {
	for _, symbol := range body[:10] {
		milli = milli<<5 | uint64(strings.IndexRune(alphabet, symbol))
	}
	return milli
}

func encode(hi, lo uint64) string {
	var out [bodyLen]byte
	for i := bodyLen - 1; i >= 0; i-- {
		out[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}
