package media

import (
	"cmp"
	"time"

	"github.com/pion/rtcp"
)

// What a slot may send again. NACKs must not amplify: a viewer that loses packets
// because it, or this server, has too much to do would be sent ever more. Every
// packet earns, each retransmission costs, so that a fifth of all can be repaired.
// One packet is not repaired for ever, nor again while the last repair may be
// on its way: some receivers go on asking for what has come as a retransmission.
const (
	resendCost   = 4
	maxCredit    = 64 * resendCost
	firstCredit  = 16 * resendCost
	maxResends   = 3 // of one packet
	resendMemory = videoHistory
)

// resent is a packet that was sent again, the last time at at.
type resent struct {
	ext   int64
	at    int64 // Unix nanoseconds
	times int
}

// answer sends again what a viewer says it lost; buf is scratch space.
func (s *slot) answer(nack *rtcp.TransportLayerNack, buf []byte, now int64) {
	s.peer.engine.counters.nacksReceived.Add(1)
	if s.peer.engine.overload.active() || !s.audio && s.peer.drains(now) {
		return
	}
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
	if seg == nil || ext > s.out.highest || !s.mayRepair(ext, now) {
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
	s.repaired(ext, now)
	if !p.In.Has(g.target) {
		s.fill(&g, &p, now) // it came too late to be left out without a gap
		return true
	}
	if g.to.rtx == 0 || b.rtxSSRC == 0 {
		s.send(&g, &p, now)
		return true
	}
	g.patch(&p)
	buf[0], buf[1] = uint8(seq>>8), uint8(seq)
	s.out.rtx++
	h := &s.repair
	if len(p.descriptor) > 0 && s.tell != nil {
		h = cmp.Or(s.tell.header(&g, &p), h)
		h.SSRC = b.rtxSSRC
	}
	h.PayloadType, h.SequenceNumber = g.to.rtx, s.out.rtx
	h.Timestamp, h.Marker = p.timestamp+g.timestamp, g.marks(&p)
	s.write(h, buf[:osn+len(p.payload)], now)
	return true
}

// mayRepair reports whether a packet may be sent again now. s.mu is held.
func (s *slot) mayRepair(ext, now int64) bool {
	if s.resent == nil {
		return true
	}
	r := &s.resent[ext%resendMemory]
	if r.ext != ext {
		return r.ext < ext // else it is forgotten whether this one was
	}
	const soonest = int64(10 * time.Millisecond)
	return r.times < maxResends && now-r.at >= max(s.peer.rtt.Load()*3/4, soonest)
}

// repaired notes that a packet was sent again. s.mu is held.
func (s *slot) repaired(ext, now int64) {
	if s.resent == nil {
		s.resent = make([]resent, resendMemory) // most slots never need it
	}
	r := &s.resent[ext%resendMemory]
	if r.ext != ext {
		*r = resent{ext: ext}
	}
	r.at = now
	r.times++
}
