package bwe

import "math"

// usage is what the delay of packets says of the path.
type usage int8

const (
	usageNormal usage = iota
	usageOver         // a queue grows: more is sent than the path carries
	usageUnder        // a queue drains
)

// The delay-gradient filter and the detector of draft-ietf-rmcat-gcc-02
// sections 5.3 to 5.5, with the line fitted to the last groups that libwebrtc
// uses in place of the draft's Kalman filter. Times are milliseconds.
const (
	burstSpan      = 5.0 // packets sent within it are one group
	trendWindow    = 20  // groups the line is fitted to
	trendSmoothing = 0.9
	trendGain      = 4.0
	trendDeltas    = 60 // groups after which the slope counts in full
	overuseTime    = 10.0
	thresholdStart = 12.5
	thresholdMin   = 6.0
	thresholdMax   = 600.0
	thresholdUp    = 0.0087
	thresholdDown  = 0.039
	thresholdSkip  = 15.0 // how far beyond the threshold a spike does not move it
	trendGap       = 3000.0
	baseSpan       = 10_000.0 // how long the least delay is remembered, at least
	jumpLeast      = 15.0     // growth within one group that may be a longer way
	jumpQueue      = 0.25     // of that, by which it grows further if it was a queue
)

// trend watches the delay of the packets to one viewer.
type trend struct {
	current, before burst
	points          [trendWindow]point
	count           int // groups seen since the line began
	accumulated     float64
	smoothed        float64
	slope           float64 // modified as in the draft: comparable to the threshold
	threshold       float64
	overFor         float64
	overCount       int
	base            [2]float64 // least delay of this span and of the one before
	baseSince       float64
	queue           float64 // delay above the least of late, smoothed
	jump            jump
	usage           usage
}

// jump is delay that came within one group, and what has come of it: a queue
// goes on growing, or drains. The way that became longer, of who went from one
// network to another say, stays as it is.
type jump struct {
	size, grown float64 // 0 while there is none; what was added since
	groups      int     // since
	least       float64 // delay since
}

// burst is a group of packets that were sent together.
type burst struct {
	first, last float64 // when they left
	arrival     float64 // of the last, by the viewer's clock
	packets     int
}

type point struct{ at, delay float64 }

// add takes a packet that arrived, in the order they were sent.
func (t *trend) add(departed, arrived float64) {
	switch c := &t.current; {
	case c.packets == 0:
		*c = burst{departed, departed, arrived, 1}
	case departed < c.first:
		// It was overtaken and belongs to a group that is judged already.
	case departed-c.first <= burstSpan || t.caughtUp(departed, arrived):
		c.last, c.arrival, c.packets = max(c.last, departed), max(c.arrival, arrived), c.packets+1
	default:
		if t.before.packets > 0 {
			t.group(c.last-t.before.last, c.arrival-t.before.arrival, c.last, c.arrival)
		}
		t.before, t.current = t.current, burst{departed, departed, arrived, 1}
	}
}

// caughtUp reports whether a packet was let go by the network together with
// the one before it: Wi-Fi and cellular links deliver in clumps.
func (t *trend) caughtUp(departed, arrived float64) bool {
	between := arrived - t.current.arrival
	return between-(departed-t.current.last) < 0 && between <= burstSpan && arrived-t.current.arrival < 100
}

// group judges a whole group by the times since the one before.
func (t *trend) group(sent, received, departed, arrival float64) {
	if sent > trendGap || received > trendGap || received < -trendGap {
		*t = trend{threshold: t.threshold}
		return
	}
	t.measureQueue(departed, arrival)
	t.count++
	t.accumulated += t.growth(received-sent, arrival-departed)
	t.smoothed = trendSmoothing*t.smoothed + (1-trendSmoothing)*t.accumulated
	t.points[t.count%trendWindow] = point{arrival, t.smoothed}
	previous := t.slope
	if t.count >= trendWindow {
		t.slope = min(float64(t.count), trendDeltas) * t.fit() * trendGain
	}
	t.detect(previous, sent, received)
}

// growth is how much of what a group's delay has changed by says something of a
// queue. What came at once waits until that is known.
func (t *trend) growth(change, delay float64) float64 {
	j := &t.jump
	switch {
	case j.size > 0:
		j.grown, j.groups, j.least = j.grown+change, j.groups+1, min(j.least, delay)
	case change > jumpLeast:
		*j = jump{size: change, least: delay}
	default:
		return change
	}
	switch was := *j; {
	case math.Abs(was.grown) > jumpQueue*was.size:
		*j = jump{}
		return was.size + was.grown
	case was.groups >= trendWindow:
		*j = jump{}
		t.base, t.queue = [2]float64{was.least, was.least}, max(delay-was.least, 0)
		return was.grown
	}
	return 0
}

// measureQueue follows how much longer packets take than the fastest of late:
// what waits in queues on the way.
func (t *trend) measureQueue(departed, arrival float64) {
	delay := arrival - departed
	switch {
	case t.baseSince == 0:
		t.base, t.baseSince = [2]float64{delay, delay}, arrival
	case arrival-t.baseSince > baseSpan:
		t.base, t.baseSince = [2]float64{delay, t.base[0]}, arrival
	default:
		t.base[0] = min(t.base[0], delay)
	}
	t.queue += (delay - min(t.base[0], t.base[1]) - t.queue) / 8
}

// fit is the slope of the line through the points, by least squares.
func (t *trend) fit() float64 {
	var at, delay float64
	for _, p := range t.points {
		at += p.at
		delay += p.delay
	}
	at, delay = at/trendWindow, delay/trendWindow
	var above, below float64
	for _, p := range t.points {
		above += (p.at - at) * (p.delay - delay)
		below += (p.at - at) * (p.at - at)
	}
	if below == 0 {
		return 0
	}
	return above / below
}

// detect compares the slope with the threshold, which follows it slowly so that
// a flow beside ours that fills queues does not starve us.
func (t *trend) detect(previous, sent, elapsed float64) {
	if t.threshold == 0 {
		t.threshold = thresholdStart
	}
	switch {
	case t.slope > t.threshold:
		t.overFor += sent
		t.overCount++
		if t.overFor > overuseTime && t.overCount > 1 && t.slope >= previous {
			t.overFor, t.overCount, t.usage = 0, 0, usageOver
		}
	case t.slope < -t.threshold:
		t.overFor, t.overCount, t.usage = 0, 0, usageUnder
	default:
		t.overFor, t.overCount, t.usage = 0, 0, usageNormal
	}
	size := math.Abs(t.slope)
	if size > t.threshold+thresholdSkip {
		return
	}
	k := thresholdUp
	if size < t.threshold {
		k = thresholdDown
	}
	t.threshold += k * (size - t.threshold) * min(max(elapsed, 0), 100)
	t.threshold = min(max(t.threshold, thresholdMin), thresholdMax)
}

// restart forgets the line, after what was sent on purpose to fill the path.
func (t *trend) restart() {
	t.count, t.accumulated, t.smoothed, t.slope, t.usage = 0, 0, 0, 0, usageNormal
	t.before, t.current, t.jump = burst{}, burst{}, jump{}
}
