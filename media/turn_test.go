package media_test

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callsvc/call"
	"callsvc/media"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v5/vnet"
	"github.com/pion/turn/v5"
	"github.com/pion/webrtc/v4"
)

func turnSecret() []byte { return []byte("of nobody else") }

// relayed is an engine with TURN on the loopback interface.
type relayed struct {
	*media.Engine
	t        testing.TB
	udp, tcp net.Addr
}

func newRelayed(t testing.TB, more ...func(*media.TURNConfig)) *relayed {
	t.Helper()
	udp, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := &media.TURNConfig{UDP: udp, Listeners: []net.Listener{tcp}, Secret: turnSecret(), Realm: "test"}
	for _, f := range more {
		f(cfg)
	}
	e, err := media.New(media.Config{NodeIPs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}, TURN: cfg}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &relayed{Engine: e, t: t, udp: udp.LocalAddr(), tcp: tcp.Addr()}
}

// url is a TURN URL of the server (RFC 7065).
func (r *relayed) url(transport string) string {
	addr := r.udp
	if transport == "tcp" {
		addr = r.tcp
	}
	return "turn:" + addr.String() + "?transport=" + transport
}

// newRelayClient is a PeerConnection that may use relays only.
func newRelayClient(t *testing.T, user, url string) *webrtc.PeerConnection {
	t.Helper()
	name, password := media.TURNCredentials(turnSecret(), call.UserID(user), time.Now().Add(time.Hour))
	s := webrtc.SettingEngine{LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard}}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{
		ICETransportPolicy: webrtc.ICETransportPolicyRelay,
		ICEServers:         []webrtc.ICEServer{{URLs: []string{url}, Username: name, Credential: password}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			t.Error(err)
		}
	})
	return pc
}

func TestMediaGoesThroughRelays(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			r := newRelayed(t)
			carryMedia(t, r.Engine, newRelayClient(t, "ana", r.url(transport)), newRelayClient(t, "ben", r.url(transport)))
			if s := r.Stats(); s.Relays < 2 || s.RelayDropped != 0 {
				t.Errorf("%d relays, %d packets dropped", s.Relays, s.RelayDropped)
			}
		})
	}
}

// allocate asks for an allocation as pion's TURN client does.
func (r *relayed) allocate(name, password string) (*turn.Client, net.PacketConn, error) {
	r.t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: r.udp.String(), Conn: conn, Username: name, Password: password, Realm: "test",
		LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		c.Close()
		if err := conn.Close(); err != nil {
			r.t.Error(err)
		}
	})
	if err := c.Listen(); err != nil {
		r.t.Fatal(err)
	}
	relay, err := c.Allocate()
	return c, relay, err
}

func (r *relayed) mustAllocate(user call.UserID) (*turn.Client, net.PacketConn) {
	r.t.Helper()
	c, relay, err := r.allocate(media.TURNCredentials(turnSecret(), user, time.Now().Add(time.Hour)))
	if err != nil {
		r.t.Fatal(err)
	}
	return c, relay
}

// wantTURNCode checks the error code of a refusal.
func wantTURNCode(t *testing.T, err error, code stun.ErrorCode) {
	t.Helper()
	var refused *stun.TurnError
	if !errors.As(err, &refused) || refused.ErrorCodeAttr.Code != code {
		t.Errorf("got %v, want a refusal with code %d", err, code)
	}
}

func TestCredentialsOfTURN(t *testing.T) {
	r := newRelayed(t)
	soon := time.Now().Add(time.Hour)
	good, password := media.TURNCredentials(turnSecret(), "ana", soon)
	other, ofOther := media.TURNCredentials([]byte("another"), "ana", soon)
	late, ofLate := media.TURNCredentials(turnSecret(), "ana", time.Now().Add(-time.Second))
	for _, tt := range []struct{ name, user, password string }{
		{"expired", late, ofLate},
		{"of another server", other, ofOther},
		{"prolonged by the client", strconv.FormatInt(soon.Add(time.Hour).Unix(), 10) + ":ana", password},
		{"of nobody", strconv.FormatInt(soon.Unix(), 10) + ":", password},
		{"without a time", "ana", password},
		{"with half a time", "12ab:ana", password},
		{"empty", " ", password},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := r.allocate(tt.user, tt.password)
			wantTURNCode(t, err, stun.CodeUnauthorized)
		})
	}
	if _, _, err := r.allocate(good, password); err != nil {
		t.Errorf("good credentials: %v", err)
	}
}

func TestARelayLeadsToTheServerOnly(t *testing.T) {
	r := newRelayed(t)
	c, relay := r.mustAllocate("ana")
	secret, err := net.ListenPacket("udp4", "127.0.0.1:0") // a service of the server's own machine
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	for _, forbidden := range []string{"127.0.0.2", "10.0.0.1", "169.254.169.254", "198.18.0.1", "0.0.0.0", "203.0.113.9"} {
		err := c.CreatePermission(&net.UDPAddr{IP: net.ParseIP(forbidden), Port: 80})
		wantTURNCode(t, err, stun.CodeForbidden)
	}
	// The machine's address is the media's too; but another port is not.
	before := r.Stats().RelayDropped
	if _, err := relay.WriteTo([]byte("are you there?"), secret.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	check, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		t.Fatal(err)
	}
	// What follows on the same path has been through when this is answered or
	// dropped by the media's ICE; TURN handles one packet after the other.
	if _, err := relay.WriteTo(check.Raw, net.UDPAddrFromAddrPort(r.Addr())); err != nil {
		t.Fatal(err)
	}
	if err := c.CreatePermission(net.UDPAddrFromAddrPort(r.Addr())); err != nil {
		t.Fatal(err)
	}
	if n := r.Stats().RelayDropped - before; n != 1 {
		t.Errorf("%d packets were dropped, want the one to another port", n)
	}
	if err := secret.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if n, _, err := secret.ReadFrom(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes came to a port that is not the media's", n)
	}
}

func TestAUserHasSoManyRelays(t *testing.T) {
	r := newRelayed(t, func(c *media.TURNConfig) { c.MaxAllocations = 2 })
	_, first := r.mustAllocate("ana")
	r.mustAllocate("ana")
	_, _, err := r.allocate(media.TURNCredentials(turnSecret(), "ana", time.Now().Add(time.Hour)))
	wantTURNCode(t, err, stun.CodeAllocQuotaReached)
	r.mustAllocate("ben")
	if err := first.Close(); err != nil { // asks the server to end it, and waits for the answer
		t.Fatal(err)
	}
	r.mustAllocate("ana")
}

func TestAUserHasSoMuchBandwidth(t *testing.T) {
	r := newRelayed(t, func(c *media.TURNConfig) { c.MaxBitrate = 8 }) // a byte a second, and a burst
	c, relay := r.mustAllocate("ana")
	server := net.UDPAddrFromAddrPort(r.Addr())
	if err := c.CreatePermission(server); err != nil {
		t.Fatal(err)
	}
	const packets = 400 // twice the burst
	for range packets {
		if _, err := relay.WriteTo(make([]byte, 1200), server); err != nil {
			t.Fatal(err)
		}
		if err := c.CreatePermission(server); err != nil { // waits until it is through
			t.Fatal(err)
		}
	}
	if n := r.Stats().RelayDropped; n < packets/4 {
		t.Errorf("%d of %d packets were dropped", n, packets)
	}
}

func TestAFloodOfRequestsIsNotAnswered(t *testing.T) {
	r := newRelayed(t)
	conn, err := net.Dial("udp4", r.udp.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request, err := stun.Build(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest))
	if err != nil {
		t.Fatal(err)
	}
	for r.Stats().RelayRefused == 0 { // or the test never ends
		if _, err := conn.Write(request.Raw); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAConnectionWithoutAnAllocationIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := newPipeListener()
		e, err := media.New(media.Config{
			Net: newQuietNet(t), NodeIPs: []netip.Addr{netip.MustParseAddr(serverIP)},
			TURN: &media.TURNConfig{Listeners: []net.Listener{listener}, Secret: turnSecret(), Realm: "test"},
		}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		stranger := listener.dial()
		if n, err := stranger.Read(make([]byte, 1)); err == nil {
			t.Errorf("read %d bytes", n)
		}
		if waited := time.Since(began); waited != 10*time.Second {
			t.Errorf("closed after %s", waited)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestAnAddressHasSoManyTURNConnections(t *testing.T) {
	r := newRelayed(t)
	const most = 256
	for range most {
		dialTCP(t, r.tcp)
	}
	beyond := dialTCP(t, r.tcp)
	if n, err := beyond.Read(make([]byte, 1)); err == nil {
		t.Errorf("read %d bytes from a connection that should be refused", n)
	}
	if got := r.Stats().RelayRefused; got != 1 {
		t.Errorf("%d connections were refused, want 1", got)
	}
}

// newQuietNet is the network of a server that nobody speaks to.
func newQuietNet(t *testing.T) *vnet.Net {
	t.Helper()
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{serverIP}})
	if err != nil {
		t.Fatal(err)
	}
	router, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "10.0.0.0/16", LoggerFactory: logging.NewDefaultLoggerFactory()})
	if err != nil {
		t.Fatal(err)
	}
	if err := router.AddNet(n); err != nil {
		t.Fatal(err)
	}
	return n
}

// pipeListener accepts what is dialed in memory, so that its time is the bubble's.
type pipeListener struct {
	conns chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), ended: make(chan struct{})}
}

func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.ended) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 3478} }
