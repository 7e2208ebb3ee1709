package push

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"callsvc/call"
)

// maxEndpointBytes bounds the address of a subscription; real ones have some
// hundred bytes.
const maxEndpointBytes = 2048

// checkEndpoint refuses an address that no push service has. Where the name
// leads is looked at when it is dialled: it may lead elsewhere by then.
func checkEndpoint(endpoint string, dev bool) error {
	if len(endpoint) > maxEndpointBytes {
		return call.Errorf(call.CodeInvalidParameter, "endpoint: %d bytes, at most %d are allowed", len(endpoint), maxEndpointBytes)
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return call.Errorf(call.CodeInvalidParameter, "endpoint: not a URL; send that of the browser's PushSubscription")
	case u.User != nil || u.Fragment != "":
		return call.Errorf(call.CodeInvalidParameter, "endpoint: no push service has user information or a fragment in its URLs")
	case u.Scheme == "https":
	case u.Scheme == "http" && dev && onThisMachine(u.Hostname()):
	default:
		return call.Errorf(call.CodeInvalidParameter, "endpoint: must be https (with --dev also http on this machine)")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !reachable(ip, dev) {
		return call.Errorf(call.CodeInvalidParameter, "endpoint: %s is not a public address", ip)
	}
	return nil
}

func onThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// errForbiddenAddress is the refusal to dial.
var errForbiddenAddress = errors.New("the endpoint leads to an address that is not public")

// newClient makes a client that goes to public addresses only, through no
// proxy, follows no redirect and reads little.
func newClient(dev bool) *http.Client {
	dialer := &net.Dialer{Timeout: requestTimeout / 2, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dial %s: %w", address, err)
		}
		if !reachable(to.Addr(), dev) {
			return errForbiddenAddress
		}
		return nil
	}}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: requestTimeout / 2, ForceAttemptHTTP2: true,
			MaxIdleConns: 64, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: 16 << 10, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// reachable reports whether a client may make us call an address: one of the
// public Internet, and in development this machine.
func reachable(ip netip.Addr, dev bool) bool {
	ip = ip.Unmap()
	if ip.IsLoopback() {
		return dev
	}
	if ip.Zone() != "" || !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, block := range specialPurpose() {
		if block.Contains(ip) {
			return false
		}
	}
	return true
}

// specialPurpose are the blocks of IANA's special-purpose registries (RFC 6890)
// that netip has no word for, those that carry an IPv4 address inside among them.
func specialPurpose() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),
		netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT
		netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("192.0.2.0/24"), // documentation
		netip.MustParsePrefix("192.88.99.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
		netip.MustParsePrefix("198.51.100.0/24"), // documentation
		netip.MustParsePrefix("203.0.113.0/24"),  // documentation
		netip.MustParsePrefix("240.0.0.0/4"),
		netip.MustParsePrefix("::/96"),
		netip.MustParsePrefix("64:ff9b::/96"),   // NAT64
		netip.MustParsePrefix("64:ff9b:1::/48"), // NAT64
		netip.MustParsePrefix("100::/64"),       // discard
		netip.MustParsePrefix("2001::/23"),      // Teredo and others
		netip.MustParsePrefix("2001:db8::/32"),  // documentation
		netip.MustParsePrefix("2002::/16"),      // 6to4
		netip.MustParsePrefix("3fff::/20"),      // documentation
		netip.MustParsePrefix("5f00::/16"),      // segment routing
		netip.MustParsePrefix("fec0::/10"),      // site-local
	}
}
