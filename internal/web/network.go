package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// network tells whom to count a request against. A proxy's word is believed only
// if it is one of ours, and then only its last: the rest anyone can write.
func (k *Kit) network(r *http.Request) netip.Prefix {
	from := peer(r.RemoteAddr)
	for _, proxy := range k.cfg.Proxies {
		if !proxy.Contains(from) {
			continue
		}
		said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if client, err := netip.ParseAddr(strings.TrimSpace(said[len(said)-1])); err == nil {
			from = client.Unmap()
		}
		break
	}
	bits := from.BitLen()
	if from.Is6() {
		bits = 64
	}
	prefix, err := from.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // not an address: all such are counted together
	}
	return prefix
}

func peer(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}
