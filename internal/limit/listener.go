package limit

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
)

// Listener accepts so many connections of one address at a time and closes those
// beyond, before anything is read of them. Connections of proxies that are
// trusted, and of this machine, are not counted.
type Listener struct {
	net.Listener
	addresses Addresses
	most      int
	log       *slog.Logger

	mu   sync.Mutex // guards the following
	open map[netip.Addr]int
}

// NewListener bounds the connections of a listener.
func NewListener(l net.Listener, a Addresses, most int, log *slog.Logger) *Listener {
	return &Listener{Listener: l, addresses: a, most: most, log: log, open: map[netip.Addr]int{}}
}

// Accept is net.Listener's.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := l.addresses.OfPeer(conn.RemoteAddr())
		if !from.IsValid() {
			return conn, nil
		}
		if l.admit(from) {
			return &counted{Conn: conn, listener: l, from: from}, nil
		}
		l.log.Debug("an address has too many connections; one was closed", "address", from, "error", conn.Close())
	}
}

func (l *Listener) admit(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from] >= l.most {
		return false
	}
	l.open[from]++
	return true
}

func (l *Listener) release(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from]--; l.open[from] == 0 {
		delete(l.open, from)
	}
}

// counted is a connection that counts until it is closed.
type counted struct {
	net.Conn
	listener *Listener
	from     netip.Addr
	once     sync.Once
}

// Close is net.Conn's.
func (c *counted) Close() error {
	c.once.Do(func() { c.listener.release(c.from) })
	return c.Conn.Close()
}
