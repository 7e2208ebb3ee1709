package media

import (
	"net"
	"net/netip"
	"sync"
)

// relayMux is the engine's socket as pion's mux has it, with the packets of
// relays among those of the network. RTP and RTCP do not come this way.
type relayMux struct {
	*batchConn
	relays *relays

	packets chan *datagram // STUN and DTLS, from wherever
	closing chan struct{}
	once    sync.Once
	ended   chan struct{} // closed after err is set
	err     error
}

// relayMuxQueue is how many STUN and DTLS packets may wait for pion's mux.
// Beyond it those of relays are lost; the network's wait in the kernel.
const relayMuxQueue = 256

// newRelayMux gives relays to an engine's socket.
func newRelayMux(conn *batchConn, peers []netip.AddrPort, limits relayLimits) *relayMux {
	m := &relayMux{
		batchConn: conn, packets: make(chan *datagram, relayMuxQueue),
		closing: make(chan struct{}), ended: make(chan struct{}),
	}
	m.relays = newRelays(peers, limits, conn.datagrams, m.inject)
	go m.read()
	return m
}

// inject takes a packet from a relay. It is b's caller's again when it returns.
func (m *relayMux) inject(b []byte, from netip.AddrPort) {
	if len(b) > maxDatagram || m.media(b, from) {
		return
	}
	d := m.take()
	d.n, d.own.addr = copy(d.buf[:], b), from
	select {
	case m.packets <- d:
	default:
		m.give(d)
		m.relays.dropped.Add(1)
	}
}

// read brings what comes by the network, until the socket is closed.
func (m *relayMux) read() {
	defer close(m.ended)
	for {
		d := m.take()
		d.n, d.own.addr, m.err = m.batchConn.ReadFromAddrPort(d.buf[:])
		if m.err != nil {
			m.give(d)
			return
		}
		select {
		case m.packets <- d:
		case <-m.closing:
			m.give(d)
			m.err = net.ErrClosed
			return
		}
	}
}

// ReadFromAddrPort is ice.AddrPortReaderWriter's.
func (m *relayMux) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case d := <-m.packets:
		n, from := copy(b, d.buf[:d.n]), d.own.addr
		m.give(d)
		return n, from, nil
	case <-m.ended:
		return 0, netip.AddrPort{}, m.err
	}
}

// WriteToAddrPort is ice.AddrPortReaderWriter's. What is for a relay that is
// gone goes nowhere: its address is nobody's in the network.
func (m *relayMux) WriteToAddrPort(b []byte, addr netip.AddrPort) (int, error) {
	to := netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	if !isRelayed(to.Addr()) {
		return m.batchConn.WriteToAddrPort(b, addr)
	}
	c := m.relays.at(to.Addr())
	switch {
	case c == nil:
		return len(b), nil
	case len(b) > maxDatagram:
		return 0, errTooLarge
	}
	d := m.take()
	d.n = copy(d.buf[:], b)
	return len(b), c.deliver(d, to)
}

// WriteTo is net.PacketConn's.
func (m *relayMux) WriteTo(b []byte, addr net.Addr) (int, error) {
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return m.batchConn.WriteTo(b, addr)
	}
	return m.WriteToAddrPort(b, udp.AddrPort())
}

// Close is net.PacketConn's.
func (m *relayMux) Close() error {
	m.once.Do(func() { close(m.closing) })
	err := m.batchConn.Close()
	<-m.ended
	return err
}
