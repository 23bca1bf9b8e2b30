//go:build !unix

package app

// private does nothing where files have no owner's bits: the folder's rights
// hold.
func private() {}
