package testkit

import (
	"errors"
	"net"
	"sync"
)

// gate is a user's UDP socket with a door: while it is shut nothing goes out
// and nothing comes in, as when the network is gone.
type gate struct {
	net.PacketConn

	mu   sync.Mutex
	shut bool
}

func newGate() (*gate, error) {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &gate{PacketConn: c}, nil
}

func (g *gate) set(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = shut
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut
}

// WriteTo drops the packet while the gate is shut.
func (g *gate) WriteTo(b []byte, to net.Addr) (int, error) {
	if g.isShut() {
		return len(b), nil
	}
	return g.PacketConn.WriteTo(b, to)
}

// ReadFrom drops packets while the gate is shut.
func (g *gate) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := g.PacketConn.ReadFrom(b)
		if err != nil || !g.isShut() {
			return n, from, err
		}
	}
}

// Close closes the socket; a second time is no error.
func (g *gate) Close() error {
	if err := g.PacketConn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
