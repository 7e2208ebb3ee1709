package media

import (
	"fmt"
	"net/netip"
	"strings"
)

// withCandidates replaces the candidates of an answer by the advertised
// addresses. The ICE agent itself has one local candidate per address family:
// all addresses lead to the same socket, and connectivity checks need not be
// done once for each.
func withCandidates(answer string, addrs []netip.Addr, port uint16) string {
	var b strings.Builder
	b.Grow(len(answer) + 80*len(addrs))
	written := false
	for line := range strings.Lines(answer) {
		switch {
		case strings.HasPrefix(line, candidatePrefix):
			if !written {
				writeCandidates(&b, addrs, port)
				written = true
			}
		default:
			b.WriteString(line)
		}
	}
	return b.String()
}

// writeCandidates writes host candidates (RFC 8839 section 5.1) in order of
// preference, with the priorities of RFC 8445 section 5.1.2.1.
func writeCandidates(b *strings.Builder, addrs []netip.Addr, port uint16) {
	const hostPreference, component = 126, 1
	for i, addr := range addrs {
		priority := uint32(hostPreference)<<24 | uint32(65535-i)<<8 | (256 - component)
		fmt.Fprintf(b, "a=candidate:%d %d udp %d %s %d typ host\r\n", i+1, component, priority, addr, port)
	}
}
