package bench

import "time"

// Histogram is what the tests of this package see of one.
type Histogram struct{ histogram }

func (h *Histogram) Record(d time.Duration)             { h.record(d) }
func (h *Histogram) Percentile(p float64) time.Duration { return h.percentile(p) }
func (h *Histogram) Report(name string) Latency         { return latencyOf(name, &h.histogram) }
