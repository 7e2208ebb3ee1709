//go:build !linux

package media

import "net"

// canSegment is false where the kernel does not split messages.
func canSegment(*net.UDPConn) bool { return false }

// segmentControl is never called.
func segmentControl(b []byte, _ int) []byte { return b }
