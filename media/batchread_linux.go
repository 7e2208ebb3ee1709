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
	readBatch    = 32      // messages in one recvmmsg(2)
	coalescedMax = 1 << 16 // bytes in one message: datagrams that the kernel joined
	groControl   = cmsghdrSize + 8
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
	controls [readBatch][groControl]byte
	buffers  []byte // readBatch pieces; pages that nothing came into cost no memory

	got, at int            // messages of the last call, and how many are taken apart
	rest    []byte         // of the message being taken apart
	size    int            // of its datagrams
	from    netip.AddrPort // its sender

	n    int // results of receive
	err  error
	call func(fd uintptr) bool // receive, bound once

	emptyAt int64                // when the socket was found empty, Unix nanoseconds; 0 if it was not
	looked  func(from, to int64) // told of each call, and since when it waited
}

func newBatchReader(conn *net.UDPConn, looked func(from, to int64)) (*batchReader, error) {
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
		h.SetControllen(groControl)
	}
	r.at, r.got, r.emptyAt = 0, 0, 0
	if err := r.conn.Read(r.call); err != nil {
		return err
	}
	if r.err != nil {
		return fmt.Errorf("recvmmsg: %w", r.err)
	}
	r.looked(r.emptyAt, nanos(time.Now()))
	r.got = r.n
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
	r.rest = r.buffers[i*coalescedMax:][:m.n]
	r.size, r.from = int(m.n), readSockaddr(&r.names[i])
	if m.header.Flags&unix.MSG_TRUNC != 0 {
		r.rest = nil
	}
	if int(m.header.Controllen) < cmsghdrSize+4 {
		return
	}
	control := r.controls[i][:]
	if binary.NativeEndian.Uint32(control[cmsgWord:]) == unix.IPPROTO_UDP && binary.NativeEndian.Uint32(control[cmsgWord+4:]) == unix.UDP_GRO {
		r.size = max(int(binary.NativeEndian.Uint32(control[cmsghdrSize:])), 1)
	}
}
