package media

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

// Batch is a writer of batches and what it is to send.
type Batch struct {
	w     *batchWriter
	paths map[netip.AddrPort]*path
	queue []*datagram
}

// NewBatch makes a batch that sends by conn.
func NewBatch(t testing.TB, conn *net.UDPConn) *Batch {
	t.Helper()
	w, err := newBatchWriter(conn, &delays{})
	if err != nil {
		t.Fatal(err)
	}
	return &Batch{w: w, paths: map[netip.AddrPort]*path{}}
}

// Unread is how many datagrams the kernel dropped before they were read.
func Unread(conn net.PacketConn) uint64 { return unread(conn) }

// GrowReadBuffer asks for a read buffer of so many bytes.
func GrowReadBuffer(conn *net.UDPConn, size int) error { return growReadBuffer(conn, size) }

// WithoutSegments is how it is where the kernel does not split.
func (b *Batch) WithoutSegments() { b.w.segments = false }

// Refuse makes the kernel refuse what it is to split.
func (b *Batch) Refuse(err error) {
	b.w.submit = func(messages []mmsghdr) (int, error) {
		for i := range messages {
			if messages[i].header.Control == nil {
				continue
			}
			if i == 0 {
				return 0, err
			}
			return b.w.sendmmsg(messages[:i])
		}
		return b.w.sendmmsg(messages)
	}
}

// Add queues a datagram that begins with a mark.
func (b *Batch) Add(addr netip.AddrPort, size int, mark byte) {
	if b.paths[addr] == nil {
		b.paths[addr] = &path{addr: addr}
	}
	d := &datagram{to: b.paths[addr], n: size}
	d.buf[0] = mark
	b.queue = append(b.queue, d)
}

// Came says how long ago that came which the datagram added last is of.
func (b *Batch) Came(ago time.Duration) {
	b.queue[len(b.queue)-1].came = nanos(time.Now().Add(-ago))
}

// Delays are those of what was sent.
func (b *Batch) Delays() Delays { return b.w.delays.snapshot() }

// Send sends the queue, which stays.
func (b *Batch) Send() { b.w.write(b.queue) }

// Drop empties the queue.
func (b *Batch) Drop() { b.queue = b.queue[:0] }

// Reader reads in batches.
type Reader struct{ r *batchReader }

// NewReader reads from conn.
func NewReader(t testing.TB, conn *net.UDPConn) Reader {
	t.Helper()
	r, err := newBatchReader(conn, func(_, _, _ int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return Reader{r}
}

// Next is the next datagram and who sent it.
func (r Reader) Next() ([]byte, netip.AddrPort, error) { return r.r.next() }

// Age is how long ago the kernel received it.
func (r Reader) Age() time.Duration { return time.Duration(nanos(time.Now()) - r.r.arrived()) }
