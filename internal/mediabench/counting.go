package mediabench

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/transport/v5"
)

// listener is what a participant does who only counts: RTP is read off the socket
// by its header and never decrypted, so that one core can be a thousand viewers.
// ICE and DTLS are pion's. To the server it is like others: it sends receiver
// reports and transport-wide feedback. It asks for no repairs and for no keyframe,
// so what it counts as lost is what did not come at the first attempt, and it
// cannot tell how old a packet is.
type listener struct {
	meter       *meter
	arrival     *arrival
	transportCC atomic.Uint32 // id of the header extension, 0 while none was agreed on

	mu       sync.Mutex // guards the following
	recorder *twcc.Recorder
	streams  map[uint32]*stream // by SSRC
}

func newListener(m *meter, a *arrival) *listener {
	return &listener{meter: m, arrival: a, recorder: twcc.NewRecorder(listenerSSRC), streams: map[uint32]*stream{}}
}

const (
	listenerSSRC  = 1                      // that feedback is sent with
	feedbackEvery = 100 * time.Millisecond // as pion does
	reportEvery   = 10                     // feedbacks
	rtpFixed      = 12                     // bytes of a header without extensions (RFC 3550)
)

// listeningNet is a network whose UDP sockets keep RTP for a listener.
type listeningNet struct {
	transport.Net
	listener *listener
}

// ListenUDP is transport.Net's.
func (n *listeningNet) ListenUDP(network string, local *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := n.Net.ListenUDP(network, local)
	if err != nil {
		return nil, err
	}
	return &listeningConn{conn, n.listener}, nil
}

type listeningConn struct {
	transport.UDPConn
	listener *listener
}

// ReadFrom is net.PacketConn's. It returns what is not RTP: STUN, DTLS, RTCP
// (RFC 7983, RFC 5761).
func (c *listeningConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, addr, err := c.read(b)
		if err != nil || !isRTP(b[:n]) {
			return n, addr, err
		}
		c.listener.take(b[:n])
	}
}

// read makes no address for RTP.
func (c *listeningConn) read(b []byte) (int, net.Addr, error) {
	plain, ok := c.UDPConn.(interface {
		ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	})
	if !ok {
		return c.UDPConn.ReadFrom(b)
	}
	n, addr, err := plain.ReadFromUDPAddrPort(b)
	if err != nil || isRTP(b[:n]) {
		return n, nil, err
	}
	return n, net.UDPAddrFromAddrPort(addr), nil
}

func isRTP(b []byte) bool {
	return len(b) >= rtpFixed && b[0]>>6 == 2 && (b[1] < 192 || b[1] > 223)
}

// take counts a packet.
func (l *listener) take(packet []byte) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	ssrc := binary.BigEndian.Uint32(packet[8:])
	if number, ok := transportNumber(packet, uint8(l.transportCC.Load())); ok {
		l.recorder.Record(ssrc, number, now.UnixMicro())
	}
	s := l.streams[ssrc]
	if s == nil {
		payloadType := packet[1] & 0x7f
		if payloadType != payloadVP8 && payloadType != payloadOpus {
			return // retransmissions, padding
		}
		s = l.meter.add(payloadType == payloadVP8, l.arrival)
		l.streams[ssrc] = s
		l.arrival.saw(tail{})
	}
	s.count(packet, l.meter.window.Load())
}

// transportNumber reads the transport-wide sequence number from a header
// extension of the one-octet form (RFC 8285 section 4.2).
func transportNumber(packet []byte, id uint8) (uint16, bool) {
	const extended, profile = 0x10, 0xbede
	at := rtpFixed + 4*int(packet[0]&0x0f)
	if id == 0 || packet[0]&extended == 0 || len(packet) < at+4 || binary.BigEndian.Uint16(packet[at:]) != profile {
		return 0, false
	}
	b := packet[at+4:]
	b = b[:min(4*int(binary.BigEndian.Uint16(packet[at+2:])), len(b))]
	for len(b) > 0 {
		if b[0] == 0 { // padding
			b = b[1:]
			continue
		}
		size := int(b[0]&0x0f) + 1
		if len(b) < 1+size {
			return 0, false
		}
		if b[0]>>4 == id && size == 2 {
			return binary.BigEndian.Uint16(b[1:]), true
		}
		b = b[1+size:]
	}
	return 0, false
}

// agree takes the extension's id from what was negotiated.
func (l *listener) agree(c *connection) {
	for _, r := range c.GetReceivers() {
		for _, x := range r.GetParameters().HeaderExtensions {
			if x.URI == uriTransportCC {
				l.transportCC.Store(uint32(x.ID))
			}
		}
	}
}

// report sends what a receiver owes a sender, until the connection is over.
func (l *listener) report(c *connection) {
	select {
	case <-c.connected:
	case <-c.over:
		return
	}
	l.agree(c)
	tick := time.NewTicker(feedbackEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-tick.C:
		case <-c.over:
			return
		}
		packets := l.feedback(n%reportEvery == 0)
		if len(packets) > 0 && c.WriteRTCP(packets) != nil {
			return // it is closed
		}
	}
}

// feedback is what came since the last, and with reception a receiver report.
func (l *listener) feedback(reception bool) []rtcp.Packet {
	l.mu.Lock()
	defer l.mu.Unlock()
	packets := l.recorder.BuildFeedbackPacket()
	if !reception {
		return packets
	}
	const mostReports = 31 // RFC 3550 section 6.4.2
	report := &rtcp.ReceiverReport{SSRC: listenerSSRC}
	for ssrc, s := range l.streams {
		if c := s.soFar(); len(report.Reports) < mostReports {
			report.Reports = append(report.Reports, rtcp.ReceptionReport{
				SSRC: ssrc, LastSequenceNumber: uint32(s.newest()), TotalLost: uint32(c.expected - min(c.packets, c.expected)),
			})
		}
	}
	if len(report.Reports) > 0 {
		packets = append(packets, report)
	}
	return packets
}
