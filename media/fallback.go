package media

import "time"

// What is done for viewers who send no transport-wide feedback: what they say
// they can take counts (REMB, draft-alvestrand-rmcat-remb-03), else the loss
// they report, by the loss-based controller of draft-ietf-rmcat-gcc-02 section
// 6; without either nothing is limited.
const (
	rembLifetime = 10 * time.Second
	reportedHigh = 0.10 // share lost above which less is sent
	reportedLow  = 0.02 // and below which more is
)

// fallback is what such a viewer's reports come to.
type fallback struct {
	limit  float64 // bits/s, 0 if there is none
	rembAt int64   // Unix nanoseconds, 0 if none came
	at     int64   // when loss was looked at last
	bytes  uint64  // sent until then
}

// rembReported takes a viewer's own estimate, in bits/s. It returns the limit,
// and whether it counts.
func (c *congestion) rembReported(bitrate float64, now int64) (int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard != 0 {
		return 0, false
	}
	c.fallback.rembAt, c.fallback.limit = now, max(bitrate, minTarget)
	return int64(c.fallback.limit), true
}

// lossReported takes the share lost of what a viewer was sent; bytes is what
// left so far. It returns the limit, and whether it counts.
func (c *congestion) lossReported(share float64, bytes uint64, now int64) (int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := &c.fallback
	elapsed := time.Duration(now - f.at)
	if c.heard != 0 || f.rembAt != 0 && now-f.rembAt < int64(rembLifetime) || elapsed < time.Second/2 {
		return 0, false
	}
	sent := float64(bytes-min(f.bytes, bytes)) * 8 / elapsed.Seconds()
	first := f.at == 0
	f.at, f.bytes = now, bytes
	switch {
	case first:
		return 0, false
	case share > reportedHigh:
		if f.limit == 0 || f.limit > sent {
			f.limit = sent
		}
		f.limit = max(f.limit*(1-share/2), minTarget)
	case share < reportedLow && f.limit > 0:
		f.limit = max(f.limit, min(f.limit*increaseFactor, 2*sent+10_000))
	}
	return int64(f.limit), true
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
	p.redundancy.report(lost / packets)
	if limit, ok := p.congestion.lossReported(lost/packets, bytes, nanos(now)); ok {
		p.budget.Store(limit)
	}
}

// informed reports whether the viewer sends transport-wide feedback.
func (c *congestion) informed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard != 0
}
