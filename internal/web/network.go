package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"clearwell/internal/limit"
)

// network tells whom to count a request against. The word of a proxy of ours is
// believed, and of what it says only the last: the rest anyone can write. If the
// last is a proxy of ours too, then what that one said before it, and so on.
func (k *Kit) network(r *http.Request) netip.Prefix {
	from := peer(r.RemoteAddr)
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for k.ours(from) && len(said) > 0 {
		client, ok := forwarded(said[len(said)-1])
		if !ok {
			k.mute.Do(func() {
				k.cfg.Log.WarnContext(r.Context(), "a proxy does not say whom it speaks for: all it speaks for share one limit", "proxy", from.String())
			})
			break
		}
		from, said = client, said[:len(said)-1]
	}
	return limit.Network(from)
}

func (k *Kit) ours(at netip.Addr) bool {
	return slices.ContainsFunc(k.cfg.Proxies, func(proxy netip.Prefix) bool { return proxy.Contains(at) })
}

// forwarded reads one entry of X-Forwarded-For. Some proxies write the port as
// well, or brackets as in an address of the web.
func forwarded(entry string) (netip.Addr, bool) {
	entry = strings.TrimSpace(entry)
	if at, err := netip.ParseAddrPort(entry); err == nil {
		return at.Addr().Unmap().WithZone(""), true
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(entry, "["), "]")
	at, err := netip.ParseAddr(bare)
	return at.Unmap().WithZone(""), err == nil
}

func peer(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}
