package media

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Sizes of what one system call brings.
const (
	readBatch    = 32                                           // messages in one recvmmsg(2)
	coalescedMax = 1 << 16                                      // bytes in one message: datagrams that the kernel joined
	readControl  = cmsghdrSize + 8 + cmsghdrSize + timespecSize // the size of what was joined, and when it came
)

// batchReader reads many datagrams with one recvmmsg(2), and takes apart those
// that the kernel has joined (UDP_GRO): of one size, from one address, the last
// perhaps shorter. It reuses everything and allocates nothing; what next
// returned is valid until it is called again. One goroutine may use it.
type batchReader struct {
	conn     syscall.RawConn
	messages [readBatch]mmsghdr
	vectors  [readBatch]unix.Iovec
	names    [readBatch][sockaddrMax]byte
	controls [readBatch][readControl]byte
	buffers  []byte // readBatch pieces; pages that nothing came into cost no memory

	ahead   int64          // of the wall clock
	got, at int            // messages of the last call, and how many are taken apart
	rest    []byte         // of the message being taken apart
	size    int            // of its datagrams
	from    netip.AddrPort // its sender
	came    int64          // when the kernel received it, Unix nanoseconds; 0 if it did not say

	n    int // results of receive
	err  error
	call func(fd uintptr) bool // receive, bound once

	emptyAt int64                      // when the socket was found empty, Unix nanoseconds; 0 if it was not
	looked  func(from, to, late int64) // told of each datagram: since when the reader waited for it, and for how long it for the reader
}

func newBatchReader(conn *net.UDPConn, looked func(from, to, late int64)) (*batchReader, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("reach the socket: %w", err)
	}
	r := &batchReader{conn: raw, buffers: make([]byte, readBatch*coalescedMax), looked: looked}
	r.call = r.receive
	for i := range r.messages {
		piece := r.buffers[i*coalescedMax:]
		r.vectors[i].Base = &piece[0]
		r.vectors[i].SetLen(coalescedMax)
		h := &r.messages[i].header
		h.Iov, h.Name, h.Control = &r.vectors[i], &r.names[i][0], &r.controls[i][0]
		h.SetIovlen(1)
	}
	return r, raw.Control(func(fd uintptr) {
		// Without it, before Linux 5.0, each datagram is a message of its own.
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_GRO, 1)
		// Without it the delay in the server is not known.
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS_NEW, 1)
	})
}

// next returns the next datagram and who sent it. It waits for one.
func (r *batchReader) next() ([]byte, netip.AddrPort, error) {
	for len(r.rest) == 0 {
		if r.at == r.got {
			if err := r.fill(); err != nil {
				return nil, netip.AddrPort{}, err
			}
		}
		r.open(r.at)
		r.at++
	}
	now, late := nanos(time.Now()), int64(-1)
	if r.came != 0 {
		late = now - r.came
	}
	r.looked(r.emptyAt, now, late)
	r.emptyAt = 0
	n := min(r.size, len(r.rest))
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b, r.from, nil
}

// fill waits for messages.
func (r *batchReader) fill() error {
	for i := range r.messages {
		h := &r.messages[i].header
		h.Namelen = sockaddrMax
		h.SetControllen(readControl)
	}
	r.at, r.got, r.emptyAt = 0, 0, 0
	if err := r.conn.Read(r.call); err != nil {
		return err
	}
	if r.err != nil {
		return fmt.Errorf("recvmmsg: %w", r.err)
	}
	r.got, r.ahead = r.n, wallAhead(time.Now())
	return nil
}

// receive is called by the runtime when there may be something; false waits.
func (r *batchReader) receive(fd uintptr) bool {
	r.n, r.err = mmsg(unix.SYS_RECVMMSG, fd, r.messages[:])
	if r.err != unix.EAGAIN {
		return true
	}
	if r.emptyAt == 0 {
		r.emptyAt = nanos(time.Now())
	}
	return false
}

// open begins to take a message apart. One that was cut short is skipped.
func (r *batchReader) open(i int) {
	m := &r.messages[i]
	r.rest, r.from = r.buffers[i*coalescedMax:][:m.n], readSockaddr(&r.names[i])
	if m.header.Flags&unix.MSG_TRUNC != 0 {
		r.rest = nil
	}
	r.size, r.came = r.control(i)
}

// control reads what the kernel says of a message: the size of the datagrams it
// consists of, and when it came, 0 if it does not say.
func (r *batchReader) control(i int) (size int, came int64) {
	m := &r.messages[i]
	size = int(m.n)
	for control := r.controls[i][:min(int(m.header.Controllen), readControl)]; ; {
		level, kind, data, rest, ok := nextCmsg(control)
		switch {
		case !ok:
			return size, came
		case level == unix.IPPROTO_UDP && kind == unix.UDP_GRO && len(data) >= 4:
			size = max(int(binary.NativeEndian.Uint32(data)), 1)
		case level == unix.SOL_SOCKET && kind == unix.SO_TIMESTAMPNS_NEW && len(data) >= timespecSize:
			came = readTimespec(data) - r.ahead
		}
		control = rest
	}
}

// arrived is when the kernel received what next returned last, or the first of
// what it was joined with; 0 if it did not say.
func (r *batchReader) arrived() int64 { return r.came }
