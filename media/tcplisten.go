package media

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
)

// Limits on connections of ICE over TCP. Anybody can open one.
const (
	maxTCPConns           = 8192
	maxTCPConnsPerAddress = 512              // of one IPv4 address or IPv6 /64: an office behind NAT
	tcpStrangerLimit      = 10 * time.Second // to a check that proves whose it is
)

// tcpListener accepts the connections of ICE over TCP (RFC 6544), shaped for
// pion's TCP mux: it never fails but when it is closed, and refuses beyond the
// limits.
type tcpListener struct {
	net.Listener
	log       *slog.Logger
	datagrams *datagrams
	locals    []netip.AddrPort // one of each family; what every connection says it came to

	refused, dropped atomic.Uint64

	mu     sync.Mutex
	conns  map[netip.AddrPort]*tcpConn // by where they come from
	from   map[netip.Prefix]int        // how many
	closed chan struct{}
	tasks  sync.WaitGroup
}

func newTCPListener(listener net.Listener, locals []netip.AddrPort, d *datagrams, log *slog.Logger) *tcpListener {
	return &tcpListener{
		Listener: listener, log: log, datagrams: d, locals: locals,
		conns: map[netip.AddrPort]*tcpConn{}, from: map[netip.Prefix]int{}, closed: make(chan struct{}),
	}
}

// Accept is net.Listener's.
func (l *tcpListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil, err
		case err != nil: // out of file descriptors, or the client is gone again
			l.log.Warn("a TCP connection was not accepted", "err", err)
			if !l.pause() {
				return nil, net.ErrClosed
			}
			continue
		}
		c, err := l.admit(conn)
		if err == nil {
			return c, nil
		}
		l.refused.Add(1)
		if err := errors.Join(err, conn.Close()); err != nil {
			l.log.Debug("TCP connection refused", "err", err)
		}
	}
}

// pause waits for what was short to come back; false if the listener is closed.
func (l *tcpListener) pause() bool {
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.closed:
		return false
	}
}

var errTooManyConns = errors.New("too many TCP connections")

// admit counts a connection and starts its writer.
func (l *tcpListener) admit(conn net.Conn) (*tcpConn, error) {
	// What the kernel holds back is a delay nobody can take back.
	const sendBuffer = 128 << 10
	tcp, ok := conn.(*net.TCPConn)
	if under, wrapped := conn.(interface{ NetConn() net.Conn }); wrapped {
		tcp, ok = under.NetConn().(*net.TCPConn) // of a shared port: its first bytes are in conn
	}
	if !ok {
		return nil, errors.New("not a TCP connection")
	}
	if err := tcp.SetWriteBuffer(sendBuffer); err != nil {
		return nil, err
	}
	addr := tcp.RemoteAddr().(*net.TCPAddr).AddrPort()
	remote := netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		return nil, net.ErrClosed
	default:
	}
	prefix := networkOf(remote.Addr())
	if len(l.conns) >= maxTCPConns || l.from[prefix] >= maxTCPConnsPerAddress || l.conns[remote] != nil {
		return nil, errTooManyConns
	}
	c := newTCPConn(tcp, conn, l, remote)
	l.conns[remote] = c
	l.from[prefix]++
	l.tasks.Go(c.run)
	return c, nil
}

// remove forgets a connection.
func (l *tcpListener) remove(c *tcpConn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c.remote)
	prefix := networkOf(c.remote.Addr())
	if l.from[prefix]--; l.from[prefix] == 0 {
		delete(l.from, prefix)
	}
}

// conn finds a connection by where it comes from.
func (l *tcpListener) conn(remote netip.AddrPort) *tcpConn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conns[remote]
}

// count is how many connections are open.
func (l *tcpListener) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

// local is what a connection from an address came to. It is the same for all
// of a family, so that an ICE agent needs one candidate for each family and
// not one for each address of the host.
func (l *tcpListener) local(remote netip.Addr) net.Addr {
	for _, local := range l.locals {
		if local.Addr().Is4() == remote.Is4() {
			return net.TCPAddrFromAddrPort(local)
		}
	}
	return l.Addr()
}

// listens reports whether an agent is to have a candidate with an address (ice.WithIPFilter).
func (l *tcpListener) listens(ip net.IP) bool {
	addr, ok := netip.AddrFromSlice(ip)
	if !ok {
		return false
	}
	for _, local := range l.locals {
		if local.Addr() == addr.Unmap() {
			return true
		}
	}
	return false
}

// Close accepts no more and closes the connections.
func (l *tcpListener) Close() error {
	l.mu.Lock()
	close(l.closed)
	conns := slices.Collect(maps.Values(l.conns))
	l.mu.Unlock()
	err := l.Listener.Close()
	for _, c := range conns {
		err = errors.Join(err, c.Close())
	}
	return err
}

// networkOf is what one client can be assumed to have addresses of.
func networkOf(addr netip.Addr) netip.Prefix {
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // the invalid ones count as one
	}
	return prefix
}

// listenTCP serves ICE over TCP on a listener. Each family has one local
// address, as with UDP.
func (e *Engine) listenTCP(listener net.Listener, local []netip.Addr) error {
	addr, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("listen for ICE over TCP: unexpected address %v", listener.Addr())
	}
	if only := addr.AddrPort().Addr().Unmap(); !only.IsUnspecified() {
		local = []netip.Addr{only}
	}
	var locals []netip.AddrPort
	for _, is4 := range []bool{true, false} {
		if i := slices.IndexFunc(local, func(a netip.Addr) bool { return a.Is4() == is4 }); i >= 0 {
			locals = append(locals, netip.AddrPortFrom(local[i], addr.AddrPort().Port()))
		}
	}
	e.tcpPort = addr.AddrPort().Port()
	e.tcp = newTCPListener(listener, locals, e.conn.datagrams, e.log)
	e.tcpMux = ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener: e.tcp, Logger: loggerFactory{e.log}.NewLogger("tcp"), ReadBufferSize: 8,
		FirstStunBindTimeout: tcpStrangerLimit, AliveDurationForConnFromStun: tcpStrangerLimit,
	})
	return nil
}

// closeTCP ends what listenTCP began.
func (e *Engine) closeTCP() error {
	if e.tcp == nil {
		return nil
	}
	err := e.tcpMux.Close()
	e.tcp.tasks.Wait()
	return err
}
