//go:build !unix

package app

import "errors"

// disk cannot be asked here.
func disk(string) (free, all uint64, err error) {
	return 0, 0, errors.New("this system does not say how much room is left")
}
