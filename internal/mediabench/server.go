package mediabench

import (
	"context"

	"callsvc/internal/usage"
)

// server is where to read what the server used: in /proc for a process of this
// machine, else in its metrics; nowhere if neither is named.
type server struct {
	pid     int
	metrics string // URL
}

// reading is what it said at a moment.
type reading struct {
	usage.Process
	forwarded forwarding // nil if it has no metrics
}

func (s server) read(ctx context.Context) (r reading, err error) {
	var m usage.Metrics
	if s.metrics != "" {
		if m, err = usage.Scrape(ctx, s.metrics); err != nil {
			return r, err
		}
		r.forwarded = forwardingOf(m)
	}
	switch {
	case s.pid != 0:
		r.Process, err = usage.OfProcess(s.pid)
	case m != nil:
		r.Process, err = m.Process()
	}
	return r, err
}
