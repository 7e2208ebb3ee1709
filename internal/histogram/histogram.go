package histogram

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// subBits is how many bits of a duration are kept below its highest: a bucket
// is at most 1/64 of its value wide.
const subBits = 6

// Histogram counts durations in buckets whose width grows with the value, so
// that it is of one size and percentiles are exact to 1.6 %. The zero value is
// empty. It may be used from any goroutine.
type Histogram struct {
	buckets [(64 - subBits) << subBits]atomic.Int64
	max     atomic.Int64
}

// Record counts a duration; a negative one counts as 0.
func (h *Histogram) Record(d time.Duration) {
	d = max(d, 0)
	h.buckets[bucketOf(d)].Add(1)
	for {
		most := h.max.Load()
		if int64(d) <= most || h.max.CompareAndSwap(most, int64(d)) {
			return
		}
	}
}

// bucketOf maps the values below 128 to a bucket each, and every further
// doubling to 64.
func bucketOf(d time.Duration) int {
	v := uint64(d)
	shift := max(0, bits.Len64(v)-subBits-1)
	return shift<<subBits + int(v>>shift)
}

// highest is the largest duration in a bucket.
func highest(bucket int) time.Duration {
	shift := max(0, bucket>>subBits-1)
	v := uint64(bucket - shift<<subBits)
	return time.Duration((v+1)<<shift - 1)
}

// Count is how many were recorded.
func (h *Histogram) Count() int64 {
	n := int64(0)
	for i := range h.buckets {
		n += h.buckets[i].Load()
	}
	return n
}

// Percentile returns a duration that p percent of those recorded do not
// exceed, 0 if there are none.
func (h *Histogram) Percentile(p float64) time.Duration {
	rank := int64(float64(h.Count())*p/100 + 0.999999)
	seen := int64(0)
	for i := range h.buckets {
		if seen += h.buckets[i].Load(); seen >= rank && seen > 0 {
			return min(highest(i), time.Duration(h.max.Load()))
		}
	}
	return 0
}

// Latency is how long one thing took, in milliseconds.
type Latency struct {
	Of    string  `json:"of"`
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// Latency sums up what was recorded of one thing.
func (h *Histogram) Latency(of string) Latency {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Latency{
		Of: of, Count: h.Count(), Max: ms(time.Duration(h.max.Load())),
		P50: ms(h.Percentile(50)), P90: ms(h.Percentile(90)), P99: ms(h.Percentile(99)),
	}
}
