package media

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"callsvc/call"
)

// relays are the allocations of TURN. None has a socket: what a client sends
// through its allocation is handed to the engine in memory, and what the engine
// sends to it comes back the same way. So an allocation leads to this server's
// media and, by construction, nowhere else.
//
// To the engine a client behind a relay has an address like any other. They are
// taken from the networks that are reserved for benchmarks (RFC 2544, RFC 5180),
// which no packet of the internet comes from. The port says to which of the
// server's addresses the client sent: an answer must come from that one.
type relays struct {
	peers   []netip.AddrPort                    // the server's own addresses, all of which lead to the engine
	origins []*net.UDPAddr                      // the same, as pion has them
	inject  func(b []byte, from netip.AddrPort) // hands a packet to the engine
	limits  relayLimits
	pool    *datagrams
	dropped atomic.Uint64

	mu     sync.Mutex // guards the following
	byAddr map[netip.Addr]*relay
	users  map[call.UserID]*relayUser
	next   uint64 // grows with each, so that an address is not used again soon
}

// relayLimits bound what one user may make the server relay.
type relayLimits struct {
	allocations int     // at once
	bytes       float64 // a second, both ways together
}

// relayUser is what the relays of one user share.
type relayUser struct {
	relays int
	rate   *rate.Limiter
}

// relayNetwork4 and relayNetwork6 are what the addresses of relays are taken from.
func relayNetwork4() netip.Prefix { return netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18}), 15) } // RFC 2544

func relayNetwork6() netip.Prefix { // RFC 5180
	return netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0, 0x02}), 48)
}

const (
	relayPort     = 1024 // the first of each
	relayQueueMax = 256  // datagrams to a client that reads slowly; beyond it they are lost
	relayBurst    = 256 << 10
)

func newRelays(peers []netip.AddrPort, limits relayLimits, pool *datagrams, inject func([]byte, netip.AddrPort)) *relays {
	r := &relays{
		peers: peers, inject: inject, limits: limits, pool: pool,
		byAddr: map[netip.Addr]*relay{}, users: map[call.UserID]*relayUser{},
	}
	for _, p := range peers {
		r.origins = append(r.origins, net.UDPAddrFromAddrPort(p))
	}
	return r
}

// isRelayed reports whether an address is one of those that relays have.
func isRelayed(addr netip.Addr) bool {
	return relayNetwork4().Contains(addr) || relayNetwork6().Contains(addr)
}

// at finds the relay with an address; nil if there is none, or no TURN.
func (r *relays) at(addr netip.Addr) *relay {
	if r == nil || !isRelayed(addr) {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byAddr[addr]
}

// reaches reports whether an address is the server's.
func (r *relays) reaches(addr netip.Addr) bool {
	return slices.ContainsFunc(r.peers, func(p netip.AddrPort) bool { return p.Addr() == addr.Unmap() })
}

// full reports whether a user may have no more.
func (r *relays) full(user call.UserID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	u := r.users[user]
	return u != nil && u.relays >= r.limits.allocations
}

// count is how many there are.
func (r *relays) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.byAddr)
}

var (
	errRelayQuota  = errors.New("the user has as many TURN allocations as are allowed")
	errRelayFamily = errors.New("the server has no address of that family")
)

// open makes a relay for a user.
func (r *relays) open(user call.UserID, is4 bool) (*relay, error) {
	if !slices.ContainsFunc(r.peers, func(p netip.AddrPort) bool { return p.Addr().Is4() == is4 }) {
		return nil, errRelayFamily
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	u := r.users[user]
	switch {
	case u == nil:
		u = &relayUser{rate: rate.NewLimiter(rate.Limit(r.limits.bytes), max(relayBurst, int(r.limits.bytes)))}
		r.users[user] = u
	case u.relays >= r.limits.allocations:
		return nil, errRelayQuota
	}
	u.relays++
	c := &relay{
		relays: r, user: user, rate: u.rate, addr: r.free(is4),
		in: make(chan *datagram, relayQueueMax), closed: make(chan struct{}),
	}
	c.local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(c.addr, relayPort))
	r.byAddr[c.addr] = c
	return c, nil
}

// free is an address nobody has. It wants r.mu held.
func (r *relays) free(is4 bool) netip.Addr {
	for {
		r.next++
		addr := relayAddr4(r.next)
		if !is4 {
			addr = relayAddr6(r.next)
		}
		if r.byAddr[addr] == nil {
			return addr
		}
	}
}

func relayAddr4(n uint64) netip.Addr {
	base := relayNetwork4().Addr().As4()
	hosts := uint32(1)<<(32-relayNetwork4().Bits()) - 1
	binary.BigEndian.PutUint32(base[:], binary.BigEndian.Uint32(base[:])|uint32(n)&hosts)
	return netip.AddrFrom4(base)
}

func relayAddr6(n uint64) netip.Addr {
	base := relayNetwork6().Addr().As16()
	binary.BigEndian.PutUint64(base[8:], n)
	return netip.AddrFrom16(base)
}

// relay is one allocation, the socket of it as far as pion's server can see.
type relay struct {
	relays *relays
	user   call.UserID
	rate   *rate.Limiter
	addr   netip.Addr
	local  net.Addr // the same, as pion asks for it with each packet
	in     chan *datagram
	closed chan struct{}
	once   sync.Once
}

// LocalAddr is net.PacketConn's: what the client is told as its relayed address.
func (c *relay) LocalAddr() net.Addr { return c.local }

// WriteTo is net.PacketConn's: a packet from the client to a peer. To anybody
// but this server's media it is lost, as in a network that does not lead there.
func (c *relay) WriteTo(b []byte, addr net.Addr) (int, error) {
	to, ok := addr.(*net.UDPAddr)
	if !ok {
		return 0, errors.New("destination is not a UDP address")
	}
	peer := to.AddrPort()
	i := slices.Index(c.relays.peers, netip.AddrPortFrom(peer.Addr().Unmap(), peer.Port()))
	if i < 0 || len(b) > receiveMTU || !c.rate.AllowN(time.Now(), len(b)) {
		c.relays.dropped.Add(1)
		return len(b), nil
	}
	select {
	case <-c.closed:
		return 0, net.ErrClosed
	default:
	}
	c.relays.inject(b, netip.AddrPortFrom(c.addr, relayPort+uint16(i)))
	return len(b), nil
}

// deliver takes over a datagram for the client.
func (c *relay) deliver(d *datagram, to netip.AddrPort) error {
	d.own.addr = to
	if c.rate.AllowN(time.Now(), d.n) {
		select {
		case <-c.closed:
			c.relays.pool.give(d)
			return net.ErrClosed
		case c.in <- d:
			return nil
		default:
		}
	}
	c.relays.pool.give(d)
	c.relays.dropped.Add(1)
	return nil
}

// ReadFrom is net.PacketConn's: a packet from a peer to the client.
func (c *relay) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		select {
		case <-c.closed:
			return 0, nil, net.ErrClosed
		case d := <-c.in:
			n, i := copy(b, d.buf[:d.n]), int(d.own.addr.Port())-relayPort
			c.relays.pool.give(d)
			if i >= 0 && i < len(c.relays.origins) {
				return n, c.relays.origins[i], nil
			}
		}
	}
}

// Close is net.PacketConn's.
func (c *relay) Close() error {
	c.once.Do(func() {
		close(c.closed)
		r := c.relays
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.byAddr, c.addr)
		u := r.users[c.user]
		if u.relays--; u.relays == 0 {
			delete(r.users, c.user)
		}
	})
	return nil
}

// SetDeadline, SetReadDeadline and SetWriteDeadline are net.PacketConn's; the
// TURN server closes what it does not want to wait for.
func (c *relay) SetDeadline(time.Time) error      { return nil }
func (c *relay) SetReadDeadline(time.Time) error  { return nil }
func (c *relay) SetWriteDeadline(time.Time) error { return nil }
