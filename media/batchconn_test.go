package media

import (
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// wire is a socket on which nothing is real: what is to be read is there at
// once, and each datagram takes its time to be sent.
type wire struct {
	net.PacketConn
	coming int    // datagrams
	take   func() // takes the time to send one
	closed chan struct{}
	sent   []time.Time
}

func newWire(coming int, take func()) *wire {
	return &wire{coming: coming, take: take, closed: make(chan struct{})}
}

func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	if w.coming == 0 {
		<-w.closed
		return 0, nil, net.ErrClosed
	}
	w.coming--
	b[0] = 128
	return 12, &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 9}, nil
}

func (w *wire) WriteTo(b []byte, _ net.Addr) (int, error) {
	w.take()
	w.sent = append(w.sent, time.Now())
	return len(b), nil
}

func (w *wire) Close() error {
	close(w.closed)
	return nil
}

func viewerAt(port uint16) *path {
	return &path{addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 2}), port)}
}

func TestNothingIsLostBecauseItIsReadFasterThanSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const packets, viewers = 40, 1000
		w := newWire(packets, func() { time.Sleep(2 * time.Microsecond) })
		var c *batchConn
		to, ready := viewerAt(9), make(chan struct{})
		c, err := newBatchConn(w, func([]byte, netip.AddrPort) bool {
			<-ready
			for range viewers {
				d := c.take()
				d.to, d.n, d.video = to, 100, true
				if err := c.enqueue(d); err != nil {
					t.Error(err)
				}
			}
			return true
		}, newOverload())
		if err != nil {
			t.Fatal(err)
		}
		close(ready)
		done := make(chan struct{})
		go func() {
			defer close(done)
			buf := make([]byte, receiveMTU)
			if _, _, err := c.ReadFromAddrPort(buf); err == nil {
				t.Error("something was left to ICE")
			}
		}()
		synctest.Wait()
		time.Sleep(time.Second)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		<-done
		if dropped := c.dropped.Load(); len(w.sent) != packets*viewers || dropped > 0 {
			t.Errorf("%d sent and %d lost, want %d and none", len(w.sent), dropped, packets*viewers)
		}
	})
}

func TestDelaysAreCounted(t *testing.T) {
	var d delays
	d.count(3, 0, 1e9) // nobody knows when it came
	d.count(5, 1e9, 1e9+int64(time.Millisecond))
	d.count(7, 1e9, 1e9+int64(time.Hour))
	d.count(2, 1e9, 1e9-1) // the clock was set
	s := d.snapshot()
	bounds := DelayBounds()
	for i, n := range s.Counts {
		want := uint64(0)
		switch {
		case i == 0:
			want = 2
		case i == len(bounds):
			want = 7
		case bounds[i] == time.Millisecond:
			want = 5
		}
		if n != want {
			t.Errorf("%d of the %d-th bound, want %d", n, i, want)
		}
	}
	if want := 5*time.Millisecond + 7*time.Hour; s.Sum != want {
		t.Errorf("%v in all, want %v", s.Sum, want)
	}
}
