package media

import (
	"errors"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Sizes of what one system call takes.
const (
	batchSize     = 64    // messages in one sendmmsg(2)
	maxSegments   = 64    // datagrams in one message (Linux UDP_MAX_SEGMENTS)
	maxSegmentSum = 65000 // bytes in one message: a UDP datagram's limit, headers left out
)

// batchWriter is WriteBatch of ipv4.PacketConn and ipv6.PacketConn.
type batchWriter interface {
	WriteBatch(messages []ipv4.Message, flags int) (int, error)
}

// batch sends with sendmmsg(2). Datagrams of one size to one address, the last
// perhaps shorter, are one message that the kernel splits (UDP_SEGMENT): a
// frame's packets are just that. It reuses everything and allocates nothing.
type batch struct {
	writer   batchWriter
	segments bool // the kernel splits
	messages []ipv4.Message
	addrs    []net.UDPAddr
	controls [][]byte
	single   []ipv4.Message // for those of a message that was refused

	chains []chain
	index  map[netip.AddrPort]int // in chains
}

// chain is what goes to one address, in order.
type chain struct{ first, last *datagram }

func newBatch(conn *net.UDPConn) *batch {
	b := &batch{
		segments: canSegment(conn), single: make([]ipv4.Message, 1), index: map[netip.AddrPort]int{},
		messages: make([]ipv4.Message, batchSize), addrs: make([]net.UDPAddr, batchSize), controls: make([][]byte, batchSize),
	}
	b.writer = ipv6.NewPacketConn(conn)
	if local, ok := conn.LocalAddr().(*net.UDPAddr); ok && local.IP.To4() != nil {
		b.writer = ipv4.NewPacketConn(conn)
	}
	for i := range b.messages {
		b.addrs[i].IP = make(net.IP, 0, net.IPv6len)
		b.messages[i].Buffers = make([][]byte, 0, maxSegments)
		b.messages[i].Addr = &b.addrs[i]
	}
	b.single[0].Buffers = make([][]byte, 1)
	return b
}

// send sends a queue. The order of what goes to one address is kept.
func (b *batch) send(queue []*datagram) {
	b.sort(queue)
	n := 0
	for _, c := range b.chains {
		for d := c.first; d != nil; {
			d = b.fill(n, d)
			if n++; n == batchSize {
				b.flush(n)
				n = 0
			}
		}
	}
	b.flush(n)
}

// sort chains what goes to one address.
func (b *batch) sort(queue []*datagram) {
	b.chains = b.chains[:0]
	clear(b.index)
	for _, d := range queue {
		d.next = nil
		i, ok := b.index[d.addr]
		if !ok {
			b.index[d.addr] = len(b.chains)
			b.chains = append(b.chains, chain{d, d})
			continue
		}
		b.chains[i].last.next = d
		b.chains[i].last = d
	}
}

// fill makes message i of a datagram and of those that may go with it, and
// returns the first that may not.
func (b *batch) fill(i int, d *datagram) *datagram {
	m := &b.messages[i]
	m.Buffers, m.OOB = m.Buffers[:0], nil
	b.address(i, d.addr)
	size, sum := d.n, 0
	for {
		m.Buffers = append(m.Buffers, d.buf[:d.n])
		sum += d.n
		last := d.n
		d = d.next
		if d == nil || !b.segments || last < size || d.n > size || sum+d.n > maxSegmentSum || len(m.Buffers) == maxSegments {
			break
		}
	}
	if len(m.Buffers) > 1 {
		b.controls[i] = segmentControl(b.controls[i][:0], size)
		m.OOB = b.controls[i]
	}
	return d
}

// flush hands over the first n messages. A datagram the kernel refuses is lost,
// like one the network loses; those after it still go.
func (b *batch) flush(n int) {
	for rest := b.messages[:n]; len(rest) > 0; {
		sent, err := b.writer.WriteBatch(rest, 0)
		sent = max(sent, 0)
		if err != nil && sent < len(rest) {
			b.refused(&rest[sent], err)
			sent++
		}
		rest = rest[min(max(sent, 1), len(rest)):]
	}
}

// refused sends one by one what the kernel would not split: a path whose MTU is
// below the size of a segment, or a network card that cannot (EIO), in which
// case nothing is to be split any more.
func (b *batch) refused(m *ipv4.Message, err error) {
	if len(m.Buffers) == 1 {
		return
	}
	if errors.Is(err, syscall.EIO) {
		b.segments = false
	}
	for _, datagram := range m.Buffers {
		b.single[0].Addr, b.single[0].Buffers[0] = m.Addr, datagram
		if _, err := b.writer.WriteBatch(b.single, 0); err != nil {
			continue // lost, as in flush
		}
	}
}

// address sets the destination of message i without allocating.
func (b *batch) address(i int, addr netip.AddrPort) {
	a := &b.addrs[i]
	ip := addr.Addr().Unmap()
	if ip.Is4() {
		v := ip.As4()
		a.IP = append(a.IP[:0], v[:]...)
	} else {
		v := ip.As16()
		a.IP = append(a.IP[:0], v[:]...)
	}
	a.Port, a.Zone = int(addr.Port()), ip.Zone()
}
