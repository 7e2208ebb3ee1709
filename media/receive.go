package media

import (
	"encoding/binary"
	"time"

	"callsvc/media/bwe"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// receiveMTU is the largest packet read.
const receiveMTU = 1500

// receiveRTP takes one RTP packet of a publisher. What was not encrypted with
// its keys is dropped without a trace: anybody can send that. Called with
// link.reading held.
func (p *Peer) receiveRTP(k *keys, b []byte) {
	if p.sheds(b) {
		return
	}
	h := &p.header
	plain, err := k.in.DecryptRTP(b, b, h)
	if err != nil {
		return
	}
	now := time.Now()
	p.heard(now)
	payload, ok := unpad(h, plain[min(headerSize(plain), len(plain)):])
	if !ok {
		return
	}
	s := p.streams.Load().bySSRC[h.SSRC]
	if s == nil {
		if s = p.discover(h); s == nil {
			return
		}
	}
	if !p.admits(s, h, payload, len(b), nanos(now)) {
		return // what is not reported to have come makes the publisher send less
	}
	if v := h.GetExtension(s.transportCC); s.transportCC != 0 && len(v) == 2 {
		p.arrivals.record(h.SSRC, binary.BigEndian.Uint16(v), now)
	}
	if s.repair && !repaired(s.layer.codecs, h, &payload) {
		return
	}
	if !s.layer.unwrapRED(h, &payload, nanos(now)) {
		return
	}
	if ask := s.layer.take(h, payload, nanos(now), s.repair); len(ask) > 0 && !p.engine.overload.active() {
		p.writeRTCP([]rtcp.Packet{s.layer.nack(ask)})
	}
}

// admits holds the publisher to its bit rate. What was cut goes on with a
// keyframe: what comes before it is of no use, and must not take what the
// keyframe needs. Called with link.reading held.
func (p *Peer) admits(s *stream, h *rtp.Header, payload []byte, size int, now int64) bool {
	l := s.layer
	audio := l.pub.source.Audio()
	useful := !l.cut || !s.repair && l.codecs.beginsPicture(h.PayloadType, payload)
	if useful && p.policer.admits(audio, l.cut, size, now) {
		l.cut = false
		return true
	}
	p.engine.counters.cutBack.Add(1)
	l.cut = !audio && l.skip(now)
	l.affordable.Store(l.cut && p.policer.affords(now))
	return !audio && !l.cut
}

// sheds reports whether a packet is of a stream that is given up now. It is not
// decrypted then: a forged one does no more than to keep the stream known.
func (p *Peer) sheds(b []byte) bool {
	if !p.engine.overload.active() || len(b) < 12 {
		return false
	}
	s := p.streams.Load().bySSRC[binary.BigEndian.Uint32(b[8:])]
	return s != nil && s.layer.sheds(p.engine.overload, nanos(time.Now()))
}

// headerSize is where a packet's payload begins (RFC 3550 section 5.1); the
// packet was parsed before.
func headerSize(b []byte) int {
	const fixed, perSource, extensionBit = 12, 4, 0x10
	n := fixed + perSource*int(b[0]&0x0f)
	if b[0]&extensionBit != 0 && len(b) >= n+4 {
		n += 4 + 4*int(binary.BigEndian.Uint16(b[n+2:]))
	}
	return n
}

// repaired turns a retransmission (RFC 4588) into the packet it repeats; false
// if it is none.
func repaired(table *codecs, h *rtp.Header, payload *[]byte) bool {
	if len(*payload) < 3 { // the original number and something more
		return false
	}
	c := table.primaryOf(h.PayloadType)
	if c == nil {
		return false
	}
	h.PayloadType, h.SequenceNumber = c.payloadType, binary.BigEndian.Uint16(*payload)
	*payload = (*payload)[2:]
	return true
}

// unpad strips padding (RFC 3550 section 5.1); false if it is longer than the packet.
func unpad(h *rtp.Header, payload []byte) ([]byte, bool) {
	if !h.Padding {
		return payload, true
	}
	if len(payload) == 0 {
		return nil, false
	}
	size := int(payload[len(payload)-1])
	if size == 0 || size > len(payload) {
		return nil, false
	}
	return payload[:len(payload)-size], true
}

// receiveRTCP takes one compound packet: a publisher's reports and a viewer's feedback.
func (p *Peer) receiveRTCP(k *keys, b []byte) {
	plain, err := k.in.DecryptRTCP(b, b, nil)
	if err != nil {
		return
	}
	now := time.Now()
	p.heard(now)
	for len(plain) >= 4 {
		size := 4 + 4*int(binary.BigEndian.Uint16(plain[2:]))
		if size > len(plain) {
			return
		}
		if one := plain[:size]; bwe.IsFeedback(one) {
			p.transportReported(one, now)
		} else if packets, err := rtcp.Unmarshal(one); err == nil {
			for _, packet := range packets {
				p.feedback(packet, now)
			}
		}
		plain = plain[size:]
	}
}
