package jail

import "golang.org/x/sys/unix"

const (
	machine = unix.AUDIT_ARCH_AARCH64
	foreign = 0xffffffff // there is no second numbering under this name
)

// refusedHere are calls that only this machine has: none.
var refusedHere []uint32
