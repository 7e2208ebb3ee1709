package media

import (
	"net/netip"
	"sync"
)

// routes says whose keys to try on what comes from an address.
type routes struct {
	mu    sync.RWMutex
	links map[netip.AddrPort]*link
}

func newRoutes() *routes { return &routes{links: map[netip.AddrPort]*link{}} }

func (r *routes) get(from netip.AddrPort) *link {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.links[from]
}

// claim gives an address to a link unless another has it: the sender of a check
// can forge where it came from.
func (r *routes) claim(from netip.AddrPort, l *link) {
	if r.get(from) != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.links[from] == nil {
		r.links[from] = l
	}
}

// set gives an address to the link that has chosen it as its path, after a check
// there and back.
func (r *routes) set(from netip.AddrPort, l *link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.links[from] = l
}

// remove forgets an address, unless it is another link's by now.
func (r *routes) remove(from netip.AddrPort, l *link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.links[from] == l {
		delete(r.links, from)
	}
}

// receive takes a datagram off the socket if it is RTP or RTCP of a link; false
// leaves it to ICE. b is decrypted in place.
func (r *routes) receive(b []byte, from netip.AddrPort) bool {
	if !isMedia(b) {
		return false
	}
	l := r.get(netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	if l == nil {
		return false
	}
	l.receive(b)
	return true
}

// isMedia tells RTP and RTCP from STUN and DTLS (RFC 7983 section 7).
func isMedia(b []byte) bool { return len(b) >= 8 && b[0] >= 128 && b[0] <= 191 }

// isRTCP tells RTCP from RTP by the packet type (RFC 5761 section 4).
func isRTCP(b []byte) bool { return b[1] >= 192 && b[1] <= 223 }
