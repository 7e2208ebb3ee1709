package media

import (
	"sync/atomic"
	"time"
)

// Delays is how long packets were in the server: from when the kernel received
// them until it has taken what is forwarded of them. All that leave with one
// system call leave at its end, and a frame's packets that the kernel is to split
// came with the first. What the pacer holds back for a narrow path does not count
// while it is held, and media that comes by TCP or TURN not at all.
type Delays struct {
	Counts []uint64      // of datagrams; the i-th are those of at most DelayBounds()[i], the last are longer
	Sum    time.Duration // of all of them
}

// DelayBounds are the bounds of Delays, in growing order.
func DelayBounds() []time.Duration { return delayBounds[:] }

var delayBounds = [...]time.Duration{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond, 4 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond,
	200 * time.Millisecond, 500 * time.Millisecond, time.Second,
}

// delays counts them. Only the goroutine that sends counts.
type delays struct {
	counts [len(delayBounds) + 1]atomic.Uint64
	sum    atomic.Int64
}

// count notes that n datagrams left at now which are of one that had come at came
// (Unix nanoseconds; 0 is not known).
func (d *delays) count(n int, came, now int64) {
	if came == 0 {
		return
	}
	took := max(now-came, 0) // the clock may have been set meanwhile
	i := 0
	for i < len(delayBounds) && took > int64(delayBounds[i]) {
		i++
	}
	d.counts[i].Add(uint64(n))
	d.sum.Add(took * int64(n))
}

// snapshot is what was counted so far.
func (d *delays) snapshot() Delays {
	s := Delays{Counts: make([]uint64, len(d.counts)), Sum: time.Duration(d.sum.Load())}
	for i := range d.counts {
		s.Counts[i] = d.counts[i].Load()
	}
	return s
}
