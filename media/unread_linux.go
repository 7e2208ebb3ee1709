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
