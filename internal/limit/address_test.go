package limit_test

import (
	"net/http"
	"net/netip"
	"testing"

	"callsvc/internal/limit"
)

func TestWhereARequestComesFrom(t *testing.T) {
	behind := limit.Addresses{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		addresses  limit.Addresses
		want       string
	}{
		{name: "the peer", peer: "203.0.113.7:4711", addresses: behind, want: "203.0.113.7"},
		{name: "an IPv4 address in IPv6's dress", peer: "[::ffff:203.0.113.7]:4711", want: "203.0.113.7"},
		{name: "an IPv6 network", peer: "[2001:db8:1:2:3:4:5:6]:4711", want: "2001:db8:1:2::"},
		{name: "an IPv6 network with a zone", peer: "[fe80::1%eth0]:4711", want: "fe80::"},
		{name: "whatever a stranger claims", peer: "203.0.113.7:1", forwarded: []string{"198.51.100.1"}, addresses: behind, want: "203.0.113.7"},
		{name: "without trusted proxies no claim counts", peer: "10.0.0.1:1", forwarded: []string{"198.51.100.1"}, want: "10.0.0.1"},
		{name: "behind a proxy", peer: "10.0.0.1:1", forwarded: []string{"198.51.100.1"}, addresses: behind, want: "198.51.100.1"},
		{name: "behind two", peer: "10.0.0.1:1", forwarded: []string{"198.51.100.1, 10.0.0.2"}, addresses: behind, want: "198.51.100.1"},
		{name: "in two headers", peer: "10.0.0.1:1", forwarded: []string{"198.51.100.1", "10.0.0.2"}, addresses: behind, want: "198.51.100.1"},
		{name: "what the client put in front", peer: "10.0.0.1:1", forwarded: []string{"192.0.2.9, 198.51.100.1"}, addresses: behind, want: "198.51.100.1"},
		{name: "a proxy that says nothing", peer: "10.0.0.1:1", addresses: behind, want: "10.0.0.1"},
		{name: "rubbish is the proxy's own", peer: "10.0.0.1:1", forwarded: []string{"198.51.100.1, unknown"}, addresses: behind, want: "10.0.0.1"},
		{name: "only proxies", peer: "10.0.0.1:1", forwarded: []string{"10.0.0.3, 10.0.0.2"}, addresses: behind, want: "10.0.0.3"},
		{name: "an IPv6 client behind a proxy", peer: "[fd00::1]:1", forwarded: []string{"2001:db8::5"}, addresses: behind, want: "2001:db8::"},
		{name: "this machine", peer: "127.0.0.1:1", addresses: behind, want: "invalid IP"},
		{name: "this machine by IPv6", peer: "[::1]:1", want: "invalid IP"},
		{name: "this machine by IPv4 in IPv6's dress", peer: "[::ffff:127.0.0.1]:1", want: "invalid IP"},
		{name: "a peer without an address", peer: "pipe", want: "invalid IP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
			if got := c.addresses.Of(r).String(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func FuzzForwardedFor(f *testing.F) {
	behind := limit.Addresses{Proxies: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}
	f.Add("203.0.113.7:1", "198.51.100.1, ::1%x, ")
	f.Fuzz(func(t *testing.T, peer, forwarded string) {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		if a := behind.Of(r); a.IsValid() && a.Is6() && a != netip.PrefixFrom(a, 64).Masked().Addr() {
			t.Errorf("%s is no network", a)
		}
	})
}
