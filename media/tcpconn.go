package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Sizes of the queue of a TCP connection.
const (
	tcpQueueMax     = 256 // datagrams: a second of 2.5 Mbit/s; beyond it they are lost, as on a full link
	tcpBatch        = 64  // datagrams of one system call
	frameHeaderSize = 2   // RFC 4571 section 2
)

// Times of a TCP connection.
const (
	tcpWriteTimeout = 10 * time.Second // a client that takes nothing for so long is gone
	tcpCloseTimeout = time.Second      // for what is still queued
)

// tcpConn is a connection of ICE over TCP: each packet has its length in front
// (RFC 4571). RTP and RTCP never leave it, as they never leave batchConn; the
// rest is pion's mux's. Writes return at once, so a client that reads slowly
// delays nobody: its own packets are lost.
type tcpConn struct {
	*net.TCPConn
	listener *tcpListener
	remote   netip.AddrPort
	owner    atomic.Pointer[link] // who has sent an authenticated check on it
	stranger *time.Timer          // closes it if nobody does

	in    *bufio.Reader // of the goroutine that reads, with the following
	frame [frameHeaderSize + receiveMTU]byte
	rest  []byte // of the frame, to be read

	mu           sync.Mutex // guards the following
	queue, spare []*datagram
	closed       bool

	wake    chan struct{}
	headers [tcpBatch][frameHeaderSize]byte // of the goroutine that writes, with the following
	pieces  [2 * tcpBatch][]byte
	vector  net.Buffers
}

// newTCPConn makes one of a connection that is read from in.
func newTCPConn(conn *net.TCPConn, in io.Reader, l *tcpListener, remote netip.AddrPort) *tcpConn {
	c := &tcpConn{TCPConn: conn, listener: l, remote: remote, in: bufio.NewReader(in), wake: make(chan struct{}, 1)}
	c.stranger = time.AfterFunc(tcpStrangerLimit, func() {
		if c.owner.Load() != nil {
			return
		}
		if err := c.Close(); err != nil {
			l.log.Debug("TCP connection closed with an error", "err", err)
		}
	})
	return c
}

// LocalAddr is net.Conn's.
func (c *tcpConn) LocalAddr() net.Addr { return c.listener.local(c.remote.Addr()) }

// Read is net.Conn's: the next bytes that are neither RTP nor RTCP.
func (c *tcpConn) Read(b []byte) (int, error) {
	for len(c.rest) == 0 {
		packet, err := c.readFrame()
		if err != nil {
			return 0, err
		}
		if !isMedia(packet) {
			c.rest = c.frame[:frameHeaderSize+len(packet)]
			break
		}
		if l := c.owner.Load(); l != nil {
			l.receive(packet)
		}
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *tcpConn) readFrame() ([]byte, error) {
	header := c.frame[:frameHeaderSize]
	if _, err := io.ReadFull(c.in, header); err != nil {
		return nil, c.ended(err)
	}
	n := int(binary.BigEndian.Uint16(header))
	if n > receiveMTU {
		return nil, fmt.Errorf("a packet of %d bytes on a TCP connection, at most %d are read", n, receiveMTU)
	}
	packet := c.frame[frameHeaderSize : frameHeaderSize+n]
	if _, err := io.ReadFull(c.in, packet); err != nil {
		return nil, c.ended(err)
	}
	return packet, nil
}

// ended says that the connection was closed by this side, if so.
func (c *tcpConn) ended(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	return err
}

// Write is net.Conn's, for pion's mux, which writes a frame at a time.
func (c *tcpConn) Write(b []byte) (int, error) {
	if len(b) < frameHeaderSize || len(b) > frameHeaderSize+maxDatagram {
		return 0, errTooLarge
	}
	d := c.listener.datagrams.take()
	d.n = copy(d.buf[:], b[frameHeaderSize:])
	return len(b), c.enqueue(d)
}

// enqueue takes over a datagram and sends it soon.
func (c *tcpConn) enqueue(d *datagram) error {
	c.mu.Lock()
	switch {
	case c.closed:
		c.mu.Unlock()
		c.listener.datagrams.give(d)
		return net.ErrClosed
	case len(c.queue) >= tcpQueueMax:
		c.mu.Unlock()
		c.listener.datagrams.give(d)
		c.listener.dropped.Add(1)
		return nil
	}
	c.queue = append(c.queue, d)
	first := len(c.queue) == 1
	c.mu.Unlock()
	if first {
		c.signal()
	}
	return nil
}

func (c *tcpConn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run writes what is queued until the connection is closed.
func (c *tcpConn) run() {
	for {
		queue, closed, err := c.takeQueue()
		for rest := queue; err == nil && len(rest) > 0; {
			n := min(len(rest), tcpBatch)
			err = c.writeFrames(rest[:n])
			rest = rest[n:]
		}
		for i, d := range queue {
			c.listener.datagrams.give(d)
			queue[i] = nil
		}
		switch {
		case err != nil || closed && len(queue) == 0:
			if err := errors.Join(c.Close(), c.TCPConn.Close()); err != nil {
				c.listener.log.Debug("TCP connection closed with an error", "err", err)
			}
			return
		case len(queue) == 0:
			<-c.wake
		}
	}
}

// takeQueue takes what is queued, and the time there is to write it.
func (c *tcpConn) takeQueue() (queue []*datagram, closed bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue = c.queue
	c.queue, c.spare = c.spare[:0], queue[:0]
	if !c.closed && len(queue) > 0 {
		err = c.TCPConn.SetWriteDeadline(time.Now().Add(tcpWriteTimeout))
	}
	return queue, c.closed, err
}

// writeFrames writes at most tcpBatch datagrams with one system call.
func (c *tcpConn) writeFrames(queue []*datagram) error {
	c.vector = c.pieces[:0]
	for i, d := range queue {
		binary.BigEndian.PutUint16(c.headers[i][:], uint16(d.n))
		c.vector = append(c.vector, c.headers[i][:], d.buf[:d.n])
	}
	_, err := c.vector.WriteTo(c.TCPConn)
	return err
}

// Close lets out what is queued, for a second at most, and ends the connection.
// It does not wait.
func (c *tcpConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	c.stranger.Stop()
	c.listener.remove(c)
	c.signal()
	now := time.Now()
	return errors.Join(c.TCPConn.SetReadDeadline(now), c.TCPConn.SetWriteDeadline(now.Add(tcpCloseTimeout)))
}

// SetReadDeadline is net.Conn's. After Close it would let a reader go on.
func (c *tcpConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	return c.TCPConn.SetReadDeadline(t)
}

// SetWriteDeadline is net.Conn's. It does nothing: writes do not block.
func (c *tcpConn) SetWriteDeadline(time.Time) error { return nil }
