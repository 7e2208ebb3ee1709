package media

import (
	"time"

	"github.com/pion/rtcp"
)

// feedback handles one RTCP packet: of a publisher about its streams, or of a
// viewer about a slot. Called with link.reading held.
func (p *Peer) feedback(packet rtcp.Packet, now time.Time) {
	switch f := packet.(type) {
	case *rtcp.SenderReport:
		if s := p.streams.Load().bySSRC[f.SSRC]; s != nil && !s.repair {
			s.layer.senderReported(f, nanos(now))
		}
		p.viewed(f.Reports, now)
	case *rtcp.ReceiverReport:
		p.viewed(f.Reports, now)
	case *rtcp.ReceiverEstimatedMaximumBitrate:
		if limit, ok := p.congestion.REMBReported(float64(f.Bitrate), nanos(now)); ok {
			p.budget.Store(limit)
		}
	case *rtcp.TransportLayerNack:
		if s := p.slotOf(f.MediaSSRC); s != nil {
			s.answer(f, p.resendBuffer(), nanos(now))
		}
	case *rtcp.PictureLossIndication:
		p.pictureLost(f.MediaSSRC, now)
	case *rtcp.FullIntraRequest:
		for _, entry := range f.FIR {
			p.pictureLost(entry.SSRC, now)
		}
	}
}

// transportReported takes a viewer's feedback about everything it is sent.
// Called with link.reading held.
func (p *Peer) transportReported(b []byte, now time.Time) {
	if p.transport.Parse(b) != nil {
		return // of a stranger's making
	}
	if p.engine.overload.late(nanos(now)) {
		p.congestion.Excused(&p.departures, &p.transport, nanos(now))
		return
	}
	target, lost := p.congestion.Reported(&p.departures, &p.transport, nanos(now), p.rtt.Load())
	p.drained.Store(p.congestion.Drained())
	switch before := p.budget.Swap(target); {
	case probed(before, target):
		p.router.loop.post(func() { p.router.reconcile(p) })
	case target > 0 && (before == 0 || target < before):
		p.router.loop.post(func() { p.router.squeeze(p, now) })
	}
	p.redundancy.adapt(lost, target)
}

// probed reports whether a target rose as only a probe makes it rise: who is
// sent little is to have more at once.
func probed(before, target int64) bool { return before > 0 && 10*target > 11*before }

// slotOf finds the slot that sends with an SSRC.
func (p *Peer) slotOf(ssrc uint32) *slot {
	for _, s := range p.allSlots() {
		if s.bind.ssrc == ssrc {
			return s
		}
	}
	return nil
}

// resendBuffer is scratch space that most participants never need.
func (p *Peer) resendBuffer() []byte {
	if p.scratch == nil {
		p.scratch = make([]byte, receiveMTU)
	}
	return p.scratch
}

// viewed takes a viewer's reports about slots.
func (p *Peer) viewed(blocks []rtcp.ReceptionReport, now time.Time) {
	if len(blocks) == 0 {
		return
	}
	for i := range blocks {
		if s := p.slotOf(blocks[i].SSRC); s != nil {
			s.viewed(&blocks[i])
		}
	}
	if !p.congestion.Informed() && !p.engine.overload.late(nanos(now)) {
		p.viewerReported(now)
	}
}

// viewerReported takes the loss of all slots, weighted by what they are sent.
// Called with link.reading held.
func (p *Peer) viewerReported(now time.Time) {
	var lost, packets float64
	var bytes uint64
	for _, s := range p.allSlots() {
		s.mu.Lock()
		n := float64(s.counts.packets - s.viewer.packets)
		s.viewer.packets = s.counts.packets
		lost += s.viewer.fraction * n
		packets += n
		bytes += s.counts.bytes
		s.mu.Unlock()
	}
	if packets == 0 {
		return
	}
	p.redundancy.report(lost/packets, p.budget.Load())
	if limit, ok := p.congestion.LossReported(lost/packets, bytes, nanos(now)); ok {
		p.budget.Store(limit)
	}
}

// seekMore begins a probe if the slots would take more than the path is known
// to. Called by the router.
func (p *Peer) seekMore(now int64) {
	if p.budget.Load() == 0 {
		return // nothing is limited
	}
	number, _ := p.departures.Progress()
	if rate := p.congestion.BeginProbe(now, p.rtt.Load(), float64(p.wants()), number); rate > 0 {
		p.lane.probe(rate, now)
	}
}

// pictureLost passes a viewer's request on. An idle slot's decoder asks too,
// for nobody (RFC 4585 section 6.3.1).
func (p *Peer) pictureLost(ssrc uint32, now time.Time) {
	if s := p.slotOf(ssrc); s != nil {
		if l := s.carrying(); l != nil && !p.engine.overload.sheds(s.rank.Load()) {
			l.pub.askKeyframe(now, l)
		}
	}
}
