//go:build amd64 || arm64

package jail

import (
	"testing"

	"golang.org/x/sys/unix"
)

// judge runs the filter as the kernel does, on the instructions that it has.
func judge(t *testing.T, arch, call uint32, first, third uint32) uint32 {
	t.Helper()
	data := map[uint32]uint32{offsetOfCall: call, offsetOfMachine: arch, offsetOfFirst: first, offsetOfThird: third}
	var word uint32
	filter := program()
	for at := 0; at < len(filter); at++ {
		one := filter[at]
		holds := false
		switch one.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			word = data[one.K]
			continue
		case unix.BPF_RET | unix.BPF_K:
			return one.K
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			holds = word == one.K
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			holds = word >= one.K
		case unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K:
			holds = word&one.K != 0
		default:
			t.Fatalf("instruction %d is %#x", at, one.Code)
		}
		if at += int(one.Jf); holds {
			at += int(one.Jt) - int(one.Jf)
		}
	}
	t.Fatal("the filter runs off its end")
	return 0
}

func TestFilterRefusesWhatStartsAndLooksInto(t *testing.T) {
	const allowed, killed = uint32(unix.SECCOMP_RET_ALLOW), uint32(unix.SECCOMP_RET_KILL_PROCESS)
	number := func(e unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(e) }
	tests := map[string]struct {
		arch, call, first, third, want uint32
	}{
		"read":                         {machine, unix.SYS_READ, 0, 0, allowed},
		"execve":                       {machine, unix.SYS_EXECVE, 0, 0, number(unix.EPERM)},
		"execveat":                     {machine, unix.SYS_EXECVEAT, 0, 0, number(unix.EPERM)},
		"ptrace":                       {machine, unix.SYS_PTRACE, 0, 0, number(unix.EPERM)},
		"the last on the list":         {machine, refused[len(refused)-1], 0, 0, number(unix.EPERM)},
		"a thread":                     {machine, unix.SYS_CLONE, unix.CLONE_THREAD | unix.CLONE_VM, 0, allowed},
		"a process":                    {machine, unix.SYS_CLONE, uint32(unix.SIGCHLD), 0, number(unix.EPERM)},
		"clone3":                       {machine, unix.SYS_CLONE3, 0, 0, number(unix.ENOSYS)},
		"a socket":                     {machine, unix.SYS_SOCKET, unix.AF_INET, unix.IPPROTO_TCP, allowed},
		"a socket of version 6":        {machine, unix.SYS_SOCKET, unix.AF_INET6, 0, allowed},
		"a socket on this machine":     {machine, unix.SYS_SOCKET, unix.AF_UNIX, 0, allowed},
		"many-path TCP":                {machine, unix.SYS_SOCKET, unix.AF_INET, unix.IPPROTO_MPTCP, number(unix.EPROTONOSUPPORT)},
		"frames as on the wire":        {machine, unix.SYS_SOCKET, unix.AF_PACKET, 0, number(unix.EAFNOSUPPORT)},
		"another machine's execve":     {0x40000003, 11, 0, 0, killed}, // AUDIT_ARCH_I386
		"another machine's read":       {0x40000003, 3, 0, 0, killed},
		"threads of another numbering": {machine, foreign, 0, 0, killed},
	}
	for name, test := range tests {
		if got := judge(t, test.arch, test.call, test.first, test.third); got != test.want {
			t.Errorf("%s: %#x, want %#x", name, got, test.want)
		}
	}
	for _, call := range refused {
		if got := judge(t, machine, call, 0, 0); got != number(unix.EPERM) {
			t.Errorf("call %d: %#x", call, got)
		}
	}
}
