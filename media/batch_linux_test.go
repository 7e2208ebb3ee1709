package media_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"callsvc/media"
)

// mailbox is a socket that is written to.
type mailbox struct {
	*net.UDPConn
	addr netip.AddrPort
}

func newMailbox(t testing.TB) mailbox {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return mailbox{conn, conn.LocalAddr().(*net.UDPAddr).AddrPort()}
}

// take reads n datagrams as "size:first byte".
func (m mailbox) take(t testing.TB, n int) (got []string) {
	t.Helper()
	buf := make([]byte, 2000)
	for range n {
		size, err := m.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d:%d", size, buf[0]))
	}
	return got
}

func TestWhatIsDroppedUnreadIsKnown(t *testing.T) {
	m, sender := newMailbox(t), newMailbox(t)
	if err := m.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	if n := media.Unread(m.UDPConn); n != 0 {
		t.Fatalf("%d datagrams were dropped before any came", n)
	}
	sent := uint64(0)
	for media.Unread(m.UDPConn) == 0 {
		if sent++; sent > 100_000 {
			t.Fatal("nothing was dropped for which the buffer has no room")
		}
		if _, err := sender.WriteToUDPAddrPort(make([]byte, 1000), m.addr); err != nil {
			t.Fatal(err)
		}
	}
	if dropped := media.Unread(m.UDPConn); dropped >= sent {
		t.Errorf("%d of %d datagrams were dropped", dropped, sent)
	}
}

func TestAReadBufferIsAsLargeAsTheKernelLets(t *testing.T) {
	granted := func(grow func(*net.UDPConn, int) error) (size int) {
		m := newMailbox(t)
		if err := grow(m.UDPConn, 64<<20); err != nil {
			t.Fatal(err)
		}
		raw, err := m.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var failed error
		if err := raw.Control(func(fd uintptr) {
			size, failed = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF)
		}); err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		return size
	}
	forced, asked := granted(media.GrowReadBuffer), granted((*net.UDPConn).SetReadBuffer)
	if want := 2 * 64 << 20; forced != asked && forced != want { // the kernel tells twice what was asked for
		t.Errorf("%d bytes, want what everybody may have, %d, or what was asked for, %d", forced, asked, want)
	}
}

func TestABatchKeepsEveryDatagramAndTheirOrder(t *testing.T) {
	frames := []int{1100, 1100, 1100, 300, 90, 1100, 1100, 1200, 90, 90} // as two frames and voice come
	for _, tt := range []struct {
		name string
		send func(*media.Batch)
		more int // how often each is sent
	}{
		{"split by the kernel", func(*media.Batch) {}, 1},
		{"where it does not split", (*media.Batch).WithoutSegments, 1},
		{"when a card cannot split", func(b *media.Batch) { b.Refuse(syscall.EIO) }, 1},
		{"when a path is narrow", func(b *media.Batch) { b.Refuse(syscall.EINVAL) }, 1},
		{"more than fit into one call", func(*media.Batch) {}, 40},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.ListenUDP("udp", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			b := media.NewBatch(t, conn)
			tt.send(b)
			boxes := []mailbox{newMailbox(t), newMailbox(t), newMailbox(t)}
			for range tt.more {
				var want []string
				for i, size := range frames {
					for _, box := range boxes {
						b.Add(box.addr, size, byte(i))
					}
					want = append(want, fmt.Sprintf("%d:%d", size, i))
				}
				b.Send()
				b.Drop()
				for _, box := range boxes {
					if got := box.take(t, len(want)); !slices.Equal(got, want) {
						t.Fatalf("came %v, want %v", got, want)
					}
				}
			}
		})
	}
}

func TestARefusedDatagramIsLostAlone(t *testing.T) {
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	b, box := media.NewBatch(t, conn), newMailbox(t)
	b.Add(netip.MustParseAddrPort("255.255.255.255:9"), 100, 1) // broadcasting is not allowed (EACCES)
	b.Add(box.addr, 100, 2)
	b.Send()
	if got := box.take(t, 1); !slices.Equal(got, []string{"100:2"}) {
		t.Errorf("came %v", got)
	}
}

// BenchmarkBatch sends what a frame of four packets to a hundred viewers is.
func BenchmarkBatch(b *testing.B) {
	for _, tt := range []struct {
		name string
		with func(*media.Batch)
	}{{"segments", func(*media.Batch) {}}, {"no segments", (*media.Batch).WithoutSegments}} {
		b.Run(tt.name, func(b *testing.B) {
			conn, err := net.ListenUDP("udp", nil)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			batch := media.NewBatch(b, conn)
			tt.with(batch)
			for range 100 {
				addr := newMailbox(b).addr // nobody reads: the kernel drops what is too much
				for range 4 {
					batch.Add(addr, 1100, 0)
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				batch.Send()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/400, "ns/packet")
		})
	}
}

func TestWhatABatchBringsIsWhatWasSent(t *testing.T) {
	frames := []int{1100, 1100, 1100, 300, 90, 1100, 1100, 1200, 90, 1}
	for _, tt := range []struct {
		name    string
		network string
		with    func(*media.Batch)
	}{
		{"joined by the kernel", "udp", func(*media.Batch) {}},
		{"each by itself", "udp", (*media.Batch).WithoutSegments},
		{"to a socket of IPv4 alone", "udp4", func(*media.Batch) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.ListenUDP(tt.network, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			r := media.NewReader(t, conn)
			from := newMailbox(t)
			b := media.NewBatch(t, from.UDPConn)
			tt.with(b)
			to := netip.AddrPortFrom(from.addr.Addr(), conn.LocalAddr().(*net.UDPAddr).AddrPort().Port())
			for range 4 { // more than one call brings, less than the socket holds
				for i, size := range frames {
					b.Add(to, size, byte(i))
				}
			}
			b.Send()
			for n := range 4 * len(frames) {
				d, sender, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				if i := n % len(frames); len(d) != frames[i] || d[0] != byte(i) || sender != from.addr {
					t.Fatalf("datagram %d is %d:%d from %v, want %d:%d from %v", n, len(d), d[0], sender, frames[i], i, from.addr)
				}
			}
		})
	}
}

func TestTheKernelTellsWhenADatagramCame(t *testing.T) {
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	r, from := media.NewReader(t, conn), newMailbox(t)
	to := netip.AddrPortFrom(from.addr.Addr(), conn.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	before := time.Now()
	if _, err := from.WriteToUDPAddrPort([]byte{1}, to); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if age, most := r.Age(), time.Since(before); age < 0 || age > most {
		t.Errorf("it came %v ago, want at most %v", age, most)
	}
}

func TestClosingASocketEndsItsReader(t *testing.T) {
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		t.Fatal(err)
	}
	r := media.NewReader(t, conn)
	ended := make(chan error)
	go func() {
		_, _, err := r.Next()
		ended <- err
	}()
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the reader ended with %v", err)
	}
}

// BenchmarkRead reads what came in bursts of thirty-two.
func BenchmarkRead(b *testing.B) {
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	r, from := media.NewReader(b, conn), newMailbox(b)
	batch := media.NewBatch(b, from.UDPConn)
	batch.WithoutSegments()
	to := netip.AddrPortFrom(from.addr.Addr(), conn.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	for range 32 {
		batch.Add(to, 1100, 0)
	}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		batch.Send()
		b.StartTimer()
		for range 32 {
			if _, _, err := r.Next(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/32, "ns/packet")
}

// Each packet counts with how long it was in the server itself, not with the
// oldest of those it leaves with; what is of none does not count.
func TestEachPacketIsCountedByWhenItCame(t *testing.T) {
	sender, late, soon, none := newMailbox(t), newMailbox(t), newMailbox(t), newMailbox(t)
	b := media.NewBatch(t, sender.UDPConn)
	b.Add(late.addr, 100, 1)
	b.Came(time.Hour)
	for range 3 {
		b.Add(soon.addr, 100, 2)
		b.Came(0)
	}
	b.Add(none.addr, 100, 3)
	b.Send()
	counts := b.Delays().Counts
	all, last := uint64(0), counts[len(counts)-1]
	for _, n := range counts {
		all += n
	}
	if last != 1 || all != 4 {
		t.Errorf("%d counted, %d of them beyond the last bound, want 4 and 1", all, last)
	}
}
