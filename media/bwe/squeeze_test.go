package bwe

import (
	"math"
	"testing"
)

// fifo is a queue before a bottleneck.
type fifo struct{ free float64 } // milliseconds

// pass is when a packet of so many bytes that came at a moment has passed, where
// so many bits a second do.
func (f *fifo) pass(at float64, bytes int, rate float64) float64 {
	f.free = max(f.free, at) + float64(bytes)*8/rate*1e3
	return f.free
}

// What is told of a path: how much it carries and how much longer it takes, at a
// millisecond of the story.
type pathStory struct {
	name   string
	rate   func(ms float64) float64
	longer func(ms float64) float64
	key    float64 // the frame at this millisecond is six times as large
	narrow float64 // what it is to be found to carry, 0 nothing
	within float64 // milliseconds, of the sender's
}

func TestAPathThatBecomesNarrowIsToldFromOneThatHesitates(t *testing.T) {
	always := func(v float64) func(float64) float64 { return func(float64) float64 { return v } }
	from := func(at, before, after float64) func(float64) float64 {
		return func(ms float64) float64 {
			if ms < at {
				return before
			}
			return after
		}
	}
	// Nothing passes for some milliseconds, and then everything.
	stalls := func(most, every float64) func(float64) float64 {
		return func(ms float64) float64 {
			if ms < 1000 {
				return 0
			}
			return max(most-math.Mod(ms, every), 0)
		}
	}
	zero := always(0)
	for _, c := range []pathStory{
		{name: "3 to 0.3 Mbit/s", rate: from(2000, 3e6, 0.3e6), longer: zero, narrow: 0.3e6, within: 150},
		{name: "3 to 0.1 Mbit/s", rate: from(2000, 3e6, 0.1e6), longer: zero, narrow: 0.1e6, within: 150},
		{name: "10 to 0.5 Mbit/s", rate: from(2000, 10e6, 0.5e6), longer: zero, narrow: 0.5e6, within: 200},
		{name: "narrow and longer at once", rate: from(2000, 3e6, 0.3e6), longer: from(2000, 0, 200), narrow: 0.3e6, within: 200},
		{name: "steady", rate: always(3e6), longer: zero},
		{name: "just enough", rate: always(1.4e6), longer: zero},
		{name: "a keyframe that takes its time", rate: always(1.6e6), longer: zero, key: 2000},
		{name: "a longer way", rate: always(3e6), longer: from(2000, 0, 200)},
		{name: "longer, and longer again", rate: always(3e6), longer: func(ms float64) float64 { return 100 * min(max(math.Floor(ms/2000), 0), 2) }},
		{name: "stands still for 100 ms each 300", rate: always(3e6), longer: stalls(100, 300)},
		{name: "stands still for 400 ms each second", rate: always(3e6), longer: stalls(400, 1000)},
		{name: "30 ms to and fro", rate: always(3e6), longer: func(ms float64) float64 { return 15 + 15*math.Sin(ms/40) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			rate, at := c.watch()
			switch {
			case c.narrow == 0 && rate != 0:
				t.Errorf("found to carry %.0f bit/s at %.0f ms", rate, at)
			case c.narrow != 0 && math.Abs(rate-c.narrow) > 0.2*c.narrow:
				t.Errorf("found to carry %.0f bit/s, want %.0f", rate, c.narrow)
			case c.narrow != 0 && at > 2000+c.within:
				t.Errorf("found for packets sent until %.0f ms", at)
			}
		})
	}
}

// watch sends 1.2 Mbit/s in 15 frames a second, each within 30 ms, until the path
// is found narrow or ten seconds are over. It returns what it was found to carry,
// and when the packet left that said so.
func (c *pathStory) watch() (rate, at float64) {
	const frame, size, frames = 1000.0 / 15, 1000, 10
	var s squeeze
	var f fifo
	var acked arrivalRate
	for begin := 0.0; begin < 10_000; begin += frame {
		packets := frames
		if c.key > 0 && begin <= c.key && c.key < begin+frame {
			packets *= 6
		}
		for i := range packets {
			left := begin + 3*float64(i)
			came := f.pass(left, size, c.rate(left)) + c.longer(left)
			usual := acked.rate()
			acked.add(int64(came*1e6), size)
			s.add(left, came, size, usual)
			if rate := s.rate(); rate > 0 {
				return rate, left
			}
		}
	}
	return 0, 0
}
