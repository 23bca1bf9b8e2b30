//go:build amd64 || arm64

package jail

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// refused are the calls that a portal never makes, and an attacker does: to
// start programs, to look into others or be looked into by them, to change what
// the machine is, and to get around this list.
var refused = append([]uint32{
	unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_MEMFD_CREATE,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP,
	unix.SYS_PERF_EVENT_OPEN, unix.SYS_BPF, unix.SYS_USERFAULTFD,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT,
	unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_MOUNT_SETATTR, unix.SYS_OPEN_BY_HANDLE_AT,
	unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD,
	unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_QUOTACTL, unix.SYS_SETTIMEOFDAY,
	unix.SYS_CLOCK_SETTIME, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, // its calls pass by every filter
}, refusedHere...)

// sockets are the families that are used; a raw look at the wire is another.
var sockets = []uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK}

// Where the kernel puts what a filter looks at (struct seccomp_data, both
// machines being little-endian: the lower half of an argument comes first).
const (
	offsetOfCall    = 0
	offsetOfMachine = 4
	offsetOfFirst   = 16
	offsetOfThird   = 32
)

// program is the filter. Calls of another machine's numbering (the 32-bit calls
// that an x86 process can still make) end the process: the list does not hold
// for them. A new process is refused, a new thread is not; clone3 hides which of
// the two it makes, so that it is answered as unknown and clone is used instead.
func program() []unix.SockFilter {
	filter := []unix.SockFilter{
		load(offsetOfMachine),
		skipIf(unix.BPF_JEQ, machine, 1, 0),
		answer(unix.SECCOMP_RET_KILL_PROCESS),
		load(offsetOfCall),
		skipIf(unix.BPF_JGE, foreign, 0, 1), // x32 calls number from here
		answer(unix.SECCOMP_RET_KILL_PROCESS),
	}
	for _, call := range refused {
		filter = append(filter, skipIf(unix.BPF_JEQ, call, 0, 1), refuse(unix.EPERM))
	}
	filter = append(filter, skipIf(unix.BPF_JEQ, unix.SYS_CLONE3, 0, 1), refuse(unix.ENOSYS))
	filter = append(filter, only(unix.SYS_CLONE,
		load(offsetOfFirst), skipIf(unix.BPF_JSET, unix.CLONE_THREAD, 1, 0), refuse(unix.EPERM))...)
	return append(append(filter, only(unix.SYS_SOCKET, socketRules()...)...), answer(unix.SECCOMP_RET_ALLOW))
}

// socketRules refuse families that are not used, and the many-path TCP to which
// Landlock's rules about ports do not apply.
func socketRules() []unix.SockFilter {
	rules := []unix.SockFilter{load(offsetOfFirst)}
	for i, family := range sockets {
		rules = append(rules, skipIf(unix.BPF_JEQ, family, uint8(len(sockets)-i), 0))
	}
	return append(rules,
		refuse(unix.EAFNOSUPPORT),
		load(offsetOfThird), skipIf(unix.BPF_JEQ, unix.IPPROTO_MPTCP, 0, 1), refuse(unix.EPROTONOSUPPORT))
}

// only applies rules to one call, and allows what they let through.
func only(call uint32, rules ...unix.SockFilter) []unix.SockFilter {
	rules = append(rules, answer(unix.SECCOMP_RET_ALLOW))
	return append([]unix.SockFilter{skipIf(unix.BPF_JEQ, call, 0, uint8(len(rules)))}, rules...)
}

// load reads a word of what the filter looks at.
func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

// skipIf leaves out so many of the next instructions, by a comparison with the
// word that was read.
func skipIf(compare uint16, with uint32, yes, no uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | compare | unix.BPF_K, K: with, Jt: yes, Jf: no}
}

func answer(verdict uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: verdict}
}

func refuse(number unix.Errno) unix.SockFilter {
	return answer(unix.SECCOMP_RET_ERRNO | uint32(number))
}

// canRefuse reports whether the kernel takes filters: it then looks at the one
// that is not there.
func canRefuse() bool {
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, 0, 0, 0) == unix.EFAULT
}

// refuseCalls puts the filter over all threads.
func refuseCalls() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	filter := program()
	loaded := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, number := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&loaded)))
	if number != 0 {
		return number
	}
	return nil
}
