package media

import (
	"time"

	"github.com/pion/rtcp"
)

// Limits of asking for and of answering retransmissions (RFC 4585 section 6.2.1).
const (
	maxMissing    = 128 // of one layer at a time: a longer gap is a keyframe's business
	maxAsks       = 5   // for one packet
	askAgainAfter = 60 * time.Millisecond
)

// What a slot may send again. NACKs must not amplify: a viewer that loses packets
// because it, or this server, has too much to do would be sent ever more. Every
// packet earns, each retransmission costs, so that a fifth of all can be repaired.
const (
	resendCost  = 4
	maxCredit   = 64 * resendCost
	firstCredit = 16 * resendCost
)

// missing is a packet that was asked for again.
type missing struct {
	ext  int64
	asks int
	at   int64 // Unix nanoseconds
}

// lose notes the gap between two packets and returns what to ask for.
func (l *layer) lose(previous, ext, now int64) []uint16 {
	from := max(previous+1, ext-maxMissing)
	if previous == 0 || from >= ext {
		return nil
	}
	if over := len(l.missing) + int(ext-from) - maxMissing; over > 0 {
		l.missing = append(l.missing[:0], l.missing[min(over, len(l.missing)):]...)
	}
	ask := make([]uint16, 0, ext-from)
	for e := from; e < ext; e++ {
		l.missing = append(l.missing, missing{ext: e, asks: 1, at: now})
		ask = append(ask, uint16(e))
	}
	return ask
}

// found strikes a packet off the list.
func (l *layer) found(ext int64) {
	for i := range l.missing {
		if l.missing[i].ext == ext {
			l.missing = append(l.missing[:i], l.missing[i+1:]...)
			return
		}
	}
}

// askAgain returns what is still missing and due to be asked for once more.
func (l *layer) askAgain(now int64, rtt time.Duration) []uint16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := int64(max(askAgainAfter, rtt+rtt/2))
	var ask []uint16
	kept := l.missing[:0]
	for _, m := range l.missing {
		if now-m.at >= wait {
			if m.asks >= maxAsks {
				continue
			}
			m.asks, m.at = m.asks+1, now
			ask = append(ask, uint16(m.ext))
		}
		kept = append(kept, m)
	}
	l.missing = kept
	return ask
}

// nack makes the request for lost packets of a publisher's stream.
func (l *layer) nack(seqs []uint16) rtcp.Packet {
	l.pub.peer.engine.counters.nacksSent.Add(1)
	return &rtcp.TransportLayerNack{
		SenderSSRC: l.pub.peer.ssrc, MediaSSRC: l.ssrc,
		Nacks: rtcp.NackPairsFromSequenceNumbers(seqs),
	}
}

// answer sends again what a viewer says it lost; buf is scratch space.
func (s *slot) answer(nack *rtcp.TransportLayerNack, buf []byte, now int64) {
	s.peer.engine.counters.nacksReceived.Add(1)
	for i := range nack.Nacks {
		nack.Nacks[i].Range(func(seq uint16) bool {
			return s.resend(seq, buf, now)
		})
	}
}

// resend sends one packet again, as a retransmission (RFC 4588) if that was
// negotiated; false stops for now.
func (s *slot) resend(seq uint16, buf []byte, now int64) bool {
	s.mu.Lock()
	b := &s.bind
	ext := s.out.highest + int64(int16(seq-uint16(s.out.highest)))
	seg := s.segmentOf(ext)
	if s.credit < resendCost {
		s.mu.Unlock()
		return false
	}
	if seg == nil || ext > s.out.highest {
		s.mu.Unlock()
		return true
	}
	g := *seg
	s.mu.Unlock()

	const osn = 2 // room for the original sequence number
	p, ok := g.layer.copyPacket(ext-g.offset, buf[osn:])
	if !ok {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.resent++
	s.credit -= resendCost
	if g.to.rtx == 0 || b.rtxSSRC == 0 {
		s.send(&g, &p, now)
		return true
	}
	g.patch(&p)
	buf[0], buf[1] = uint8(seq>>8), uint8(seq)
	s.out.rtx++
	h := &s.repair
	h.PayloadType, h.SequenceNumber = g.to.rtx, s.out.rtx
	h.Timestamp, h.Marker = p.timestamp+g.timestamp, p.marker
	s.write(h, buf[:osn+len(p.payload)], now)
	return true
}
