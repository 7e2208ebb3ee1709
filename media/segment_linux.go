package media

import (
	"encoding/binary"
	"net"

	"golang.org/x/sys/unix"
)

// canSegment asks the kernel whether it splits one message into datagrams of
// one size (UDP_SEGMENT, since Linux 4.18). An older one would send the whole
// as one datagram.
func canSegment(conn *net.UDPConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	supported := false
	err = raw.Control(func(fd uintptr) {
		_, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_SEGMENT)
		supported = err == nil
	})
	return err == nil && supported
}

// segmentControl appends the control message that says how large a segment is:
// a cmsghdr (cmsg(3)) and a 16-bit number.
func segmentControl(b []byte, size int) []byte {
	const lengthAndTwoInts = 8
	var header [unix.SizeofCmsghdr]byte
	wordSize := len(header) - lengthAndTwoInts // of size_t
	if wordSize == 8 {
		binary.NativeEndian.PutUint64(header[:], uint64(unix.CmsgLen(2)))
	} else {
		binary.NativeEndian.PutUint32(header[:], uint32(unix.CmsgLen(2)))
	}
	binary.NativeEndian.PutUint32(header[wordSize:], unix.IPPROTO_UDP)
	binary.NativeEndian.PutUint32(header[wordSize+4:], unix.UDP_SEGMENT)
	b = append(b, header[:]...)
	b = binary.NativeEndian.AppendUint16(b, uint16(size))
	for len(b) < unix.CmsgSpace(2) {
		b = append(b, 0)
	}
	return b
}
