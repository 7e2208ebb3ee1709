//go:build !linux

package media

import (
	"net"
	"time"
)

// sockaddrMax is unused where there is no sendmmsg(2).
const sockaddrMax = 0

// batchWriter sends one datagram at a time where there is no sendmmsg(2).
type batchWriter struct {
	conn   *net.UDPConn
	delays *delays
}

func newBatchWriter(conn *net.UDPConn, delays *delays) (*batchWriter, error) {
	return &batchWriter{conn, delays}, nil
}

// write sends a queue in order. A datagram the kernel refuses is lost, like one
// the network loses.
func (w *batchWriter) write(queue []*datagram) {
	for _, d := range queue {
		if _, err := w.conn.WriteToUDPAddrPort(d.buf[:d.n], d.to.addr); err != nil {
			continue
		}
		w.delays.count(1, d.came, nanos(time.Now()))
	}
}
