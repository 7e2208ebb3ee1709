package bwe

import "time"

// A probe finds out whether the path takes more than is sent: for a moment
// padding goes out besides, and what comes of it is measured. The first asks for
// little, since the queue it makes where there is no more delays everything; one
// that went through is followed at once by a larger one. Failed ones become rare.
const (
	probeFactor   = 2.0         // of the target
	probeFurther  = 3.0         // after one that went through
	probeBeyond   = 1.5         // of what is wanted, at most: a burst measures less than it was sent at
	probeSmallest = 200_000.0   // bits/s: ten packets, of fewer nothing can be said
	probeCalm     = time.Second // after a decrease
	probeWait     = 2 * time.Second
	probeWaitMost = 20 * time.Second // at most; while the path once took much more, probeWait
	probeTimeout  = time.Second      // for its feedback, and a round trip
	probeLeast    = 5                // packets that must arrive for a judgement
)

// ProbeTime is how long a probe is sent.
const ProbeTime = 120 * time.Millisecond

// probe is the one under way, and when the next may be.
type probe struct {
	active      bool
	first, last uint32 // the numbers of its packets; last is known when it has ended
	ended       bool
	began       int64
	until       int64 // its end, or when it was given up
	next        int64
	wait        int64
	further     bool    // the last one went through
	target      float64 // when it began

	packets, bytes       int
	departFrom, departTo int64
	arriveFrom, arriveTo int64
	firstSize, lastSize  int
	reachedEnd           bool
}

// BeginProbe decides whether to probe now and returns the rate to send at in all, in
// bits/s, 0 if not. wanted is what the slots would take, number that of the packet
// that leaves next.
func (c *Estimator) BeginProbe(now, rtt int64, wanted float64, number uint32) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &c.probe
	if number != c.left {
		c.left, c.leftAt = number, now
	}
	if rate, done := p.result(now, rtt); done { // nothing was heard of it that would have said so
		c.probed(rate, now)
	}
	calm := now-c.lastDecrease > int64(probeCalm)+rtt
	if p.active || c.target == 0 || wanted <= c.target || now < p.next || !calm || c.heard == 0 {
		return 0
	}
	// Where nothing is sent, nobody tells of it: what was seen last, or that
	// nothing is heard, is no reason then to wait for ever.
	idle := now-c.leftAt > int64(time.Second)+rtt
	if !idle && (c.trend.usage == usageOver || c.loss.excess() > lossHold || now-c.heard > int64(time.Second)+rtt) {
		return 0
	}
	factor := probeFactor
	if p.further {
		factor = probeFurther
	}
	*p = probe{active: true, first: number, began: now, wait: p.wait, target: c.target}
	return min(max(factor*c.target, probeSmallest), probeBeyond*wanted)
}

// EndProbe ends the sending of a probe; number is the first that is not of it.
func (c *Estimator) EndProbe(number uint32, now int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probe.last, c.probe.ended, c.probe.until = number-1, true, now
}

// under reports whether a probe's packets may be in the path.
func (p *probe) under(now, rtt int64) bool {
	return p.active || p.until != 0 && now-p.until < rtt+int64(ProbeTime)
}

// saw takes the result of a packet.
func (p *probe) saw(r *packetResult) {
	if !p.active || int32(r.number-p.first) < 0 || p.ended && int32(r.number-p.last) > 0 {
		return
	}
	if p.ended && r.number == p.last {
		p.reachedEnd = true
	}
	if r.arrived == NoArrival {
		return
	}
	if p.packets == 0 {
		p.departFrom, p.departTo, p.arriveFrom, p.arriveTo = r.departed, r.departed, r.arrived, r.arrived
		p.firstSize = r.size
	}
	p.packets++
	p.bytes += r.size
	p.departFrom = min(p.departFrom, r.departed)
	if r.departed >= p.departTo {
		p.departTo, p.lastSize = r.departed, r.size
	}
	if r.arrived < p.arriveFrom {
		p.arriveFrom, p.firstSize = r.arrived, r.size
	}
	p.arriveTo = max(p.arriveTo, r.arrived)
}

// result judges a probe when its last packet was reported on, or too late.
func (p *probe) result(now, rtt int64) (rate float64, done bool) {
	late := p.ended && now-p.until > int64(probeTimeout)+rtt
	if !p.active || !p.ended || !p.reachedEnd && !late {
		return 0, false
	}
	p.active, p.until = false, now
	rate, full := p.measured()
	p.further = !full && rate > 1.1*p.target
	return rate, true
}

// schedule says when the next may be, after one that found a rate. low is that
// the path once took much more.
func (p *probe) schedule(rate float64, now int64, low bool) {
	switch {
	case p.further:
		p.wait = 0
	case low || rate > 1.1*p.target:
		p.wait = int64(probeWait)
	default:
		p.wait = min(max(2*p.wait, int64(probeWait)), int64(probeWaitMost))
	}
	p.next = now + p.wait
}

// measured is the lower of the rates at which the packets left and arrived. If
// they arrived clearly slower, the path was full: a little less is safe.
func (p *probe) measured() (rate float64, full bool) {
	sending, receiving := float64(p.departTo-p.departFrom)/1e9, float64(p.arriveTo-p.arriveFrom)/1e9
	if p.packets < probeLeast || sending <= 0 || receiving <= 0 {
		return 0, true
	}
	sent, received := float64(p.bytes-p.lastSize)*8/sending, float64(p.bytes-p.firstSize)*8/receiving
	if received < 0.9*sent {
		return 0.9 * received, true
	}
	return min(sent, received), false
}
