package mediabench_test

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/internal/mediabench"

	"github.com/pion/logging"
	"github.com/pion/transport/v5/vnet"
)

func TestWhatIsCountedAsLost(t *testing.T) {
	const probe = -1
	type packet struct {
		number uint16
		sent   int64
	}
	for _, tt := range []struct {
		name                            string
		packets                         []packet
		seal                            int64
		received, lost, repeated, other uint64
	}{
		{"nothing came", nil, 0, 0, 0, 0, 0},
		{"all came", []packet{{1, 1}, {2, 2}, {3, 3}}, 0, 3, 0, 0, 0},
		{"one is missing", []packet{{1, 1}, {3, 3}}, 0, 2, 1, 0, 0},
		{"one came late", []packet{{1, 1}, {3, 3}, {2, 2}}, 0, 3, 0, 0, 0},
		{"one came twice", []packet{{1, 1}, {2, 2}, {2, 2}}, 0, 2, 0, 1, 0},
		{"numbers begin anew", []packet{{65534, 1}, {65535, 2}, {0, 3}, {2, 4}}, 0, 4, 1, 0, 0},
		{"a probe between is none that was lost", []packet{{1, 1}, {2, probe}, {3, 3}}, 0, 2, 0, 0, 1},
		{"a probe at the end is of no account", []packet{{1, 1}, {2, probe}, {4, probe}}, 0, 1, 0, 0, 2},
		{"a repair comes when the window is over", []packet{{1, 1}, {2, 2}, {4, 4}, {5, 5}, {3, 3}}, 4, 3, 0, 0, 0},
		{"of two that are repaired one does not come", []packet{{1, 1}, {5, 5}, {6, 6}, {3, 3}, {4, 4}}, 5, 3, 1, 0, 0},
		{"what comes after the window is not its own", []packet{{1, 1}, {2, 2}, {4, 4}}, 3, 2, 0, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := mediabench.NewReceiver()
			if tt.seal != 0 {
				r.Seal(tt.seal)
			}
			for _, p := range tt.packets {
				r.Take(p.number, p.sent)
			}
			received, lost, repeated, other := r.Totals()
			if received != tt.received || lost != tt.lost || repeated != tt.repeated || other != tt.other {
				t.Errorf("received %d, lost %d, repeated %d, others %d", received, lost, repeated, other)
			}
		})
	}
}

func TestATailIsReadAsItWasWritten(t *testing.T) {
	for _, key := range []bool{true, false} {
		if sent, gotKey, ok := mediabench.RoundTrip(1<<40, key); !ok || sent != 1<<40 || gotKey != key {
			t.Errorf("%d %v %v", sent, gotKey, ok)
		}
	}
}

func TestABadPathHoldsBackAndLoses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		loss  float64
		delay time.Duration
	}{{"slow", 0, 300 * time.Millisecond}, {"lossy", 0.5, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				router, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "10.0.0.0/24", LoggerFactory: logging.NewDefaultLoggerFactory()})
				if err != nil {
					t.Fatal(err)
				}
				host := func(ip string) *vnet.Net {
					n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
					if err != nil {
						t.Fatal(err)
					}
					if err := router.AddNet(n); err != nil {
						t.Fatal(err)
					}
					return n
				}
				server, client := host("10.0.0.1"), host("10.0.0.2")
				if err := router.Start(); err != nil {
					t.Fatal(err)
				}
				echo, err := server.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 7})
				if err != nil {
					t.Fatal(err)
				}
				conn, err := mediabench.Impaired(client, tt.loss, tt.delay).ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(10, 0, 0, 2)})
				if err != nil {
					t.Fatal(err)
				}
				go func() {
					b := make([]byte, 10)
					for {
						n, from, err := echo.ReadFrom(b)
						if err != nil {
							return
						}
						if _, err := echo.WriteTo(b[:n], from); err != nil {
							return
						}
					}
				}()
				const packets = 1000
				began := time.Now()
				back := make(chan time.Duration, packets)
				go func() {
					defer close(back)
					b := make([]byte, 10)
					for {
						if _, _, err := conn.ReadFrom(b); err != nil {
							return
						}
						back <- time.Since(began)
					}
				}()
				for range packets {
					if _, err := conn.WriteTo([]byte("x"), echo.LocalAddr()); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
				}
				time.Sleep(time.Second)
				if err := conn.Close(); err != nil {
					t.Error(err)
				}
				if err := echo.Close(); err != nil {
					t.Error(err)
				}
				n := 0
				for after := range back {
					n++
					if after < 2*tt.delay {
						t.Fatalf("one came back after %s", after)
					}
				}
				if want := int(packets * (1 - tt.loss) * (1 - tt.loss)); n < want*3/4 || n > want*5/4 {
					t.Errorf("%d of %d came back, want about %d", n, packets, want)
				}
				if err := router.Stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func FuzzProtobuf(f *testing.F) {
	f.Add([]byte{0x0a, 2, 'h', 'i', 0x10, 1})
	f.Fuzz(func(_ *testing.T, message []byte) { _ = mediabench.Protobuf(message) })
}
