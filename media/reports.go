package media

import (
	"math"
	"time"

	"github.com/pion/rtcp"
)

// ntpEpoch is the Unix time of the NTP epoch, 1900, in seconds before 1970.
const ntpEpoch = 2208988800

// toNTP converts Unix nanoseconds to NTP's 32.32 fixed point (RFC 5905).
func toNTP(ns int64) uint64 {
	sec, rest := uint64(ns/1e9+ntpEpoch), uint64(ns%1e9)
	return sec<<32 | rest<<32/1e9
}

// fromNTP converts back.
func fromNTP(ntp uint64) int64 {
	return (int64(ntp>>32)-ntpEpoch)*1e9 + int64((ntp&0xffffffff)*1e9>>32)
}

// receiverState is what RFC 3550 keeps of a source it receives.
type receiverState struct {
	transit    int64 // arrival minus timestamp of the last packet, in clock units
	known      bool
	jitter     float64 // in clock units
	clock      uint32
	reported   uint64 // expected packets at the last report
	reportedIn uint64 // received packets at the last report
	recovered  uint64 // packets that came only inside others: received, but lost
	sr         senderReport
	moved      bool // the timestamps began anew, and sr tells of those before
}

// senderReport is the last one of a publisher.
type senderReport struct {
	ntp     int64  // the publisher's clock, Unix nanoseconds
	middle  uint32 // the middle 32 bits of the NTP timestamp
	rtp     uint32
	arrived int64 // our clock, Unix nanoseconds; 0 if none came
}

// arrived updates the interarrival jitter (RFC 3550 appendix A.8). It reports
// whether the packet is too far from the one before for that: a new timeline, or
// the end of a long silence of the path's.
func (r *receiverState) arrived(timestamp, clock uint32, now int64) (jumped bool) {
	r.clock = clock
	transit := now*int64(clock/1000)/1e6 - int64(timestamp)
	if r.known {
		d := math.Abs(float64(int32(transit - r.transit)))
		if jumped = d >= float64(clock); !jumped {
			r.jitter += (d - r.jitter) / 16
		}
	}
	r.transit, r.known = transit, true
	return jumped
}

// reception makes the report block about a layer.
func (l *layer) reception(now int64) (rtcp.ReceptionReport, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seq.started {
		return rtcp.ReceptionReport{}, false
	}
	expected, received := l.seq.expected(), l.seq.received-l.rtcp.recovered
	block := rtcp.ReceptionReport{
		SSRC: l.ssrc, LastSequenceNumber: uint32(l.seq.highest), Jitter: uint32(l.rtcp.jitter),
		TotalLost: uint32(min(max(int64(expected-received), 0), 0x7fffff)),
	}
	span, got := expected-l.rtcp.reported, received-l.rtcp.reportedIn
	if span > got {
		block.FractionLost = uint8(min((span-got)<<8/span, 255))
	}
	l.rtcp.reported, l.rtcp.reportedIn = expected, received
	if sr := l.rtcp.sr; sr.arrived != 0 {
		block.LastSenderReport = sr.middle
		block.Delay = uint32((now - sr.arrived) << 16 / 1e9)
	}
	return block, true
}

// senderReported takes a publisher's sender report.
func (l *layer) senderReported(sr *rtcp.SenderReport, now int64) {
	ntp := fromNTP(sr.NTPTime)
	l.pub.peer.clockSeen(now - ntp)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rtcp.sr = senderReport{ntp: ntp, middle: uint32(sr.NTPTime >> 16), rtp: sr.RTPTime, arrived: now}
	l.rtcp.moved = false
}

// senderReport makes the report of a slot: what its publisher said of the
// content, on our clock. ok is false while nothing is known.
func (s *slot) senderReport(now int64) (report *rtcp.SenderReport, ok bool) {
	l := s.carrying()
	if l == nil {
		return nil, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &s.segments[s.newest]
	if s.current != l || s.counts.packets == 0 {
		return nil, false // it has just been taken away
	}
	t, ok := l.place(g.to.clock)
	if !ok {
		return nil, false
	}
	s.timeline = timeline{at: now, rtp: t.stamp(now) + g.timestamp, clock: t.clock}
	return &rtcp.SenderReport{
		SSRC: s.bind.ssrc, NTPTime: toNTP(now), RTPTime: s.timeline.rtp,
		PacketCount: s.counts.packets, OctetCount: s.counts.octets,
	}, true
}

// viewerReport is what a viewer last said about a slot's stream.
type viewerReport struct {
	lost    uint32
	highest uint32

	fraction float64 // lost by the last report
	packets  uint32  // that had been sent when all reports were looked at last
	jitter   uint32  // in units of the clock
}

// viewed takes a viewer's report about this slot.
func (s *slot) viewed(block *rtcp.ReceptionReport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.viewer.lost, s.viewer.highest, s.viewer.jitter = block.TotalLost, block.LastSequenceNumber, block.Jitter
	s.viewer.fraction = float64(block.FractionLost) / 256
}

// clockSeen narrows down how far a publisher's clock is from ours: the packet
// that travelled fastest is nearest to the truth.
func (p *Peer) clockSeen(difference int64) {
	for {
		known := p.clockOffset.Load()
		if difference >= known || p.clockOffset.CompareAndSwap(known, difference) {
			return
		}
	}
}

// reports gathers the RTCP a peer is due to be sent once a second, or at once
// for slots that switched.
func (p *Peer) reports(now time.Time, everything bool) []rtcp.Packet {
	var packets []rtcp.Packet
	for _, s := range p.allSlots() {
		if !s.takeSwitched() && !everything {
			continue
		}
		if sr, ok := s.senderReport(nanos(now)); ok {
			packets = append(packets, sr)
		}
	}
	if !everything {
		return packets
	}
	rr := &rtcp.ReceiverReport{SSRC: p.ssrc}
	for _, l := range p.allLayers() {
		if block, ok := l.reception(nanos(now)); ok && len(rr.Reports) < 31 {
			rr.Reports = append(rr.Reports, block)
		}
	}
	if len(rr.Reports) > 0 {
		packets = append(packets, rr)
	}
	return packets
}

// takeSwitched reports whether the slot switched since it was last asked and a
// sender report can be made.
func (s *slot) takeSwitched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.counts.switched || s.current == nil {
		return false
	}
	s.counts.switched = false
	return true
}
