package mediabench

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"callsvc/internal/histogram"
	"callsvc/internal/usage"
)

// forwarding is how long packets were in the server so far, as it says itself:
// a Prometheus histogram, by its bounds in seconds. It knows nothing of the
// clients, which on one machine with it are most of the delay.
type forwarding []bucket

type bucket struct{ upTo, count float64 }

// forwardingOf reads it from a server's metrics; one that is not ours has none.
func forwardingOf(server usage.Metrics) (f forwarding) {
	for name, count := range server {
		bound, ok := strings.CutPrefix(name, `callsvc_media_forward_seconds_bucket{le="`)
		if !ok {
			continue
		}
		if upTo, err := strconv.ParseFloat(strings.TrimSuffix(bound, `"}`), 64); err == nil {
			f = append(f, bucket{upTo, count})
		}
	}
	slices.SortFunc(f, func(a, b bucket) int { return cmp.Compare(a.upTo, b.upTo) })
	return f
}

// since is what came after an earlier moment, in milliseconds, each percentile
// rounded up to a bound. What took longer than the last is told as that.
func (f forwarding) since(before forwarding) (histogram.Latency, bool) {
	counts := slices.Clone(f)
	for i := range counts {
		if len(before) == len(counts) {
			counts[i].count -= before[i].count
		}
	}
	if len(counts) < 2 || counts[len(counts)-1].count == 0 {
		return histogram.Latency{}, false
	}
	all, last := counts[len(counts)-1].count, counts[len(counts)-2].upTo
	percentile := func(p float64) float64 {
		for _, b := range counts {
			if b.count >= math.Ceil(all*p/100) {
				return 1000 * min(b.upTo, last)
			}
		}
		return 1000 * last
	}
	return histogram.Latency{
		Of: "in the server, at most", Count: int64(all), P50: percentile(50), P90: percentile(90), P99: percentile(99), Max: percentile(100),
	}, true
}
