package histogram_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callsvc/internal/histogram"
)

func TestPercentilesAreThoseOfTheSortedDurations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		durations := rapid.SliceOfN(rapid.Int64Range(0, int64(time.Hour)), 1, 200).Draw(t, "durations")
		p := rapid.Float64Range(0.1, 100).Draw(t, "p")
		var h histogram.Histogram
		for _, d := range durations {
			h.Record(time.Duration(d))
		}
		slices.Sort(durations)
		// The smallest duration that at least p percent do not exceed.
		i := 0
		for float64(i+1)*100 < p*float64(len(durations)) {
			i++
		}
		exact, got := durations[i], int64(h.Percentile(p))
		if got < exact || float64(got) > float64(exact)*(1+1.0/64) {
			t.Errorf("the %v-th percentile of %v is %d, want %d and at most 1/64 more", p, durations, got, exact)
		}
	})
}

func TestLatencyIsInMilliseconds(t *testing.T) {
	ms := time.Millisecond
	tests := []struct {
		name      string
		durations []time.Duration
		want      histogram.Latency
	}{
		{"of nothing", nil, histogram.Latency{}},
		{"of one", []time.Duration{5 * ms}, histogram.Latency{Count: 1, P50: 5, P90: 5, P99: 5, Max: 5}},
		{"of a clock that went backwards", []time.Duration{-ms}, histogram.Latency{Count: 1}},
		{
			"of one that is late",
			append(slices.Repeat([]time.Duration{100 * time.Nanosecond}, 99), 2*time.Second),
			histogram.Latency{Count: 100, Max: 2000},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h histogram.Histogram
			for _, d := range tt.durations {
				h.Record(d)
			}
			if diff := cmp.Diff(tt.want, h.Latency("")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
