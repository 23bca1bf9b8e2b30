//go:build !linux

package cluster

import "syscall"

// attributes changes nothing: away from Linux, developers are not root.
func attributes(*owner) *syscall.SysProcAttr { return nil }
