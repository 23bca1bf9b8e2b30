package cardscan

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
)

const maxUnpacked = 256 << 20 // bytes, of all that one hunt unpacks

// packing is a way to compress, and how it begins.
type packing struct {
	name  string
	magic string
	open  func(packed []byte) (io.Reader, error)
}

// packings are those this program and its neighbours write: compressed logs
// and backups, the streams of PDF and PNG files, archives and office files.
func packings() []packing {
	return []packing{
		{"gzip", "\x1f\x8b\x08", openGzip},
		{"zlib", "\x78\x01", openZlib},
		{"zlib", "\x78\x5e", openZlib},
		{"zlib", "\x78\x9c", openZlib},
		{"zlib", "\x78\xda", openZlib},
		{"zip", "PK\x03\x04", openZip},
	}
}

func openGzip(packed []byte) (io.Reader, error) { return gzip.NewReader(bytes.NewReader(packed)) }

func openZlib(packed []byte) (io.Reader, error) { return zlib.NewReader(bytes.NewReader(packed)) }

// openZip opens one entry by its local header. Entries that are not compressed
// are found without.
func openZip(packed []byte) (io.Reader, error) {
	const header, deflated = 30, 8
	if len(packed) < header || binary.LittleEndian.Uint16(packed[8:]) != deflated {
		return nil, errors.New("opening zip entry: not deflated")
	}
	content := header + int(binary.LittleEndian.Uint16(packed[26:])) + int(binary.LittleEndian.Uint16(packed[28:]))
	return flate.NewReader(bytes.NewReader(packed[min(content, len(packed)):])), nil
}

// packed looks through the packed files inside data.
func (h *hunter) packed(data []byte, depth int) []Hit {
	var hits []Hit
	for _, p := range packings() {
		for at := range places(data, []byte(p.magic)) {
			for _, hit := range h.unpack(p, data[at:], depth) {
				hits = append(hits, Hit{hit.Form + " in " + p.name, at})
			}
		}
	}
	return hits
}

// unpack looks through one packed file. If it is damaged, what comes before
// the damage is searched.
func (h *hunter) unpack(p packing, data []byte, depth int) []Hit {
	reader, err := p.open(data)
	if err != nil {
		return nil // only looked like one
	}
	content, _ := io.ReadAll(io.LimitReader(reader, h.left+1))
	if int64(len(content)) > h.left {
		h.left = 0
		return []Hit{{Form: "not searched: too much"}}
	}
	h.left -= int64(len(content))
	return h.search(content, depth)
}
