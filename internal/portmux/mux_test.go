package portmux_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/internal/portmux"
)

// stun is a binding request.
func stun() []byte {
	return append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, make([]byte, 12)...)
}

// framed is what ICE over TCP makes of it.
func framed() []byte { return append([]byte{0, 20}, stun()...) }

// served is a Mux whose listeners write their names into what they accept,
// followed by what they read.
func served(t *testing.T, listener net.Listener, config *tls.Config, turn, ice bool) *portmux.Mux {
	t.Helper()
	m := portmux.New(listener, config, slog.New(slog.DiscardHandler))
	shares := map[string]net.Listener{"http": m.HTTP()}
	if turn {
		shares["turn"] = m.TURN()
	}
	if ice {
		shares["ice"] = m.ICE()
	}
	var tasks sync.WaitGroup
	for name, l := range shares {
		tasks.Go(func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				tasks.Go(func() {
					defer conn.Close()
					b := make([]byte, 100)
					n, err := conn.Read(b)
					if err != nil {
						return
					}
					_, _ = conn.Write(append([]byte(name+" "), b[:n]...)) // the test looks at what comes
				})
			}
		})
	}
	tasks.Go(m.Serve)
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		tasks.Wait()
	})
	return m
}

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestTheFirstBytesSayWhatAConnectionIs(t *testing.T) {
	get := []byte("GET / HTTP/1.1\r\n")
	for _, tt := range []struct {
		name      string
		tls       bool
		turn, ice bool
		send      []byte
		want      string
	}{
		{"HTTP", false, true, true, get, "http"},
		{"HTTPS", true, true, true, get, "http"},
		{"TURN over TCP", false, true, true, stun(), "turn"},
		{"TURN over TLS", true, true, true, stun(), "turn"},
		{"ICE over TCP", false, true, true, framed(), "ice"},
		{"TURN where there is none", false, false, true, stun(), "http"},
		{"TURN over TLS where there is none", true, false, true, stun(), "http"},
		{"ICE where there is none", false, true, false, framed(), "http"},
		{"neither", false, true, true, make([]byte, 20), "http"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			m := served(t, l, &tls.Config{Certificates: []tls.Certificate{certificate(t)}}, tt.turn, tt.ice)
			conn, err := net.Dial("tcp", m.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if tt.tls {
				conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
			}
			if _, err := conn.Write(tt.send); err != nil {
				t.Fatal(err)
			}
			want := append([]byte(tt.want+" "), tt.send[0])
			got := make([]byte, len(want))
			if _, err := io.ReadFull(conn, got); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("answered %q, want %q", got, want)
			}
		})
	}
}

// memory is a listener of connections in memory.
type memory struct {
	conns chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func (l *memory) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}

func (l *memory) Close() error   { l.once.Do(func() { close(l.ended) }); return nil }
func (l *memory) Addr() net.Addr { return &net.TCPAddr{} }

func TestAByteAtATimeIsEnoughButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &memory{conns: make(chan net.Conn), ended: make(chan struct{})}
		served(t, l, nil, true, true)
		client, server := net.Pipe()
		l.conns <- server
		for _, b := range framed()[:10] {
			if _, err := client.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := io.ReadAll(client)
		if want := append([]byte("ice "), framed()[:10]...); err != nil || !bytes.Equal(got, want) {
			t.Errorf("answered %q, %v, want %q", got, err, want)
		}
		began := time.Now()
		silent, server := net.Pipe()
		l.conns <- server
		if n, err := silent.Read(make([]byte, 1)); err == nil {
			t.Errorf("read %d bytes", n)
		}
		if waited := time.Since(began); waited != 10*time.Second {
			t.Errorf("closed after %s, want 10 s", waited)
		}
		l.conns <- func() net.Conn { _, c := net.Pipe(); return c }() // still looked at when the Mux is closed
	})
}

func FuzzFirstBytes(f *testing.F) {
	f.Add(stun())
	f.Add(framed())
	f.Add([]byte("GET /"))
	f.Add([]byte{0x16, 3, 1})
	f.Fuzz(func(t *testing.T, first []byte) {
		if len(first) == 0 {
			return
		}
		// What is decided by some bytes is not decided otherwise by more.
		k, sure := portmux.KindOf(first)
		more, still := portmux.KindOf(append(bytes.Clone(first), 1, 2, 3))
		if sure && (!still || more != k) {
			t.Errorf("% x is %d, and with more %d", first, k, more)
		}
		if len(first) >= 10 && !sure {
			t.Errorf("% x is nothing", first)
		}
	})
}
