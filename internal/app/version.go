package app

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
)

// release names the program that runs: the SHA-256 of its own file. Two machines
// with the same digest run the same code, whatever anybody wrote into it.
var release = sync.OnceValues(func() (string, error) {
	file, err := openSelf()
	if err != nil {
		return "", fmt.Errorf("reading the program's own file: %w", err)
	}
	defer file.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return "", fmt.Errorf("reading the program's own file: %w", err)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
})

// openSelf opens the file that runs. Linux gives that very file even after
// another was put in its place.
func openSelf() (*os.File, error) {
	if file, err := os.Open("/proc/self/exe"); err == nil {
		return file, nil
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

type versionCommand struct {
	Components bool `help:"Print the bill of materials instead (CycloneDX 1.6, JSON)."`
}

// Run prints the release, or what it is made of.
func (c versionCommand) Run(p Process) error {
	digest, err := release()
	if err != nil {
		return err
	}
	if c.Components {
		bill, err := components(digest)
		if err != nil {
			return err
		}
		_, err = p.Out.Write(bill)
		return err
	}
	_, err = fmt.Fprintf(p.Out, "clearwell release %s\nbuilt with %s for %s/%s\n",
		digest, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
