package media_test

import (
	"encoding/binary"
	"math"
	"net"
	"net/netip"
	"testing"
	"time"

	"callsvc/call"
	"callsvc/media"

	"github.com/pion/stun/v4"
)

// A packet of video through a relay: pion's TURN server and its socket, without
// what the engine does with the packet, which is the same for all. The client's
// end is a bare socket that allocates nothing.

const relayedPacket = 1100

// newRelayBench has an allocation with a channel to a peer, and the socket it is
// reached by.
func newRelayBench(b *testing.B, peer func(*relayed) netip.AddrPort) (r *relayed, client *net.UDPConn, relayedAt netip.Addr) {
	b.Helper()
	r = newRelayed(b, func(c *media.TURNConfig) { c.MaxBitrate = math.MaxInt })
	conn, err := net.DialUDP("udp4", nil, r.udp.(*net.UDPAddr))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := conn.Close(); err != nil {
			b.Error(err)
		}
	})
	name, password := media.TURNCredentials(turnSecret(), call.UserID("ana"), time.Now().Add(time.Hour))
	ask := func(setters ...stun.Setter) *stun.Message {
		m, err := stun.Build(append([]stun.Setter{stun.TransactionID}, setters...)...)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := conn.Write(m.Raw); err != nil {
			b.Fatal(err)
		}
		buf := make([]byte, 1500)
		n, err := conn.Read(buf)
		if err != nil {
			b.Fatal(err)
		}
		res := &stun.Message{Raw: buf[:n]}
		if err := res.Decode(); err != nil {
			b.Fatal(err)
		}
		return res
	}
	transport := stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}
	challenge := ask(stun.NewType(stun.MethodAllocate, stun.ClassRequest), transport)
	var nonce stun.Nonce
	if err := nonce.GetFrom(challenge); err != nil {
		b.Fatal(err)
	}
	signed := []stun.Setter{stun.NewUsername(name), stun.NewRealm("test"), nonce, stun.NewLongTermIntegrity(name, "test", password)}
	allocated := ask(append([]stun.Setter{stun.NewType(stun.MethodAllocate, stun.ClassRequest), transport}, signed...)...)
	var at stun.XORMappedAddress
	if err := at.GetFromAs(allocated, stun.AttrXORRelayedAddress); err != nil {
		b.Fatal(err)
	}
	to := peer(r)
	channel := stun.RawAttribute{Type: stun.AttrChannelNumber, Value: []byte{0x40, 0, 0, 0}}
	bound := ask(append([]stun.Setter{stun.NewType(stun.MethodChannelBind, stun.ClassRequest), channel, xorPeer(to)}, signed...)...)
	if bound.Type.Class != stun.ClassSuccessResponse {
		b.Fatalf("the channel is not bound: %v", bound)
	}
	relayedAt, _ = netip.AddrFromSlice(at.IP.To4())
	return r, conn, relayedAt
}

// xorPeer is the address a channel leads to.
type xorPeer netip.AddrPort

// AddTo is stun.Setter's.
func (p xorPeer) AddTo(m *stun.Message) error {
	to := netip.AddrPort(p)
	return stun.XORMappedAddress{IP: to.Addr().AsSlice(), Port: int(to.Port())}.AddToAs(m, stun.AttrXORPeerAddress)
}

func BenchmarkRelayedToServer(b *testing.B) {
	// To a port that is not the engine's: the relay counts the packet, and that is all.
	r, conn, _ := newRelayBench(b, func(r *relayed) netip.AddrPort { return netip.AddrPortFrom(r.Addr().Addr(), 9) })
	frame := binary.BigEndian.AppendUint16([]byte{0x40, 0}, relayedPacket)
	frame = append(frame, make([]byte, relayedPacket)...)
	b.ReportAllocs()
	for sent := uint64(1); b.Loop(); sent++ {
		if _, err := conn.Write(frame); err != nil {
			b.Fatal(err)
		}
		for sent%64 == 0 && r.Engine.RelayDropped() < sent { // the socket's buffer has no room for more
		}
	}
}

func BenchmarkRelayedToClient(b *testing.B) {
	r, conn, at := newRelayBench(b, func(r *relayed) netip.AddrPort { return r.Addr() })
	packet, frame := make([]byte, relayedPacket), make([]byte, 1500)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.ToRelay(at, packet); err != nil {
			b.Fatal(err)
		}
		if n, err := conn.Read(frame); err != nil || n != relayedPacket+4 {
			b.Fatal(n, err)
		}
	}
}
