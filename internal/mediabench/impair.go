package mediabench

import (
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/pion/transport/v5"
)

// impairment is what a client's path does to packets, in each direction.
type impairment struct {
	loss          float64
	delay, jitter time.Duration
}

// impairedNet is a network whose UDP sockets have bad paths.
type impairedNet struct {
	transport.Net
	impairment
}

// ListenUDP is transport.Net's.
func (n *impairedNet) ListenUDP(network string, local *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := n.Net.ListenUDP(network, local)
	if err != nil {
		return nil, err
	}
	c := &impairedConn{UDPConn: conn, impairment: n.impairment, in: make(chan held, lineMax), out: make(chan held, lineMax), closed: make(chan struct{})}
	c.tasks.Go(c.receive)
	c.tasks.Go(c.send)
	return c, nil
}

// lineMax is how many packets are on a path at most; beyond it they are lost.
const lineMax = 4096

// held is a packet on its way.
type held struct {
	due  time.Time
	data []byte
	addr net.Addr
	err  error
}

// impairedConn is a socket behind a bad path. Order is kept: what jitter holds
// back holds back what follows, as a queue does.
type impairedConn struct {
	transport.UDPConn
	impairment
	in, out chan held
	closed  chan struct{}
	once    sync.Once
	tasks   sync.WaitGroup
}

// loses throws the dice.
func (i impairment) loses() bool { return rand.Float64() < i.loss }

func (i impairment) due() time.Time {
	d := i.delay
	if i.jitter > 0 {
		d += rand.N(i.jitter)
	}
	return time.Now().Add(d)
}

// receive takes what comes off the socket.
func (c *impairedConn) receive() {
	buffer := make([]byte, 1600)
	for {
		n, addr, err := c.UDPConn.ReadFrom(buffer)
		if err == nil && c.loses() {
			continue
		}
		select {
		case c.in <- held{c.due(), append([]byte(nil), buffer[:n]...), addr, err}:
		case <-c.closed:
			return
		default: // the path is full
		}
		if err != nil {
			return
		}
	}
}

// ReadFrom is net.PacketConn's.
func (c *impairedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case p := <-c.in:
		if p.err == nil && !c.until(p.due) {
			return 0, nil, net.ErrClosed
		}
		return copy(b, p.data), p.addr, p.err
	case <-c.closed:
		return 0, nil, net.ErrClosed
	}
}

// WriteTo is net.PacketConn's.
func (c *impairedConn) WriteTo(b []byte, addr net.Addr) (int, error) {
	if c.loses() {
		return len(b), nil
	}
	select {
	case <-c.closed:
		return 0, net.ErrClosed
	case c.out <- held{due: c.due(), data: append([]byte(nil), b...), addr: addr}:
	default: // the path is full
	}
	return len(b), nil
}

// send puts on the socket what is due.
func (c *impairedConn) send() {
	for {
		select {
		case p := <-c.out:
			if !c.until(p.due) {
				return
			}
			if _, err := c.UDPConn.WriteTo(p.data, p.addr); err != nil {
				continue // lost, as so much else
			}
		case <-c.closed:
			return
		}
	}
}

// until waits; false if the socket is closed first.
func (c *impairedConn) until(due time.Time) bool {
	d := time.Until(due)
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.closed:
		return false
	}
}

// Close is net.PacketConn's.
func (c *impairedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	err := c.UDPConn.Close()
	c.tasks.Wait()
	return err
}
