package portmux

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"
)

// patience is how long a connection may take to say what it is, a TLS handshake
// included.
const patience = 10 * time.Second

// Mux shares a listener. Ask it for what is to be served, then run Serve.
type Mux struct {
	listener net.Listener
	tls      *tls.Config // nil does no TLS
	log      *slog.Logger

	http      *Listener
	turn, ice *Listener // nil: not served

	mu      sync.Mutex // guards the following
	looking map[net.Conn]struct{}
	closed  bool
	tasks   sync.WaitGroup
}

// New makes a Mux of a listener, which it closes at the end. With a TLS
// configuration it serves TLS as well.
func New(l net.Listener, config *tls.Config, log *slog.Logger) *Mux {
	m := &Mux{listener: l, tls: config, log: log, looking: map[net.Conn]struct{}{}}
	m.http = m.newListener()
	return m
}

// HTTP is where HTTP is accepted, in TLS and without.
func (m *Mux) HTTP() net.Listener { return m.http }

// TURN makes the Mux serve TURN, in TLS and without. Call it before Serve.
func (m *Mux) TURN() net.Listener {
	if m.turn == nil {
		m.turn = m.newListener()
	}
	return m.turn
}

// ICE makes the Mux serve ICE over TCP. Its connections have a NetConn method,
// which returns the *net.TCPConn they were accepted as. Call it before Serve.
func (m *Mux) ICE() net.Listener {
	if m.ice == nil {
		m.ice = m.newListener()
	}
	return m.ice
}

// Addr is where the Mux listens.
func (m *Mux) Addr() net.Addr { return m.listener.Addr() }

// Serve accepts until Close, and waits for what it began.
func (m *Mux) Serve() {
	defer m.tasks.Wait()
	for {
		conn, err := m.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of file descriptors, or the client is gone again
			m.log.Warn("a connection was not accepted", "err", err)
			if !m.pause() {
				return
			}
			continue
		}
		if !m.begin(conn) {
			m.drop(conn, net.ErrClosed)
		}
	}
}

// pause waits for what was short to come back; false once the Mux is closed.
func (m *Mux) pause() bool {
	timer := time.NewTimer(100 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-m.http.ended:
		return false
	}
}

// begin looks at a connection beside the others; false once the Mux is closed.
func (m *Mux) begin(conn net.Conn) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.looking[conn] = struct{}{}
	m.tasks.Go(func() {
		to, c, err := m.look(conn)
		m.mu.Lock()
		delete(m.looking, conn)
		m.mu.Unlock()
		if err != nil {
			m.drop(conn, err)
		} else if !to.hand(c) {
			m.drop(c, net.ErrClosed)
		}
	})
	return true
}

// look finds out what a connection is for.
func (m *Mux) look(conn net.Conn) (*Listener, net.Conn, error) {
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return nil, nil, err
	}
	c := &Conn{Conn: conn}
	kind, err := c.peek(plain)
	if err == nil && kind == kindTLS && m.tls != nil {
		c = &Conn{Conn: tls.Server(c, m.tls)}
		kind, err = c.peek(insideTLS)
	}
	if err != nil {
		return nil, nil, err
	}
	to := m.http
	switch {
	case kind == kindTURN && m.turn != nil:
		to = m.turn
	case kind == kindICE && m.ice != nil:
		to = m.ice
	}
	return to, c, conn.SetReadDeadline(time.Time{})
}

// drop closes a connection nobody serves.
func (m *Mux) drop(conn net.Conn, cause error) {
	if err := errors.Join(cause, conn.Close()); err != nil {
		m.log.Debug("a connection was not served", "err", err)
	}
}

// Close accepts no more. Connections that were handed on stay.
func (m *Mux) Close() error {
	m.mu.Lock()
	first := !m.closed
	m.closed = true
	for conn := range m.looking {
		m.drop(conn, nil)
	}
	m.mu.Unlock()
	if !first {
		return nil
	}
	for _, l := range []*Listener{m.http, m.turn, m.ice} {
		if l != nil {
			l.end()
		}
	}
	return m.listener.Close()
}

// Listener is the share of one protocol: a net.Listener.
type Listener struct {
	mux   *Mux
	conns chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func (m *Mux) newListener() *Listener {
	return &Listener{mux: m, conns: make(chan net.Conn), ended: make(chan struct{})}
}

// hand gives a connection to who accepts; false if nobody does any more.
func (l *Listener) hand(conn net.Conn) bool {
	select {
	case l.conns <- conn:
		return true
	case <-l.ended:
		return false
	}
}

// Accept is net.Listener's.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}

// Addr is net.Listener's.
func (l *Listener) Addr() net.Addr { return l.mux.Addr() }

// Close is net.Listener's: it ends this share and leaves the others.
func (l *Listener) Close() error {
	l.end()
	return nil
}

func (l *Listener) end() { l.once.Do(func() { close(l.ended) }) }
