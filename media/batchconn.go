package media

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Sizes of the send queue.
const (
	maxDatagram    = 1500
	sendQueueMax   = 8192                 // datagrams; beyond it the network is slower than we are
	sendQueueVideo = 3 * sendQueueMax / 4 // what is left belongs to voices, RTCP, ICE and DTLS
	sendBacklog    = 3 * sendQueueMax / 4 // beyond it the server is behind
	readAhead      = 3 * sendQueueMax / 8 // beyond it nothing more is read: the kernel's buffer can hold it
)

// batchConn is the one UDP socket of an engine, shaped for pion's mux. It reads
// many datagrams with one system call. Writes return at once: a copy of the
// datagram is queued, and a goroutine sends what has gathered with one system
// call for many. It never waits for more to come, so an idle socket adds no delay.
type batchConn struct {
	net.PacketConn
	media  func(b []byte, from netip.AddrPort) bool // takes RTP and RTCP; false leaves it to ICE
	reader datagramReader
	send   func(queue []*datagram)
	load   *overload
	delays delays

	handling atomic.Int64 // when the datagram that is handled now came, Unix nanoseconds; 0 if none is, or it is not known

	mu      sync.Mutex
	queue   []*datagram
	spare   []*datagram
	taken   sync.Cond // the sender took the queue
	closed  bool
	wake    chan struct{}
	done    chan struct{}
	dropped atomic.Uint64

	*datagrams
}

// datagramReader returns one datagram after another, each valid until the next,
// and when the kernel received the last one (Unix nanoseconds, 0 if not known).
type datagramReader interface {
	next() ([]byte, netip.AddrPort, error)
	arrived() int64
}

// datagram is a queued copy.
type datagram struct {
	to    *path
	own   path // what to points to if no link has chosen the address; its address alone is also of use to a relay
	n     int
	came  int64     // when the datagram came that it is of, Unix nanoseconds; 0 if it is of none, or that is not known
	video bool      // may be lost first
	next  *datagram // to the same path, while it is being sent
	buf   [maxDatagram]byte
}

// datagrams are those that are free, for all of an engine's sockets.
type datagrams struct{ pool sync.Pool }

func newDatagrams() *datagrams {
	return &datagrams{pool: sync.Pool{New: func() any { return new(datagram) }}}
}

// take returns an empty datagram, to be filled and given to enqueue, or back.
func (p *datagrams) take() *datagram {
	d := p.pool.Get().(*datagram)
	d.video = false
	return d
}

// give takes back a datagram that has been sent or will not be.
func (p *datagrams) give(d *datagram) { p.pool.Put(d) }

// newBatchConn takes over a socket and starts its sender.
func newBatchConn(conn net.PacketConn, media func([]byte, netip.AddrPort) bool, load *overload) (*batchConn, error) {
	c := &batchConn{
		PacketConn: conn, media: media, wake: make(chan struct{}, 1), done: make(chan struct{}),
		datagrams: newDatagrams(), load: load,
	}
	c.taken.L = &c.mu
	c.reader, c.send = &plainReader{conn: conn}, c.sendOneByOne
	if udp, ok := conn.(*net.UDPConn); ok {
		reader, err := newBatchReader(udp, c.looked)
		if err != nil {
			return nil, err
		}
		writer, err := newBatchWriter(udp, &c.delays)
		if err != nil {
			return nil, err
		}
		c.reader, c.send = reader, writer.write
	}
	go c.run()
	return c, nil
}

// ReadFromAddrPort is ice.AddrPortReaderWriter's. RTP and RTCP never leave it:
// they are handled here, on the goroutine of pion's mux, one after another.
func (c *batchConn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		d, from, err := c.reader.next()
		if err != nil {
			return 0, from, err
		}
		c.handling.Store(c.reader.arrived())
		taken := c.media(d, from)
		c.handling.Store(0)
		if !taken {
			return copy(b, d), from, nil
		}
		c.relieve()
	}
}

// relieve lets the sender go first while much is queued. On one processor it
// would not get to send before the reader has read everything.
func (c *batchConn) relieve() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.queue) > readAhead && !c.closed {
		c.taken.Wait()
	}
}

// looked is called by the reader before it returns a datagram: it waited for it
// from from to to, or not at all if from is 0. The datagram had waited for late
// nanoseconds, negative if that is not known.
func (c *batchConn) looked(from, to, late int64) {
	if from != 0 {
		c.load.wait(from, to)
	}
	c.load.look(to, late, c.backlog)
}

// backlog reports whether the send queue is longer than it should be.
func (c *batchConn) backlog() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue) > sendBacklog
}

// plainReader serves sockets that are not the operating system's.
type plainReader struct {
	conn net.PacketConn
	buf  [receiveMTU]byte
}

func (r *plainReader) arrived() int64 { return 0 }

func (r *plainReader) next() ([]byte, netip.AddrPort, error) {
	n, addr, err := r.conn.ReadFrom(r.buf[:])
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return nil, netip.AddrPort{}, errors.New("datagram from an address that is not UDP")
	}
	return r.buf[:n], udp.AddrPort(), nil
}

// WriteToAddrPort is ice.AddrPortReaderWriter's. pion reuses b afterwards.
func (c *batchConn) WriteToAddrPort(b []byte, addr netip.AddrPort) (int, error) {
	if len(b) > maxDatagram {
		return 0, errTooLarge
	}
	d := c.take()
	d.own = path{addr: addr}
	d.to, d.n = &d.own, copy(d.buf[:], b)
	return len(b), c.enqueue(d)
}

// enqueue takes over a datagram and sends it soon.
func (c *batchConn) enqueue(d *datagram) error {
	c.mu.Lock()
	switch {
	case c.closed:
		c.mu.Unlock()
		c.give(d)
		return net.ErrClosed
	case len(c.queue) >= sendQueueMax, d.video && len(c.queue) >= sendQueueVideo:
		c.mu.Unlock()
		c.give(d)
		c.dropped.Add(1)
		return nil // as the kernel would: lost on the way
	}
	d.came = c.handling.Load()
	c.queue = append(c.queue, d)
	first := len(c.queue) == 1
	c.mu.Unlock()
	if first {
		c.signal()
	}
	return nil
}

// WriteTo is net.PacketConn's.
func (c *batchConn) WriteTo(b []byte, addr net.Addr) (int, error) {
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return 0, errors.New("destination is not a UDP address")
	}
	return c.WriteToAddrPort(b, udp.AddrPort())
}

// SetWriteDeadline does nothing: writes do not block.
func (c *batchConn) SetWriteDeadline(time.Time) error { return nil }

// Close sends what is queued and closes the socket.
func (c *batchConn) Close() error {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.mu.Unlock()
	if was {
		return nil
	}
	c.signal()
	<-c.done
	return c.PacketConn.Close()
}

func (c *batchConn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run sends what is queued until the connection is closed.
func (c *batchConn) run() {
	defer close(c.done)
	for {
		c.mu.Lock()
		queue, closed := c.queue, c.closed
		c.queue, c.spare = c.spare[:0], nil
		c.taken.Broadcast()
		c.mu.Unlock()
		if len(queue) > 0 {
			began := time.Now()
			c.send(queue)
			c.load.sending.Add(int64(time.Since(began)))
			for i, d := range queue {
				c.give(d)
				queue[i] = nil
			}
		}
		c.mu.Lock()
		c.spare = queue[:0]
		c.mu.Unlock()
		if len(queue) > 0 {
			continue
		}
		if closed {
			return
		}
		<-c.wake
	}
}

// sendOneByOne serves sockets that are not the operating system's.
func (c *batchConn) sendOneByOne(queue []*datagram) {
	for _, d := range queue {
		if _, err := c.PacketConn.WriteTo(d.buf[:d.n], net.UDPAddrFromAddrPort(d.to.addr)); err != nil {
			c.dropped.Add(1)
		}
	}
}
