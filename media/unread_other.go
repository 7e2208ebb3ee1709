//go:build !linux

package media

import "net"

// unread is not known.
func unread(net.PacketConn) uint64 { return 0 }
