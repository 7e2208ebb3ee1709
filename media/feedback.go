package media

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// readReports takes the publisher's sender reports of one stream.
func (p *Peer) readReports(l *layer, receiver *webrtc.RTPReceiver) {
	read := receiver.Read
	if l.rid != "" {
		read = func(b []byte) (int, interceptor.Attributes, error) { return receiver.ReadSimulcast(b, l.rid) }
	}
	p.readRTCP(read, func(packet rtcp.Packet, now time.Time) {
		if sr, ok := packet.(*rtcp.SenderReport); ok && sr.SSRC == l.ssrc {
			l.senderReported(sr, now.UnixNano())
		}
	})
}

// readFeedback takes what a viewer says about a slot. It runs from the first
// time the slot carries something: an idle slot costs no goroutine.
func (p *Peer) readFeedback(s *slot, sender *webrtc.RTPSender) {
	buf := make([]byte, receiveMTU)
	p.readRTCP(sender.Read, func(packet rtcp.Packet, now time.Time) { s.feedback(packet, buf, now) })
}

// readRTCP reads until the stream is closed. What is not RTCP is skipped.
func (p *Peer) readRTCP(read func([]byte) (int, interceptor.Attributes, error), take func(rtcp.Packet, time.Time)) {
	buf := make([]byte, receiveMTU)
	for {
		n, _, err := read(buf)
		if err != nil {
			return
		}
		now := time.Now()
		p.heard(now)
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		for _, packet := range packets {
			take(packet, now)
		}
	}
}

// feedback handles one RTCP packet from a viewer, if it is about this slot.
func (s *slot) feedback(packet rtcp.Packet, buf []byte, now time.Time) {
	b := s.binding.Load()
	if b == nil {
		return
	}
	switch f := packet.(type) {
	case *rtcp.ReceiverReport:
		s.viewed(f.Reports)
	case *rtcp.SenderReport:
		s.viewed(f.Reports)
	case *rtcp.TransportLayerNack:
		if f.MediaSSRC == b.ssrc {
			s.answer(f, buf, now.UnixNano())
		}
	case *rtcp.PictureLossIndication:
		if f.MediaSSRC == b.ssrc {
			s.pictureLost(now)
		}
	case *rtcp.FullIntraRequest:
		for _, entry := range f.FIR {
			if entry.SSRC == b.ssrc {
				s.pictureLost(now)
			}
		}
	}
}

// pictureLost passes a viewer's request on. An idle slot's decoder asks too,
// for nobody (RFC 4585 section 6.3.1).
func (s *slot) pictureLost(now time.Time) {
	if pub, _ := s.carrying(); pub != nil {
		pub.askKeyframe(now, true)
	}
}
