//go:build !linux

package media

import (
	"net"
	"net/netip"
)

// batchReader reads one datagram at a time where there is no recvmmsg(2). What
// next returned is valid until it is called again.
type batchReader struct {
	conn *net.UDPConn
	buf  [receiveMTU]byte
}

func newBatchReader(conn *net.UDPConn, _ func(from, to, late int64)) (*batchReader, error) {
	return &batchReader{conn: conn}, nil
}

// next returns the next datagram and who sent it. It waits for one.
func (r *batchReader) next() ([]byte, netip.AddrPort, error) {
	n, from, err := r.conn.ReadFromUDPAddrPort(r.buf[:])
	return r.buf[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), err
}

// arrived is not known.
func (r *batchReader) arrived() int64 { return 0 }
