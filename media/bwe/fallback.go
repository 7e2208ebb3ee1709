package bwe

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

// REMBReported takes a viewer's own estimate, in bits/s. It returns the limit,
// and whether it counts.
func (c *Estimator) REMBReported(bitrate float64, now int64) (int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard != 0 {
		return 0, false
	}
	c.fallback.rembAt, c.fallback.limit = now, max(bitrate, MinTarget)
	return int64(c.fallback.limit), true
}

// LossReported takes the share lost of what a viewer was sent; bytes is what
// left so far. It returns the limit, and whether it counts.
func (c *Estimator) LossReported(share float64, bytes uint64, now int64) (int64, bool) {
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
		f.limit = max(f.limit*(1-share/2), MinTarget)
	case share < reportedLow && f.limit > 0:
		f.limit = max(f.limit, min(f.limit*increaseFactor, 2*sent+10_000))
	}
	return int64(f.limit), true
}

// Informed reports whether the viewer sends transport-wide feedback.
func (c *Estimator) Informed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard != 0
}
