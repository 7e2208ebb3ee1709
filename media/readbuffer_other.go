//go:build !linux

package media

import "net"

// unread is not known.
func unread(net.PacketConn) uint64 { return 0 }

// growReadBuffer asks for a read buffer of so many bytes, or as many as the
// system grants by halves.
func growReadBuffer(conn *net.UDPConn, size int) error {
	for {
		err := conn.SetReadBuffer(size)
		if err == nil || size < 1<<16 {
			return err
		}
		size /= 2
	}
}
