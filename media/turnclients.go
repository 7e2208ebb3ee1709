package media

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"callsvc/internal/limit"
)

// Limits on TURN's clients, before and after they have shown credentials.
const (
	maxTURNConns           = 8192
	maxTURNPerAddress      = 256              // connections, and allocations, of one IPv4 address or IPv6 /64
	turnStrangerLimit      = 10 * time.Second // from connecting to an allocation, and after its end
	turnWriteTimeout       = 10 * time.Second // a client that takes nothing for so long is gone
	turnRequestsPerSecond  = 200              // by UDP, of one address: an office begins and refreshes with far fewer
	turnRequestsAtOnce     = 1000
	turnAcceptPause        = 100 * time.Millisecond
	turnRequestHeaderBytes = 20 // of STUN (RFC 8489 section 5)
)

// turnClients are who uses TURN: their connections, and how many allocations
// come from where.
type turnClients struct {
	log      *slog.Logger
	requests *limit.Keyed[netip.Prefix]
	refused  atomic.Uint64

	mu          sync.Mutex // guards the following
	conns       map[netip.AddrPort]*turnConn
	from        map[netip.Prefix]int // connections
	allocations map[netip.Prefix]int
}

func newTURNClients(log *slog.Logger) *turnClients {
	return &turnClients{
		log:      log,
		requests: limit.NewKeyed[netip.Prefix](limit.Rate{PerSecond: turnRequestsPerSecond, Burst: turnRequestsAtOnce}),
		conns:    map[netip.AddrPort]*turnConn{}, from: map[netip.Prefix]int{}, allocations: map[netip.Prefix]int{},
	}
}

// clientOf is where a client comes from, and whether by a connection.
func clientOf(addr net.Addr) (from netip.AddrPort, connected bool) {
	switch a := addr.(type) {
	case *net.UDPAddr:
		from = a.AddrPort()
	case *net.TCPAddr:
		from, connected = a.AddrPort(), true
	}
	return netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), connected
}

// mayAllocate reports whether there may be one more from an address.
func (t *turnClients) mayAllocate(src net.Addr) bool {
	from, _ := clientOf(src)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.allocations[networkOf(from.Addr())] < maxTURNPerAddress
}

// allocated counts an allocation.
func (t *turnClients) allocated(src net.Addr) {
	from, connected := clientOf(src)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.allocations[networkOf(from.Addr())]++
	if c := t.conns[from]; connected && c != nil {
		c.stranger.Stop()
	}
}

// released counts it no more. A connection is kept for its allocation only.
func (t *turnClients) released(src net.Addr) {
	from, connected := clientOf(src)
	t.mu.Lock()
	defer t.mu.Unlock()
	network := networkOf(from.Addr())
	if t.allocations[network]--; t.allocations[network] <= 0 {
		delete(t.allocations, network)
	}
	if c := t.conns[from]; connected && c != nil {
		c.stranger.Reset(turnStrangerLimit)
	}
}

// guard keeps floods of requests from a socket's reader: before a client has
// shown credentials each costs an answer.
func (t *turnClients) guard(conn net.PacketConn) net.PacketConn { return &turnSocket{conn, t} }

type turnSocket struct {
	net.PacketConn
	clients *turnClients
}

// ReadFrom is net.PacketConn's.
func (s *turnSocket) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, src, err := s.PacketConn.ReadFrom(b)
		if err != nil || !isTURNRequest(b[:n]) {
			return n, src, err
		}
		from, _ := clientOf(src)
		if s.clients.requests.Take(networkOf(from.Addr()), 1, time.Now()) == 0 {
			return n, src, nil
		}
		s.clients.refused.Add(1)
	}
}

// isTURNRequest tells what wants an answer from what carries data: channel
// data, and indications.
func isTURNRequest(b []byte) bool {
	return len(b) >= turnRequestHeaderBytes && b[0]&0xc1 == 0 && b[1]&0x10 == 0 // RFC 8489 section 5: class 00
}

// listen bounds the connections of a listener.
func (t *turnClients) listen(l net.Listener) net.Listener {
	return &turnListener{Listener: l, clients: t, closed: make(chan struct{})}
}

// turnListener never fails but when it is closed, and closes its connections
// with it.
type turnListener struct {
	net.Listener
	clients *turnClients
	once    sync.Once
	closed  chan struct{}
}

// Accept is net.Listener's.
func (l *turnListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil, err
		case err != nil: // out of file descriptors, or the client is gone again
			l.clients.log.Warn("a TURN connection was not accepted", "err", err)
			if !l.pause() {
				return nil, net.ErrClosed
			}
			continue
		}
		if c := l.clients.admit(l, conn); c != nil {
			return c, nil
		}
		l.clients.refused.Add(1)
		if err := conn.Close(); err != nil {
			l.clients.log.Debug("a refused TURN connection closed with an error", "err", err)
		}
	}
}

// pause waits for what was short to come back; false if the listener is closed.
func (l *turnListener) pause() bool {
	timer := time.NewTimer(turnAcceptPause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.closed:
		return false
	}
}

// Close is net.Listener's.
func (l *turnListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	errs := []error{l.Listener.Close()}
	for _, c := range l.clients.of(l) {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// admit counts a connection; nil if there are too many.
func (t *turnClients) admit(l *turnListener, conn net.Conn) *turnConn {
	from, _ := clientOf(conn.RemoteAddr())
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-l.closed:
		return nil
	default:
	}
	network := networkOf(from.Addr())
	if len(t.conns) >= maxTURNConns || t.from[network] >= maxTURNPerAddress || t.conns[from] != nil {
		return nil
	}
	c := &turnConn{Conn: conn, listener: l, from: from}
	c.stranger = time.AfterFunc(turnStrangerLimit, c.drop)
	t.conns[from] = c
	t.from[network]++
	return c
}

// of lists the connections of a listener.
func (t *turnClients) of(l *turnListener) []*turnConn {
	t.mu.Lock()
	defer t.mu.Unlock()
	var conns []*turnConn
	for _, c := range t.conns {
		if c.listener == l {
			conns = append(conns, c)
		}
	}
	return conns
}

// forget counts a connection no more.
func (t *turnClients) forget(c *turnConn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c.stranger.Stop()
	delete(t.conns, c.from)
	network := networkOf(c.from.Addr())
	if t.from[network]--; t.from[network] == 0 {
		delete(t.from, network)
	}
}

// turnConn is a client's connection. It ends when its client takes nothing, and
// some seconds after it has no allocation.
type turnConn struct {
	net.Conn
	listener *turnListener
	from     netip.AddrPort
	stranger *time.Timer
	once     sync.Once
	err      error
}

// Write is net.Conn's.
func (c *turnConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(turnWriteTimeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil {
		c.drop()
	}
	return n, err
}

// drop closes a connection nobody asked to close.
func (c *turnConn) drop() {
	if err := c.Close(); err != nil {
		c.listener.clients.log.Debug("a TURN connection closed with an error", "err", err)
	}
}

// Close is net.Conn's.
func (c *turnConn) Close() error {
	c.once.Do(func() {
		c.listener.clients.forget(c)
		c.err = c.Conn.Close()
	})
	return c.err
}
