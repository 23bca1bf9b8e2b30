package cluster

import "syscall"

// attributes runs a program as o, in a process group of its own so that Ctrl-C
// ends the tests before their database, and ends it if this process is killed.
func attributes(o *owner) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if o != nil {
		a.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
	return a
}
