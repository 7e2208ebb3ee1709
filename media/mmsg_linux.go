package media

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mmsghdr is struct mmsghdr of recvmmsg(2) and sendmmsg(2).
type mmsghdr struct {
	header unix.Msghdr
	n      uint32 // bytes received or sent
}

// sockaddrMax is the size of the larger kind of socket address, struct sockaddr_in6.
const sockaddrMax = unix.SizeofSockaddrInet6

// putSockaddr writes an address as the kernel wants it (ip(7), ipv6(7)) and
// returns its size. A socket for both families names those of IPv4 as IPv6 does.
func putSockaddr(b *[sockaddrMax]byte, addr netip.AddrPort, v6 bool) uint32 {
	*b = [sockaddrMax]byte{}
	binary.BigEndian.PutUint16(b[2:], addr.Port())
	if !v6 {
		binary.NativeEndian.PutUint16(b[:], unix.AF_INET)
		ip := addr.Addr().Unmap()
		if ip.Is4() {
			v := ip.As4()
			copy(b[4:], v[:])
		}
		return unix.SizeofSockaddrInet4
	}
	binary.NativeEndian.PutUint16(b[:], unix.AF_INET6)
	v := addr.Addr().As16()
	copy(b[8:], v[:])
	if zone := addr.Addr().Zone(); zone != "" {
		if id, err := strconv.ParseUint(zone, 10, 32); err == nil {
			binary.NativeEndian.PutUint32(b[24:], uint32(id))
		}
	}
	return unix.SizeofSockaddrInet6
}

// readSockaddr reads what putSockaddr writes; IPv4 is told as such. A zone is
// told by its number.
func readSockaddr(b *[sockaddrMax]byte) netip.AddrPort {
	port := binary.BigEndian.Uint16(b[2:])
	if binary.NativeEndian.Uint16(b[:]) == unix.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port)
	}
	ip := netip.AddrFrom16([16]byte(b[8:24])).Unmap()
	if id := binary.NativeEndian.Uint32(b[24:]); id != 0 && ip.Is6() {
		ip = ip.WithZone(strconv.FormatUint(uint64(id), 10))
	}
	return netip.AddrPortFrom(ip, port)
}

// mmsg calls recvmmsg(2) or sendmmsg(2) without waiting. Since the call never
// blocks, the scheduler is not told of it: that would wake the runtime's monitor
// each time the server was idle before, which on a loaded core took a sixth of
// all processor time (docs/adr/0027).
func mmsg(call, fd uintptr, messages []mmsghdr) (int, error) {
	for {
		n, _, errno := unix.RawSyscall6(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(messages))), uintptr(len(messages)), unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// cmsghdr is the size of a control message's header (cmsg(3)).
const (
	cmsghdrSize = unix.SizeofCmsghdr
	cmsgWord    = cmsghdrSize - 8 // of its length, a size_t; two 32-bit numbers follow
)

// putCmsg writes the header of a control message with size bytes of data.
func putCmsg(b []byte, kind uint32, size int) {
	if cmsgWord == 8 {
		binary.NativeEndian.PutUint64(b, uint64(unix.CmsgLen(size)))
	} else {
		binary.NativeEndian.PutUint32(b, uint32(unix.CmsgLen(size)))
	}
	binary.NativeEndian.PutUint32(b[cmsgWord:], unix.IPPROTO_UDP)
	binary.NativeEndian.PutUint32(b[cmsgWord+4:], kind)
}

// nextCmsg takes the first control message off a buffer (cmsg(3)); false if there
// is none.
func nextCmsg(b []byte) (level, kind uint32, data, rest []byte, ok bool) {
	if len(b) < cmsghdrSize {
		return 0, 0, nil, nil, false
	}
	size := uint64(binary.NativeEndian.Uint32(b))
	if cmsgWord == 8 {
		size = binary.NativeEndian.Uint64(b)
	}
	if size < cmsghdrSize || size > uint64(len(b)) {
		return 0, 0, nil, nil, false
	}
	level, kind = binary.NativeEndian.Uint32(b[cmsgWord:]), binary.NativeEndian.Uint32(b[cmsgWord+4:])
	space := min(unix.CmsgSpace(int(size)-cmsghdrSize), len(b))
	return level, kind, b[cmsghdrSize:size], b[space:], true
}

// timespecSize is the size of struct __kernel_timespec.
const timespecSize = 16

// readTimespec reads one, as Unix nanoseconds.
func readTimespec(b []byte) int64 {
	return int64(binary.NativeEndian.Uint64(b))*1e9 + int64(binary.NativeEndian.Uint64(b[8:]))
}
