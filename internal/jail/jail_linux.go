//go:build amd64 || arm64

package jail

import (
	"crypto/x509"
	"fmt"

	"github.com/landlock-lsm/go-landlock/landlock"
	landlocked "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// Enter confines the process, all its threads, for as long as it lives. The
// report says what this kernel made of it. An error means that a folder is
// missing or that the kernel refused what it says it can do; what was taken
// until then stays taken.
func Enter(cell Cell) (Report, error) {
	var report Report
	// The certificates that others are known by are read once, and wherever a
	// variable says: now, then.
	if _, err := x509.SystemCertPool(); err != nil {
		return report, fmt.Errorf("reading the system's certificates: %w", err)
	}
	version, err := landlocked.LandlockGetABIVersion()
	if err == nil {
		report.Landlock = version
		if err := confineFiles(cell); err != nil {
			return Report{}, fmt.Errorf("confining the program to its files: %w", err)
		}
	}
	if !canRefuse() {
		return report, nil
	}
	if err := refuseCalls(); err != nil {
		return report, fmt.Errorf("refusing system calls: %w", err)
	}
	report.Seccomp = true
	return report, nil
}

// confineFiles restricts files, ports, and signals to other processes, as far as
// the kernel knows of them. Nothing that can be written can be executed.
func confineFiles(cell Cell) error {
	folders, files := present(readable)
	rules := []landlock.Rule{
		landlock.PathAccess(written, cell.Folders...),
		landlock.PathAccess(read, folders...),
		landlock.PathAccess(landlocked.AccessFSReadFile, cell.Readable...),
		landlock.PathAccess(landlocked.AccessFSReadFile, files...),
	}
	for _, port := range cell.Ports {
		rules = append(rules, landlock.ConnectTCP(port))
	}
	return landlock.V8.BestEffort().Restrict(rules...)
}

// What is allowed in folders that are read, and in those that are written.
const (
	read    = landlocked.AccessFSReadFile | landlocked.AccessFSReadDir
	written = read | landlocked.AccessFSWriteFile | landlocked.AccessFSTruncate | landlocked.AccessFSMakeReg |
		landlocked.AccessFSMakeDir | landlocked.AccessFSRemoveFile | landlocked.AccessFSRemoveDir
)
