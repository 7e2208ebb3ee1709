package media

import (
	"encoding/binary"
	"errors"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Sizes of what one system call takes.
const (
	writeBatch    = 64    // messages in one sendmmsg(2)
	maxSegments   = 64    // datagrams in one message (Linux UDP_MAX_SEGMENTS)
	maxSegmentSum = 65000 // bytes in one message: a UDP datagram's limit, headers left out
	maxVectors    = 16 * maxSegments
	gsoControl    = cmsghdrSize + 8
)

// batchWriter sends with sendmmsg(2). Datagrams of one size to one address, the
// last perhaps shorter, are one message that the kernel splits (UDP_SEGMENT): a
// frame's packets are just that. It reuses everything and allocates nothing.
// One goroutine may use it.
type batchWriter struct {
	conn     syscall.RawConn
	v6       bool // the socket's addresses are those of IPv6
	segments bool // the kernel splits
	delays   *delays

	messages [writeBatch]mmsghdr
	controls [writeBatch][gsoControl]byte
	firsts   [writeBatch]int   // of each message, in vectors
	came     [writeBatch]int64 // when what its first datagram is of came; 0 if that is not known
	vectors  [maxVectors]unix.Iovec
	filled   int     // messages
	used     int     // vectors
	paths    []*path // that something goes to, in the order they appeared

	pending []mmsghdr // argument and results of send
	n       int
	err     error
	call    func(fd uintptr) bool // send, bound once
	submit  func([]mmsghdr) (int, error)
}

func newBatchWriter(conn *net.UDPConn, delays *delays) (*batchWriter, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	w := &batchWriter{conn: raw, v6: true, segments: canSegment(raw), delays: delays}
	if local, ok := conn.LocalAddr().(*net.UDPAddr); ok && local.IP.To4() != nil {
		w.v6 = false
	}
	w.call, w.submit = w.send, w.sendmmsg
	for i := range w.controls {
		putCmsg(w.controls[i][:], unix.UDP_SEGMENT, 2)
	}
	return w, nil
}

// canSegment asks the kernel whether it splits one message into datagrams of
// one size (UDP_SEGMENT, since Linux 4.18). An older one would send the whole
// as one datagram.
func canSegment(conn syscall.RawConn) bool {
	supported := false
	err := conn.Control(func(fd uintptr) {
		_, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_SEGMENT)
		supported = err == nil
	})
	return err == nil && supported
}

// write sends a queue. The order of what goes to one path is kept.
func (w *batchWriter) write(queue []*datagram) {
	w.sort(queue)
	for i, p := range w.paths {
		for d := p.first; d != nil; {
			if w.filled == writeBatch || w.used > maxVectors-maxSegments {
				w.flush()
			}
			d = w.fill(p, d)
		}
		p.first, p.last, w.paths[i] = nil, nil, nil
	}
	w.flush()
}

// sort chains what goes to one path.
func (w *batchWriter) sort(queue []*datagram) {
	w.paths = w.paths[:0]
	for _, d := range queue {
		d.next = nil
		p := d.to
		if p.first == nil {
			w.paths = append(w.paths, p)
			p.first = d
		} else {
			p.last.next = d
		}
		p.last = d
	}
}

// fill makes a message of a datagram and of those that may go with it, and
// returns the first that may not.
func (w *batchWriter) fill(p *path, d *datagram) *datagram {
	if p.nameSize == 0 {
		p.nameSize = putSockaddr(&p.name, p.addr, w.v6)
	}
	first, size, sum, came := w.used, d.n, 0, d.came
	for {
		v := &w.vectors[w.used]
		v.Base = &d.buf[0]
		v.SetLen(d.n)
		w.used++
		sum += d.n
		last := d.n
		d = d.next
		if d == nil || !w.segments || last < size || d.n > size || sum+d.n > maxSegmentSum || w.used-first == maxSegments {
			break
		}
	}
	m := &w.messages[w.filled]
	w.firsts[w.filled], w.came[w.filled] = first, came
	m.header = unix.Msghdr{Name: &p.name[0], Namelen: p.nameSize, Iov: &w.vectors[first]}
	m.header.SetIovlen(w.used - first)
	if w.used-first > 1 {
		control := w.controls[w.filled][:]
		binary.NativeEndian.PutUint16(control[cmsghdrSize:], uint16(size))
		m.header.Control = &control[0]
		m.header.SetControllen(gsoControl)
	}
	w.filled++
	return d
}

// flush hands over what is filled. A datagram the kernel refuses is lost, like
// one the network loses; those after it still go.
func (w *batchWriter) flush() {
	for rest := w.messages[:w.filled]; len(rest) > 0; {
		sent, err := w.submit(rest)
		sent = max(sent, 0)
		if err != nil && sent < len(rest) {
			w.refused(w.filled-len(rest)+sent, err)
			sent++
		}
		rest = rest[min(max(sent, 1), len(rest)):]
	}
	now := nanos(time.Now())
	for i, came := range w.came[:w.filled] {
		w.delays.count(int(w.messages[i].header.Iovlen), came, now)
	}
	w.filled, w.used = 0, 0
}

// refused sends one by one what the kernel would not split: a path whose MTU is
// below the size of a segment, or a network card that cannot (EIO), in which
// case nothing is to be split any more.
func (w *batchWriter) refused(i int, err error) {
	m := &w.messages[i]
	n := int(m.header.Iovlen)
	if n == 1 {
		return
	}
	if errors.Is(err, unix.EIO) {
		w.segments = false
	}
	var single [1]mmsghdr
	for at := w.firsts[i]; at < w.firsts[i]+n; at++ {
		single[0].header = unix.Msghdr{Name: m.header.Name, Namelen: m.header.Namelen, Iov: &w.vectors[at]}
		single[0].header.SetIovlen(1)
		if _, err := w.submit(single[:]); err != nil {
			continue // lost, as in flush
		}
	}
}

// sendmmsg hands messages to the kernel, waiting until it takes at least one.
func (w *batchWriter) sendmmsg(messages []mmsghdr) (int, error) {
	w.pending = messages
	if err := w.conn.Write(w.call); err != nil {
		return 0, err
	}
	return w.n, w.err
}

// send is called by the runtime when the socket may take something; false waits.
func (w *batchWriter) send(fd uintptr) bool {
	w.n, w.err = mmsg(unix.SYS_SENDMMSG, fd, w.pending)
	return w.err != unix.EAGAIN
}
