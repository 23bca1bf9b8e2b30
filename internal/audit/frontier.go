package audit

import (
	"crypto/sha256"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// frontier is a Merkle tree that only grows, kept as the roots of its complete
// subtrees from left to right: one for each bit of its size. The zero value is
// the empty tree.
type frontier struct {
	size  int64
	peaks []tlog.Hash
}

// add appends a leaf. Each trailing one in the old size is a complete subtree
// as large as the one that grows, which it completes.
func (f *frontier) add(leaf tlog.Hash) {
	for size := f.size; size&1 == 1; size >>= 1 {
		last := len(f.peaks) - 1
		leaf = tlog.NodeHash(f.peaks[last], leaf)
		f.peaks = f.peaks[:last]
	}
	f.peaks = append(f.peaks, leaf)
	f.size++
}

// root is the hash of the whole tree (RFC 6962, section 2.1).
func (f *frontier) root() tlog.Hash {
	if f.size == 0 {
		return sha256.Sum256(nil)
	}
	last := len(f.peaks) - 1
	root := f.peaks[last]
	for _, left := range slices.Backward(f.peaks[:last]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}

func (f *frontier) clone() frontier { return frontier{f.size, slices.Clone(f.peaks)} }
