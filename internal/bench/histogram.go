package bench

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// subBits is how many bits of a duration are kept below its highest: a bucket
// is at most 1/64 of its value wide.
const subBits = 6

// A histogram counts durations in buckets whose width grows with the value, so
// that it is of one size and percentiles are exact to 1.6 %. The zero value is
// empty. It may be used from any goroutine.
type histogram struct {
	buckets [(64 - subBits) << subBits]atomic.Int64
	max     atomic.Int64
}

func (h *histogram) record(d time.Duration) {
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

func (h *histogram) count() int64 {
	n := int64(0)
	for i := range h.buckets {
		n += h.buckets[i].Load()
	}
	return n
}

// percentile returns a duration that p percent of those recorded do not
// exceed, 0 if there are none.
func (h *histogram) percentile(p float64) time.Duration {
	rank := int64(float64(h.count())*p/100 + 0.999999)
	seen := int64(0)
	for i := range h.buckets {
		if seen += h.buckets[i].Load(); seen >= rank && seen > 0 {
			return min(highest(i), time.Duration(h.max.Load()))
		}
	}
	return 0
}
