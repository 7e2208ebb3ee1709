package bench

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"callsvc/internal/histogram"
)

// Report is what came of a run. Durations are milliseconds.
type Report struct {
	Scenario string  `json:"scenario"`
	Users    int     `json:"users"`
	Rate     float64 `json:"rate"`    // asked for, a second; 0 is as fast as possible
	Seconds  float64 `json:"seconds"` // measured
	// The machine's load average over a minute, when the run began and ended. Empty where unknown.
	LoadBefore string `json:"loadBefore"`
	LoadAfter  string `json:"loadAfter"`

	Operations int64   `json:"operations"` // what an operation is, the scenario says
	PerSecond  float64 `json:"perSecond"`

	Latencies []histogram.Latency `json:"latencies"`
	Errors    map[string]int64    `json:"errors"` // by what went wrong; empty is good
	Server    Usage               `json:"server"`
	Client    Usage               `json:"client"`
}

// Usage is what a process used.
type Usage struct {
	CPUSeconds              float64 `json:"cpuSeconds"`
	CPUMicrosPerOperation   float64 `json:"cpuMicrosPerOperation,omitempty"`
	RSSBytes                int64   `json:"rssBytes,omitempty"`
	HeapBytes               int64   `json:"heapBytes,omitempty"` // Go's heap and stacks in use
	Sessions                int     `json:"sessions,omitempty"`
	RSSBytesPerSession      int64   `json:"rssBytesPerSession,omitempty"`
	HeapBytesPerSession     int64   `json:"heapBytesPerSession,omitempty"`
	GarbageCollectionCycles int64   `json:"gcCycles,omitempty"`
}

// WriteText prints the report for people.
func (r *Report) WriteText(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	line := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) } // w keeps its error for Flush
	rate := "as fast as possible"
	if r.Rate > 0 {
		rate = fmt.Sprintf("%g/s", r.Rate)
	}
	line("%s: %d users, %s, %.1f s, load average %s to %s", r.Scenario, r.Users, rate, r.Seconds,
		cmp.Or(r.LoadBefore, "unknown"), cmp.Or(r.LoadAfter, "unknown"))
	if r.Operations > 0 {
		line("%d operations, %.0f/s", r.Operations, r.PerSecond)
	}
	if len(r.Latencies) > 0 {
		line("\nmilliseconds\tcount\tp50\tp90\tp99\tmax")
	}
	for _, l := range r.Latencies {
		line("%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f", l.Of, l.Count, l.P50, l.P90, l.P99, l.Max)
	}
	line("")
	r.Server.write(line, "server")
	r.Client.write(line, "client")
	for _, what := range slices.Sorted(maps.Keys(r.Errors)) {
		line("error: %s\t%d", what, r.Errors[what])
	}
	return w.Flush()
}

func (u Usage) write(line func(string, ...any), who string) {
	text := fmt.Sprintf("%s: %.2f s of processor time", who, u.CPUSeconds)
	if u.CPUMicrosPerOperation > 0 {
		text += fmt.Sprintf(", %.0f µs an operation", u.CPUMicrosPerOperation)
	}
	if u.RSSBytes > 0 {
		text += fmt.Sprintf(", %.1f MiB resident, %.1f MiB of it Go's heap and stacks", mib(u.RSSBytes), mib(u.HeapBytes))
	}
	line("%s", text)
	if u.Sessions > 0 {
		line("%s: %d idle sessions, %.1f KiB resident each, %.1f KiB of it Go's heap and stacks", who,
			u.Sessions, float64(u.RSSBytesPerSession)/1024, float64(u.HeapBytesPerSession)/1024)
	}
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
