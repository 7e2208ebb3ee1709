package media

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// answer is what is put into an SDP answer besides what the offer settles.
type answer struct {
	session, version uint64
	ufrag, pwd       string
	fingerprint      string // "sha-256 AA:BB…"
	addrs            []netip.Addr
	port, tcpPort    uint16 // 0 is no ICE over TCP
	slots            []*slot
}

// text writes the answer to an offer (RFC 9429 section 5.3). Everything is
// bundled; what is not served has port 0.
func (a *answer) text(o *offer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "v=0\r\no=- %d %d IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", a.session, a.version)
	b.WriteString("a=group:BUNDLE")
	for i := range o.sections {
		if s := &o.sections[i]; !s.rejected {
			b.WriteString(" " + s.mid)
		}
	}
	b.WriteString("\r\na=msid-semantic:WMS *\r\n")
	if o.mixed {
		b.WriteString("a=extmap-allow-mixed\r\n")
	}
	first := true
	for i := range o.sections {
		s := &o.sections[i]
		if s.rejected {
			fmt.Fprintf(&b, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\na=mid:%s\r\na=inactive\r\n", s.kind, s.proto, strings.Join(s.formats, " "), s.mid)
			continue
		}
		a.media(&b, s)
		if first {
			writeCandidates(&b, a.addrs, a.port, a.tcpPort)
			first = false
		}
	}
	return b.String()
}

// media writes one m-line.
func (a *answer) media(b *strings.Builder, s *section) {
	fmt.Fprintf(b, "m=%s 9 %s", s.kind, s.proto)
	for i := range s.payloads {
		fmt.Fprintf(b, " %d", s.payloads[i].number)
	}
	fmt.Fprintf(b, "\r\nc=IN IP4 0.0.0.0\r\na=mid:%s\r\n", s.mid)
	fmt.Fprintf(b, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:%s\r\na=setup:passive\r\n", a.ufrag, a.pwd, a.fingerprint)
	b.WriteString("a=rtcp-mux\r\na=rtcp-rsize\r\n")
	for i := range s.payloads {
		s.payloads[i].write(b)
	}
	for _, e := range s.extensions {
		fmt.Fprintf(b, "a=extmap:%d %s\r\n", e.id, e.uri)
	}
	switch {
	case s.sends():
		b.WriteString("a=recvonly\r\n")
		s.writeLayers(b)
	case s.slot():
		b.WriteString("a=sendonly\r\n")
		if i := slices.IndexFunc(a.slots, func(slot *slot) bool { return slot.mid == s.mid }); i >= 0 {
			a.slots[i].describe(b)
		}
	default:
		b.WriteString("a=inactive\r\n")
	}
}

// write writes what belongs to one payload type.
func (p *payload) write(b *strings.Builder) {
	fmt.Fprintf(b, "a=rtpmap:%d %s\r\n", p.number, p.rtpmap)
	if p.fmtp != "" {
		fmt.Fprintf(b, "a=fmtp:%d %s\r\n", p.number, p.fmtp)
	}
	for _, f := range p.feedback {
		fmt.Fprintf(b, "a=rtcp-fb:%d %s\r\n", p.number, f)
	}
}

// writeLayers accepts the simulcast layers (RFC 8853). Those that are paused in
// the offer are so in the answer: browsers begin to send what the answer does
// not name as paused.
func (s *section) writeLayers(b *strings.Builder) {
	if len(s.rids) == 0 {
		return
	}
	for _, rid := range s.rids {
		fmt.Fprintf(b, "a=rid:%s recv\r\n", rid)
	}
	b.WriteString("a=simulcast:recv ")
	for i, rid := range s.rids {
		if i > 0 {
			b.WriteByte(';')
		}
		if slices.Contains(s.paused, rid) {
			b.WriteByte('~')
		}
		b.WriteString(rid)
	}
	b.WriteString("\r\n")
}

// describe names the stream of a slot (RFC 8830, RFC 5576).
func (s *slot) describe(b *strings.Builder) {
	fmt.Fprintf(b, "a=msid:%s %s\r\n", s.streamID, s.id)
	if s.bind.rtxSSRC != 0 {
		fmt.Fprintf(b, "a=ssrc-group:FID %d %d\r\n", s.bind.ssrc, s.bind.rtxSSRC)
	}
	for _, ssrc := range []uint32{s.bind.ssrc, s.bind.rtxSSRC} {
		if ssrc != 0 {
			fmt.Fprintf(b, "a=ssrc:%d cname:%s\r\na=ssrc:%d msid:%s %s\r\n", ssrc, s.streamID, ssrc, s.streamID, s.id)
		}
	}
}

// writeCandidates writes host candidates (RFC 8839 section 5.1) in order of
// preference, with the priorities of RFC 8445 section 5.1.2.1. The ICE agent
// itself has one local candidate per address family: all addresses lead to the
// same socket, and connectivity checks need not be done once for each. Those of
// TCP are passive (RFC 6544 sections 4.2 and 4.5), and after all of UDP.
func writeCandidates(b *strings.Builder, addrs []netip.Addr, port, tcpPort uint16) {
	const (
		component     = 1
		udpPreference = 126 // of host candidates
		tcpPreference = 90
		passive       = 4 // direction preference
	)
	priority := func(kind, local int) uint32 { return uint32(kind<<24 | local<<8 | (256 - component)) }
	for i, addr := range addrs {
		fmt.Fprintf(b, "a=candidate:%d %d udp %d %s %d typ host\r\n", i+1, component, priority(udpPreference, 65535-i), addr, port)
	}
	for i, addr := range addrs {
		if tcpPort != 0 {
			fmt.Fprintf(b, "a=candidate:%d %d tcp %d %s %d typ host tcptype passive\r\n",
				len(addrs)+i+1, component, priority(tcpPreference, passive<<13|(8191-i)), addr, tcpPort)
		}
	}
	b.WriteString("a=end-of-candidates\r\n")
}
