package media

import (
	"time"

	"callsvc/call"
)

// sample is what one interval measured of a participant's network.
type sample struct {
	rtt, jitter      time.Duration
	lossUp, lossDown float64 // shares, 0..1
	silent           bool    // the transport is down
	measured         bool    // there was a transport at all
}

// gradeLimits are the thresholds of TRTC's six grades: a network is as bad as its worst figure.
var gradeLimits = [...]struct {
	grade  call.Quality
	rtt    time.Duration
	jitter time.Duration
	loss   float64
}{
	{call.QualityExcellent, 100 * time.Millisecond, 30 * time.Millisecond, 0.01},
	{call.QualityGood, 200 * time.Millisecond, 60 * time.Millisecond, 0.03},
	{call.QualityPoor, 350 * time.Millisecond, 120 * time.Millisecond, 0.08},
	{call.QualityBad, 600 * time.Millisecond, 250 * time.Millisecond, 0.20},
}

// grade maps measurements to TRTC's onNetworkQuality.
func grade(s sample) call.Quality {
	switch {
	case s.silent:
		return call.QualityDown
	case !s.measured:
		return call.QualityUnknown
	}
	for _, limit := range gradeLimits {
		if s.rtt <= limit.rtt && s.jitter <= limit.jitter && max(s.lossUp, s.lossDown) <= limit.loss {
			return limit.grade
		}
	}
	return call.QualityVeryBad
}

// streamTotals add up what one peer sent and received since it joined.
type streamTotals struct {
	expected, received uint64 // of what it publishes
	sent, lost         uint64 // of what it is sent
}

// qualityMeter turns totals into intervals and keeps the means for the record.
type qualityMeter struct {
	last  streamTotals
	ended streamTotals // of streams that are no more
	grade call.Quality

	lossUp, lossDown float64 // of the last interval

	rtt, jitter          time.Duration // sums
	rttKnown, gradeKnown int
	gradeSum             int
	worst                call.Quality
}

// tellQuality measures how a peer is connected, and tells it.
func (r *router) tellQuality(p *Peer) {
	p.quality.grade = p.measure()
	if p.connected.Load() {
		p.observer.NetworkQuality(p.quality.grade, r.qualitiesFor(p))
		p.observer.Statistics(p.statistics(qualityTicks * tickInterval))
	}
}

// qualitiesFor lists how the others are connected; in large rooms those in one's slots.
func (r *router) qualitiesFor(p *Peer) []call.UserQuality {
	var remote []call.UserQuality
	tell := func(other *Peer) {
		if other != p {
			remote = append(remote, call.UserQuality{UserID: other.user, Quality: other.quality.grade})
		}
	}
	if len(r.peers) <= everybodyKnown {
		for _, other := range r.peers {
			tell(other)
		}
		return remote
	}
	told := map[*Peer]bool{}
	for _, s := range p.allSlots() {
		if s.assigned != nil && !told[s.assigned.peer] {
			told[s.assigned.peer] = true
			tell(s.assigned.peer)
		}
	}
	return remote
}

// measure grades the last interval and brings the summary up to date.
func (p *Peer) measure() call.Quality {
	totals, jitter := p.totals()
	last := p.quality.last
	p.quality.last = totals
	s := sample{
		rtt: time.Duration(p.rtt.Load()), jitter: jitter,
		measured: p.monitor.known, silent: p.monitor.known && !p.monitor.up,
		lossUp:   share(totals.expected-min(last.expected, totals.expected), totals.received-min(last.received, totals.received)),
		lossDown: lostShare(totals.lost-min(last.lost, totals.lost), totals.sent-min(last.sent, totals.sent)),
	}
	p.quality.lossUp, p.quality.lossDown = s.lossUp, s.lossDown
	g := grade(s)
	p.quality.add(s, g)
	p.summary.Store(p.quality.summary(totals))
	return g
}

// totals adds up all streams; jitter is the worst of those published.
func (p *Peer) totals() (streamTotals, time.Duration) {
	t := p.quality.ended
	var worst time.Duration
	for _, l := range p.allLayers() {
		l.mu.Lock()
		t.expected += l.seq.expected()
		t.received += l.seq.received
		if l.rtcp.clock > 0 {
			worst = max(worst, time.Duration(l.rtcp.jitter/float64(l.rtcp.clock)*float64(time.Second)))
		}
		l.mu.Unlock()
	}
	for _, s := range p.allSlots() {
		s.mu.Lock()
		t.sent += uint64(s.counts.packets)
		t.lost += uint64(s.viewer.lost)
		s.mu.Unlock()
	}
	return t, worst
}

// end keeps the figures of a stream that is no more.
func (q *qualityMeter) end(l *layer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q.ended.expected += l.seq.expected()
	q.ended.received += l.seq.received
}

// add takes one interval into the means.
func (q *qualityMeter) add(s sample, g call.Quality) {
	if g == call.QualityUnknown {
		return
	}
	q.gradeKnown++
	q.gradeSum += int(g)
	q.worst = max(q.worst, g)
	q.jitter += s.jitter
	if s.rtt > 0 {
		q.rttKnown++
		q.rtt += s.rtt
	}
}

// summary is what goes into the record.
func (q *qualityMeter) summary(t streamTotals) *call.MediaSummary {
	m := &call.MediaSummary{
		LossSent: share(t.expected, t.received), LossReceived: lostShare(t.lost, t.sent),
		PacketsSent: t.received, PacketsReceived: t.sent - min(t.lost, t.sent), Worst: q.worst,
	}
	if q.rttKnown > 0 {
		m.RTTMs = int((q.rtt / time.Duration(q.rttKnown)).Milliseconds())
	}
	if q.gradeKnown > 0 {
		m.JitterMs = int((q.jitter / time.Duration(q.gradeKnown)).Milliseconds())
		m.Mean = call.Quality((q.gradeSum + q.gradeKnown/2) / q.gradeKnown)
	}
	return m
}

// share is the part of expected packets that did not come.
func share(expected, received uint64) float64 {
	if expected == 0 || received >= expected {
		return 0
	}
	return float64(expected-received) / float64(expected)
}

// lostShare is the part of sent packets that were lost.
func lostShare(lost, sent uint64) float64 {
	if sent == 0 {
		return 0
	}
	return min(float64(lost)/float64(sent), 1)
}
