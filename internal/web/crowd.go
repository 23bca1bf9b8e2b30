package web

import (
	"net"
	"net/netip"
	"sync"
)

const (
	// mostConnections is how many may be open at once: each costs a descriptor and a
	// few kilobytes, and the unit allows 16,384 descriptors.
	mostConnections = 4000
	// mostOfOne is how many of them one network may have. A browser opens six.
	mostOfOne = 200
)

// crowd is a listener that lets nobody fill the house. Whoever is too many is closed
// at once, and not left waiting: who waits takes the place of somebody who would
// not. Limits on time (see [Server]) free what slow ones hold.
type crowd struct {
	net.Listener
	proxies   []netip.Prefix
	all, each int

	mu     sync.Mutex
	inside map[netip.Prefix]int
	total  int
}

// Crowd limits the connections of a listener: of all together, and of each network
// that is none of our own proxies.
func Crowd(listener net.Listener, proxies []netip.Prefix) net.Listener {
	return &crowd{Listener: listener, proxies: proxies, all: mostConnections, each: mostOfOne, inside: map[netip.Prefix]int{}}
}

// Accept gives the next connection that may come in.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		whose := networkOf(conn.RemoteAddr())
		if c.enter(whose) {
			return &visitor{Conn: conn, leave: sync.OnceFunc(func() { c.leave(whose) })}, nil
		}
		conn.Close()
	}
}

func (c *crowd) enter(whose netip.Prefix) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total >= c.all || !c.ours(whose) && c.inside[whose] >= c.each {
		return false
	}
	c.total++
	c.inside[whose]++
	return true
}

func (c *crowd) leave(whose netip.Prefix) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total--
	if c.inside[whose]--; c.inside[whose] == 0 {
		delete(c.inside, whose)
	}
}

// ours reports whether a network is that of our own proxies: behind them is the
// whole town.
func (c *crowd) ours(whose netip.Prefix) bool {
	for _, proxy := range c.proxies {
		if proxy.Contains(whose.Addr()) {
			return true
		}
	}
	return false
}

// networkOf is the address of a caller, of IPv6 the network of 64 bits that a home
// has.
func networkOf(at net.Addr) netip.Prefix {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	addr := tcp.AddrPort().Addr().Unmap()
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	network, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}

// visitor is a connection that says when it goes.
type visitor struct {
	net.Conn
	leave func()
}

// Close goes.
func (v *visitor) Close() error {
	v.leave()
	return v.Conn.Close()
}
