package media

import (
	"time"

	"callsvc/call"
)

// interval is what one stream did since the last statistics. Only the router
// touches it.
type interval struct {
	bytes      uint64
	sent, lost uint64 // totals at the last statistics, of what was sent and did not come
}

// loss is the share lost since the last time, given the totals now.
func (i *interval) loss(sent, lost uint64) float64 {
	share := lostShare(lost-min(i.lost, lost), sent-min(i.sent, sent))
	i.sent, i.lost = sent, lost
	return share
}

// bitrate takes the bytes of a period away and says how many bits a second they were.
func (i *interval) bitrate(period time.Duration) int64 {
	rate := float64(i.bytes) * 8 / period.Seconds()
	i.bytes = 0
	return int64(rate)
}

// statistics measures one peer over the period that has passed since the last time.
func (p *Peer) statistics(period time.Duration) call.Statistics {
	rtt := int(time.Duration(p.rtt.Load()).Milliseconds())
	s := call.Statistics{
		Local: call.LocalStatistics{RTTMs: rtt, Loss: p.quality.lossUp, Sources: []call.SourceStatistics{}},
		Down:  call.DownStatistics{RTTMs: rtt, Loss: p.quality.lossDown, Estimate: p.budget.Load(), Target: p.spent},
		Slots: []call.SlotStatistics{},
	}
	for _, pub := range p.publications() {
		source := pub.statistics(period)
		s.Local.Bitrate += source.Bitrate
		s.Local.Sources = append(s.Local.Sources, source)
	}
	for _, slot := range p.allSlots() {
		bitrate := slot.interval.bitrate(period)
		s.Down.Bitrate += bitrate
		if one, ok := slot.statistics(bitrate); ok {
			s.Slots = append(s.Slots, one)
		}
	}
	return s
}

// statistics adds up the layers of a publication; loss and jitter are those of
// the worst.
func (pub *publication) statistics(period time.Duration) call.SourceStatistics {
	s := call.SourceStatistics{Source: pub.source}
	for _, l := range *pub.layers.Load() {
		s.Bitrate += l.interval.bitrate(period)
		l.mu.Lock()
		expected, received, jitter := l.seq.expected(), l.seq.received, milliseconds(l.rtcp.jitter, l.rtcp.clock)
		l.mu.Unlock()
		s.Loss = max(s.Loss, l.interval.loss(expected, expected-min(received, expected)))
		s.JitterMs = max(s.JitterMs, jitter)
	}
	return s
}

// statistics is what a slot's viewer reported; false for a slot that carries nothing.
func (s *slot) statistics(bitrate int64) (call.SlotStatistics, bool) {
	s.mu.Lock()
	l, viewer, packets := s.current, s.viewer, uint64(s.counts.packets)
	clock := uint32(0)
	if g := &s.segments[s.newest]; g.to != nil {
		clock = g.to.clock
	}
	s.mu.Unlock()
	loss := s.interval.loss(packets, uint64(viewer.lost))
	if l == nil {
		return call.SlotStatistics{}, false
	}
	return call.SlotStatistics{
		MID: s.mid, UserID: l.pub.peer.user, Stream: l.pub.source,
		Bitrate: bitrate, Loss: loss, JitterMs: milliseconds(float64(viewer.jitter), clock),
	}, true
}

// milliseconds converts a time in units of an RTP clock.
func milliseconds(units float64, clock uint32) int {
	if clock == 0 {
		return 0
	}
	return int(units * 1000 / float64(clock))
}
