package limit

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Addresses says whose a request is where users do not say it yet: the address
// of the network it comes from.
type Addresses struct {
	// Proxies are those whose X-Forwarded-For is believed. Of anybody else it is
	// only what they claim.
	Proxies []netip.Prefix
}

// Of is the address that a request comes from: that of the peer or, if it is a
// trusted proxy, the last one of X-Forwarded-For that is none. Of an IPv6
// address it is the network of 64 bits, as a subscriber has at least one of
// these to themselves (RFC 6177). The zero Addr says that it is not known: this
// machine itself, which is a proxy that nobody named or the operator, must not
// be held to the limits of one address.
func (a Addresses) Of(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	if !a.trusts(addr) {
		return network(addr)
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		forwarded, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break // what is before was not written by a proxy of ours
		}
		if addr = forwarded.Unmap(); !a.trusts(addr) {
			break
		}
	}
	return network(addr)
}

// OfPeer is the address that a connection comes from; the zero Addr if it is
// this machine or a trusted proxy, through which many come.
func (a Addresses) OfPeer(peer net.Addr) netip.Addr {
	from, err := netip.ParseAddrPort(peer.String())
	if err != nil {
		return netip.Addr{}
	}
	if addr := from.Addr().Unmap(); !a.trusts(addr) {
		return network(addr)
	}
	return netip.Addr{}
}

func (a Addresses) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(a.Proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func network(addr netip.Addr) netip.Addr {
	switch {
	case addr.IsLoopback():
		return netip.Addr{}
	case addr.Is4():
		return addr
	}
	return netip.PrefixFrom(addr.WithZone(""), 64).Masked().Addr()
}
