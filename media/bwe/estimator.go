package bwe

import (
	"math"
	"sync"
	"time"
)

// The controller of draft-ietf-rmcat-gcc-02 sections 5.5 and 6, with three
// differences told in docs/adr/0017: nothing is limited before congestion was
// seen, loss that does not depend on what is sent does not count, and the way
// up is found by probes.
const (
	decreaseFactor = 0.85
	increaseFactor = 1.08 // a second
	ackedHeadroom  = 1.5  // how far ahead of what arrives the target may grow
	capacityChange = 0.3
	peakHalf       = 60.0 // seconds
	usualHalf      = 2.0  // seconds
	firstQueue     = 50.0 // milliseconds of queue before anything is limited at all
	leastQueue     = 15.0 // and afterwards: less is jitter
	longQueue      = 200.0
	lossDecrease   = 0.08 // excess loss that means congestion
	lossHold       = 0.04 // excess loss at which nothing grows
	maxInherent    = 0.30
	lossInterval   = 250 * time.Millisecond
	lossSample     = 25          // packets a share of loss is computed from, at least
	drainMost      = time.Second // for which pictures wait until a queue is gone
	voiceAlone     = time.Second // without pictures before the delay of voices counts
)

// MinTarget is the least that a target is, in bits per second: a voice and its repairs.
const MinTarget = 50_000

// Estimator estimates, for one viewer, how many bits a second the path takes.
type Estimator struct {
	mu      sync.Mutex
	trend   trend
	squeeze squeeze
	told    Kind // of packet whose delay these two are of
	acked   arrivalRate
	loss    lossMeter
	probe   probe

	fallback fallback
	target   float64 // bits/s, 0 before there was congestion: nothing is limited
	results  []packetResult

	capacity     float64 // mean of what arrived when the path was full, 0 if unknown
	peak         float64 // the most that arrived, the longer ago the less it counts
	usual        float64 // the same over seconds: what the slots are sent
	proved       float64 // what a probe has found since the target was lowered last
	lowered      float64 // what the target was lowered to last
	loweredAt    int64
	drained      int64 // when what waited in the path then will have come
	lastDecrease int64
	lastUpdate   int64
	heard        int64 // when feedback came last, Unix nanoseconds; 0 never
	pictureAt    int64 // when the last picture that came had left

	left   uint32 // the packet that was to leave next when that was looked at last
	leftAt int64  // when that was another
}

// packetResult is what feedback says of one packet.
type packetResult struct {
	number            uint32
	departed, arrived int64 // arrived is NoArrival if it was lost
	size              int
	kind              Kind
	wasLost           bool // it arrived, after it had been reported lost
}

// Reported takes a viewer's feedback and returns the target, and the share lost
// of late. rtt is nanoseconds.
func (c *Estimator) Reported(d *Departures, f *Feedback, now, rtt int64) (target int64, lost float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = now
	var sent uint64
	c.results, sent = d.reported(f, c.results[:0])
	c.usual = max(c.usual*math.Exp2(-time.Duration(now-c.lastUpdate).Seconds()/usualHalf), c.acked.rate())
	for i := range c.results {
		r := &c.results[i]
		c.probe.saw(r)
		if r.departed >= c.loweredAt { // what was lost before was answered by that
			c.loss.saw(r)
		}
		if r.arrived == NoArrival {
			continue
		}
		c.acked.add(r.arrived, r.size)
		if c.telling(r) {
			departed, arrived := float64(r.departed)/1e6, float64(r.arrived)/1e6
			c.trend.add(departed, arrived)
			if r.departed >= c.loweredAt {
				c.squeeze.add(departed, arrived, r.size, c.usual)
			}
		}
	}
	c.update(d, now, rtt, sent)
	return int64(c.target), c.loss.smoothed
}

// telling decides whether the delay of a packet tells of the queue: that of the
// pictures does, which make it, and that of voices where there are none.
func (c *Estimator) telling(r *packetResult) bool {
	switch {
	case r.kind == Picture:
		c.pictureAt = max(c.pictureAt, r.departed)
	case r.departed-c.pictureAt < int64(voiceAlone):
		return false
	}
	if r.kind != c.told {
		c.told, c.trend, c.squeeze = r.kind, trend{threshold: c.trend.threshold}, squeeze{}
	}
	return true
}

// Excused takes feedback about packets that waited in this server, because it had
// more to do than it can. What was known of the path stays, and a probe that was
// under way says nothing.
func (c *Estimator) Excused(d *Departures, f *Feedback, now int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard, c.lastUpdate = now, now
	c.results, _ = d.reported(f, c.results[:0])
	c.trend.restart()
	c.squeeze = squeeze{}
	c.loss.lost, c.loss.got, c.loss.since = 0, 0, 0
	if c.probe.active {
		c.probe.active, c.probe.next = false, now+int64(probeWait) // not at once: that would go on for as long
	}
}

// update moves the target.
func (c *Estimator) update(d *Departures, now, rtt int64, sent uint64) {
	acked := c.acked.rate()
	c.peak = max(c.peak*math.Exp2(-time.Duration(now-c.lastUpdate).Seconds()/peakHalf), acked)
	c.loss.measure(now, sent, c.target > 0 && c.target <= 1.05*c.lowered && c.trend.queue < leastQueue, c.target)
	carried := c.squeeze.rate()
	switch rate, done := c.probe.result(now, rtt); {
	case done:
		c.probed(rate, now)
	case c.probe.under(now, rtt):
		// What the probe does to the queue is its own judgement's business.
	case now < c.drained+rtt:
		// What comes left before, or is little because no picture is sent.
		c.trend.restart()
		c.trend.queue = 0
	case carried > 0:
		c.decrease(decreaseFactor*carried, carried, now, rtt)
		c.drain(d.underWay(), carried, now, rtt)
	case c.overused():
		full, certain := c.throughput(acked)
		to := decreaseFactor * full
		if !certain {
			to = max(to, c.target/2) // what arrives is little also because little is sent
		}
		c.decrease(to, full, now, rtt)
		if certain {
			c.drain(d.underWay(), full, now, rtt)
		}
	case c.lossy() && acked > 0 && c.loss.fresh:
		c.decrease(max(acked, c.target*(1-c.loss.excess()), c.target/2), acked, now, rtt)
	case c.trend.usage == usageNormal && c.loss.excess() < lossHold:
		c.increase(acked, now, rtt)
	}
	c.loss.fresh = false
	c.lastUpdate = now
}

// overused reports whether the queue grows and is long enough to matter.
func (c *Estimator) overused() bool {
	least := leastQueue
	if c.target == 0 {
		least = firstQueue
	}
	return c.trend.usage == usageOver && c.trend.queue > least
}

// throughput is what the path carries where it carries too little. Behind a long
// queue what arrived just now says it best, since nothing else was the limit; not
// less than a third of acked, since networks also stall and catch up.
func (c *Estimator) throughput(acked float64) (rate float64, certain bool) {
	if c.trend.queue < longQueue {
		return acked, false
	}
	return min(acked, max(c.acked.over(shortBuckets), acked/3)), true
}

// lossy reports whether so much is lost that too much must be sent. To limit
// somebody at all takes twice the certainty.
func (c *Estimator) lossy() bool {
	excess := c.loss.excess()
	if c.target == 0 {
		excess -= c.loss.doubt
	}
	return excess > lossDecrease
}

// decrease lowers the target to a share of what arrives, once a round trip.
func (c *Estimator) decrease(to, acked float64, now, rtt int64) {
	if acked == 0 || now-c.lastDecrease < rtt+int64(100*time.Millisecond) && acked > c.target/2 {
		return
	}
	c.lastDecrease = now
	if c.target > 0 && to >= c.target {
		return // it was lowered already, and what is sent has yet to follow
	}
	if math.Abs(acked-c.capacity) > capacityChange*c.capacity {
		c.capacity = acked // another path than before
	}
	c.capacity += (acked - c.capacity) / 4
	c.target, c.proved = max(to, MinTarget), 0
	c.lowered, c.loweredAt = c.target, now
}

// drain has what waits in the path come before pictures follow it, where the path
// carries a rate, in bits/s.
func (c *Estimator) drain(waiting int, rate float64, now, rtt int64) {
	c.squeeze = squeeze{}
	takes := time.Duration(float64(waiting) * 8 / max(rate, MinTarget) * float64(time.Second))
	c.drained = now + int64(min(takes, drainMost)) - rtt
}

// Drained is the moment, in Unix nanoseconds, before which pictures that are sent
// would wait in the path behind what waits there, and voices behind them: 0 or past
// if there is none. Any goroutine may call it.
func (c *Estimator) Drained() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drained
}

// increase raises the target: slowly near where the path was full before, else
// by a share a second, and never far beyond what is known to arrive.
func (c *Estimator) increase(acked float64, now, rtt int64) {
	if c.target == 0 || acked == 0 {
		return
	}
	elapsed := min(time.Duration(now-c.lastUpdate).Seconds(), 1)
	grown := c.target
	if near := c.capacity; near > 0 && c.target > 0.85*near && c.target < 1.15*near {
		const packet = 1200 * 8
		response := time.Duration(rtt).Seconds() + 0.1
		grown += elapsed * packet / response
	} else {
		if c.target >= 1.15*near {
			c.capacity = 0
		}
		grown *= math.Pow(increaseFactor, elapsed)
	}
	c.target = max(c.target, min(grown, ackedHeadroom*acked+10_000))
}

// probed takes the result of a probe, in bits/s.
func (c *Estimator) probed(rate float64, now int64) {
	c.trend.restart()
	c.squeeze = squeeze{}
	c.probe.schedule(rate, now, c.target < c.peak/2)
	if rate > c.target {
		c.target, c.proved, c.capacity = rate, rate, 0
	}
}

// Proved is how many bits a second the path took when it was probed last, 0 if
// there has been congestion since. Any goroutine may call it.
func (c *Estimator) Proved() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(c.proved)
}

// arrivalRate is how many bits a second arrive, by the viewer's clock.
type arrivalRate struct {
	buckets [10]int // bytes
	newest  int64   // index of the newest bucket since the clock began
	first   int64   // of the first, 0 before
}

const (
	rateBucket   = int64(50 * time.Millisecond)
	shortBuckets = int64(longQueue/50) - 1 // the packets of these were all in the queue
)

func (a *arrivalRate) add(at int64, size int) {
	i := at / rateBucket
	switch {
	case a.first == 0 || i-a.newest > 100 || a.newest-i > 100:
		*a = arrivalRate{newest: i, first: i}
	case i > a.newest:
		for n := max(a.newest+1, i-int64(len(a.buckets))+1); n <= i; n++ {
			a.buckets[n%int64(len(a.buckets))] = 0
		}
		a.newest = i
	case a.newest-i >= int64(len(a.buckets)):
		return
	}
	a.buckets[i%int64(len(a.buckets))] += size
}

// rate is the mean of all that is remembered.
func (a *arrivalRate) rate() float64 { return a.over(int64(len(a.buckets)) - 1) }

// over is the mean of the last few buckets, 0 while too little is known. The
// newest is not full yet and does not count.
func (a *arrivalRate) over(most int64) float64 {
	n := min(a.newest-a.first, most)
	if n < 3 {
		return 0
	}
	total := 0
	for i := a.newest - n; i < a.newest; i++ {
		total += a.buckets[i%int64(len(a.buckets))]
	}
	return float64(total) * 8 / (float64(n) * float64(rateBucket) / 1e9)
}

// lossMeter tells loss that comes of sending too much from loss that is there
// anyhow, on a radio link say: the latter stays when less is sent.
type lossMeter struct {
	lost, got int
	since     int64
	sentAt    uint64  // bytes sent in all when the interval began
	share     float64 // of the last interval
	smoothed  float64 // over some two seconds
	doubt     float64 // standard deviation of share, were it chance
	sent      float64 // bits/s in it
	inherent  float64 // loss that does not depend on the rate
	fresh     bool    // an interval has just ended
}

func (m *lossMeter) saw(r *packetResult) {
	switch {
	case r.arrived == NoArrival:
		m.lost++
	case r.wasLost:
		m.lost, m.got = max(m.lost-1, 0), m.got+1
	default:
		m.got++
	}
}

// measure ends an interval when it is long enough. lowered says that less is
// meant to be sent than when there was congestion, and that no queue is left:
// loss that stays then was not made by us.
func (m *lossMeter) measure(now int64, sent uint64, lowered bool, target float64) {
	if m.since == 0 {
		m.since, m.sentAt = now, sent
	}
	elapsed := now - m.since
	if elapsed < int64(lossInterval) || m.lost+m.got < lossSample {
		return
	}
	n := float64(m.lost + m.got)
	m.share = float64(m.lost) / n
	m.smoothed += (m.share - m.smoothed) / 8
	m.doubt = math.Sqrt(m.share * (1 - m.share) / n)
	m.sent = float64(sent-m.sentAt) * 8 / (float64(elapsed) / 1e9)
	m.lost, m.got, m.since, m.sentAt, m.fresh = 0, 0, now, sent, true
	switch {
	case m.share < m.inherent:
		m.inherent += (m.share - m.inherent) / 4
	case lowered && m.sent < 1.15*target:
		const learn = 2.0 // seconds
		m.inherent += (m.share - m.inherent) * min(float64(elapsed)/1e9/learn, 1)
	}
	m.inherent = min(m.inherent, maxInherent)
}

// excess is the share of packets lost because too much is sent, as far as it
// is not chance.
func (m *lossMeter) excess() float64 { return max(m.share-m.inherent-m.doubt, 0) }
