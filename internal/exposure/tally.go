package exposure

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"clearwell/internal/calendar"
)

// Shape is what a scope can ask of an occasion, but for the day.
type Shape struct {
	CapturePath  CapturePath
	Flow         Flow
	Instrument   Instrument
	Channel      string
	Service      string
	Department   string
	Processor    string
	PageManifest string
	Release      string
	Node         string
	Entry        string
	Outcome      Outcome
}

// shapeOf is an occasion's shape.
func shapeOf(s Story) Shape {
	return Shape{
		s.CapturePath, s.Flow, s.Instrument, s.Channel, s.Service, s.Department, s.Processor, s.PageManifest,
		s.Release, s.Node, s.Entry, s.Outcome,
	}
}

// Story is an occasion of that shape, of nobody.
func (s Shape) Story(on calendar.Date) Story {
	return Story{
		Occasion: Occasion{
			On: on, CapturePath: s.CapturePath, Flow: s.Flow, Instrument: s.Instrument, Channel: s.Channel, Service: s.Service,
			Department: s.Department, Processor: s.Processor, PageManifest: s.PageManifest, Release: s.Release, Node: s.Node,
		},
		Entry: s.Entry, Outcome: s.Outcome,
	}
}

// texts lists the fields of a shape in the order in which a tally keeps them.
func (s Shape) texts() [12]string {
	return [12]string{string(s.CapturePath), string(s.Flow), string(s.Instrument), s.Channel, s.Service, s.Department,
		s.Processor, s.PageManifest, s.Release, s.Node, s.Entry, string(s.Outcome)}
}

func shapeFrom(t [12]string) Shape {
	return Shape{CapturePath(t[0]), Flow(t[1]), Instrument(t[2]), t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], Outcome(t[11])}
}

// Tally is all occasions of one day and one shape: how many, and of whom.
type Tally struct {
	On    calendar.Date
	Shape Shape
	faces []byte
}

// faceBytes is the length of a face in a tally: six digests.
const faceBytes = 6 * 8

// Occasions counts them.
func (t Tally) Occasions() int { return len(t.faces) / faceBytes }

// Faces tells of whom they were, one for each occasion.
func (t Tally) Faces() iter.Seq[Face] {
	return func(yield func(Face) bool) {
		for rest := t.faces; len(rest) >= faceBytes; rest = rest[faceBytes:] {
			if !yield(faceFrom(rest)) {
				return
			}
		}
	}
}

func faceFrom(b []byte) Face {
	at := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	return Face{at(0), at(1), at(2), at(3), at(4), at(5)}
}

func (f Face) appendTo(b []byte) []byte {
	for _, d := range [...]uint64{f.Login, f.Email, f.Name, f.Place, f.Utility, f.Home} {
		b = binary.LittleEndian.AppendUint64(b, d)
	}
	return b
}

// day is the tally of one day while it grows.
type day struct {
	on    calendar.Date
	faces map[Shape][]byte
	order []Shape // as first met, so that the same occasions make the same bytes
}

func newDay(on calendar.Date) *day { return &day{on: on, faces: map[Shape][]byte{}} }

func (d *day) add(s Story, h Holder) {
	shape := shapeOf(s)
	if _, met := d.faces[shape]; !met {
		d.order = append(d.order, shape)
	}
	d.faces[shape] = FaceOf(s, h).appendTo(d.faces[shape])
}

// tallies gives what was counted.
func (d *day) tallies() []Tally {
	all := make([]Tally, len(d.order))
	for i, shape := range d.order {
		all[i] = Tally{d.on, shape, d.faces[shape]}
	}
	return all
}

// tallyFormat begins the bytes of each tally. A change of what they mean, or of
// what [FaceOf] says, changes it; tallies of another format are not read. The
// migration that comes with the change sets tallied to -1, which has all days
// tallied again.
const tallyFormat = 1

// packed writes the tallies of a day: for each shape its texts, each behind its
// length, the number of faces, and the faces.
func packed(tallies []Tally) []byte {
	b := []byte{tallyFormat}
	for _, t := range tallies {
		for _, text := range t.Shape.texts() {
			b = binary.AppendUvarint(b, uint64(len(text)))
			b = append(b, text...)
		}
		b = binary.AppendUvarint(b, uint64(t.Occasions()))
		b = append(b, t.faces...)
	}
	return b
}

var errTally = errors.New("these bytes are no tally")

// unpack reads what packed has written. The faces are not copied.
func unpack(on calendar.Date, b []byte) ([]Tally, error) {
	if len(b) == 0 || b[0] != tallyFormat {
		return nil, fmt.Errorf("reading the tally of %s: %w", on, errTally)
	}
	var all []Tally
	r := &unpacking{rest: b[1:]}
	for len(r.rest) > 0 && !r.broken {
		var texts [12]string
		for i := range texts {
			texts[i] = string(r.take(r.number()))
		}
		all = append(all, Tally{on, shapeFrom(texts), r.take(r.number() * faceBytes)})
	}
	if r.broken {
		return nil, fmt.Errorf("reading the tally of %s: %w", on, errTally)
	}
	return all, nil
}

// unpacking reads bytes that may not be what they should.
type unpacking struct {
	rest   []byte
	broken bool
}

func (u *unpacking) number() uint64 {
	n, length := binary.Uvarint(u.rest)
	if length <= 0 || n > 1<<32 {
		u.broken = true
		return 0
	}
	u.rest = u.rest[length:]
	return n
}

func (u *unpacking) take(n uint64) []byte {
	if n > uint64(len(u.rest)) {
		u.broken = true
		return nil
	}
	taken := u.rest[:n:n]
	u.rest = u.rest[n:]
	return taken
}
