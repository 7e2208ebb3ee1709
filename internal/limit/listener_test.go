package limit_test

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"

	"callsvc/internal/limit"
)

func TestAnAddressHasSoManyConnections(t *testing.T) {
	proxies := limit.Addresses{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	comers := &comers{conns: make(chan net.Conn)}
	l := limit.NewListener(comers, proxies, 2, slog.New(slog.DiscardHandler))
	accepted := make(chan net.Conn)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- conn
		}
	}()
	come := func(from string) (client net.Conn) {
		client, server := net.Pipe()
		comers.conns <- comer{server, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from))}
		return client
	}
	in := func(from string) net.Conn {
		come(from)
		return <-accepted
	}
	refused := func(from string) {
		t.Helper()
		if _, err := come(from).Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("a connection from %s beyond the limit: %v", from, err)
		}
	}

	first := in("192.0.2.1:1")
	in("192.0.2.1:2")
	refused("192.0.2.1:3")
	in("192.0.2.2:1")
	in("[2001:db8::1]:1")
	in("[2001:db8::2]:1")
	refused("[2001:db8::3]:1") // of the same network
	for range 3 {
		in("127.0.0.1:1")
		in("10.1.2.3:1")
	}
	for range 2 { // closing twice frees one
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
	}
	in("192.0.2.1:4")
	refused("192.0.2.1:5")
	close(comers.conns)
	<-accepted
}

// comers is a listener on which a test says who comes.
type comers struct {
	net.Listener
	conns chan net.Conn
}

func (c *comers) Accept() (net.Conn, error) {
	if conn, ok := <-c.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

type comer struct {
	net.Conn
	from net.Addr
}

func (c comer) RemoteAddr() net.Addr { return c.from }
