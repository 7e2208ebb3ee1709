package media

import (
	"bufio"
	"bytes"
	"log/slog"
	"net"
	"testing"
)

// MaxTCPConnsPerAddress is a limit.
const MaxTCPConnsPerAddress = maxTCPConnsPerAddress

// TCPListener is a listener whose connections nobody reads.
type TCPListener struct {
	l        *tcpListener
	accepted chan *tcpConn
}

// NewTCPListener listens on a free port until the test ends.
func NewTCPListener(t *testing.T) *TCPListener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &TCPListener{
		newTCPListener(listener, nil, newDatagrams(), slog.New(slog.DiscardHandler)),
		make(chan *tcpConn, maxTCPConns),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.l.Accept()
			if err != nil {
				return
			}
			l.accepted <- conn.(*tcpConn)
		}
	}()
	t.Cleanup(func() {
		if err := l.l.Close(); err != nil {
			t.Error(err)
		}
		<-done
		l.l.tasks.Wait()
	})
	return l
}

// Addr is where it listens.
func (l *TCPListener) Addr() net.Addr { return l.l.Addr() }

// Accepted waits for one more connection.
func (l *TCPListener) Accepted() { <-l.accepted }

// Send sends a packet to who comes from an address.
func (l *TCPListener) Send(t *testing.T, to net.Addr, packet []byte) {
	t.Helper()
	remote := to.(*net.TCPAddr).AddrPort()
	for l.l.conn(remote) == nil {
		l.Accepted()
	}
	d := l.l.datagrams.take()
	d.n = copy(d.buf[:], packet)
	if err := l.l.conn(remote).enqueue(d); err != nil {
		t.Fatal(err)
	}
}

// Dropped is how many packets were for clients that read too slowly.
func (l *TCPListener) Dropped() uint64 { return l.l.dropped.Load() }

// Refused is how many connections were beyond the limits.
func (l *TCPListener) Refused() uint64 { return l.l.refused.Load() }

// ReadTCP is what ICE reads of a stream.
func ReadTCP(stream []byte) ([]byte, error) {
	c := &tcpConn{in: bufio.NewReader(bytes.NewReader(stream))}
	var got []byte
	buf := make([]byte, 100)
	for {
		n, err := c.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			return got, err
		}
	}
}
