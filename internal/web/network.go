package web

import (
	"net/http"
	"net/netip"
	"strings"

	"clearwell/internal/limit"
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
			from = client
		}
		break
	}
	return limit.Network(from)
}

func peer(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}
