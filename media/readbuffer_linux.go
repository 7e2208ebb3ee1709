package media

import (
	"net"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Of what SO_MEMINFO tells of a socket (linux/sock_diag.h).
const (
	memInfoDrops  = 8 // the index of SK_MEMINFO_DROPS
	memInfoFields = 9
)

// unread is how many datagrams the kernel has dropped because those before them
// had not been read: the server was busy for longer than the socket's buffer
// lasts. 0 for a closed socket, and where the kernel does not say.
func unread(conn net.PacketConn) uint64 {
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		return 0
	}
	raw, err := udp.SyscallConn()
	if err != nil {
		return 0
	}
	var fields [memInfoFields]uint32
	size := uint32(unsafe.Sizeof(fields))
	var errno unix.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, errno = unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&fields)), uintptr(unsafe.Pointer(&size)), 0)
	})
	if err != nil || errno != 0 {
		return 0
	}
	return uint64(fields[memInfoDrops])
}

// growReadBuffer asks for a read buffer of so many bytes. What is more than the
// kernel allows everybody (net.core.rmem_max) takes CAP_NET_ADMIN; without it
// there is no more than that.
func growReadBuffer(conn *net.UDPConn, size int) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	forced := false
	err = raw.Control(func(fd uintptr) {
		forced = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil
	})
	if err != nil || forced {
		return err
	}
	return conn.SetReadBuffer(size)
}
