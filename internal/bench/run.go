package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"callsvc/internal/histogram"
	"callsvc/internal/usage"
)

// Options say what to do to which server.
type Options struct {
	URL   string                            // of the server, such as http://127.0.0.1:8080
	Token func(user string) (string, error) // makes what the server believes

	Scenario string        // one of Scenarios
	Users    int           // connections
	Rate     float64       // operations a second; 0 is as fast as possible
	Duration time.Duration // of the window that is measured
	Warmup   time.Duration // before it
	// Bytes of data that an invitation carries. The least is what the clock needs.
	DataBytes int
	// Requests carry a requestID each, as the SDK's do.
	RequestIDs bool
	Invitees   int    // of an invitation in a group
	Bystanders int    // users who go on while others reconnect
	Prefix     string // of the user ids
}

// minData is room for the clock in an invitation's data.
const minData = 20

// maxRate is as many operations a second as a clock can tell apart.
const maxRate = 1_000_000

// scenario does its work and leaves what it found in the run.
type scenario func(context.Context, *run) error

func scenarios() map[string]scenario {
	return map[string]scenario{"roundtrip": roundtrip, "group": group, "idle": idle, "reconnect": reconnect}
}

// run is a scenario at work.
type run struct {
	Options
	*dialer
	clock  clock
	report Report

	mu     sync.Mutex // guards errors
	errors map[string]int64
}

// Run performs a scenario. An error means that there is nothing to report;
// requests that failed are in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	perform := scenarios()[o.Scenario]
	switch {
	case perform == nil:
		return nil, fmt.Errorf("there is no scenario %q", o.Scenario)
	case o.Users < 2:
		return nil, errors.New("a scenario needs 2 users at least")
	case !(o.Rate >= 0 && o.Rate <= maxRate) || o.Duration <= 0 || o.Warmup < 0: // not a number is neither
		return nil, fmt.Errorf("rate, duration and warm-up must not be negative, the duration not 0, and the rate at most %d", maxRate)
	case o.DataBytes < 0 || o.Invitees < 1 || o.Bystanders < 0:
		return nil, errors.New("data and bystanders must not be negative, and an invitation must ask somebody")
	}
	o.DataBytes = max(o.DataBytes, minData)
	d, err := newDialer(o.URL, o.Token)
	if err != nil {
		return nil, err
	}
	before, err := scrape(ctx, o.URL)
	if err != nil {
		return nil, err
	}
	if err := checkFiles(o.Users+o.Bystanders, before); err != nil {
		return nil, err
	}
	r := &run{
		Options: o, dialer: d, clock: clock{time.Now()}, errors: map[string]int64{},
		report: Report{Scenario: o.Scenario, Users: o.Users, Rate: o.Rate, LoadBefore: usage.LoadAverage(), Latencies: []histogram.Latency{}},
	}
	if err := perform(ctx, r); err != nil {
		return nil, err
	}
	r.report.Errors, r.report.LoadAfter = r.errors, usage.LoadAverage()
	return &r.report, nil
}

// failed counts something that went wrong.
func (r *run) failed(what string) { r.count(what, 1) }

func (r *run) count(what string, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors[what] += n
}

// lost counts connections that the server closed on us.
func (r *run) lost(conns crowd) {
	if n, cause := conns.lost(); n > 0 {
		r.count(fmt.Sprintf("connection lost: %v", cause), n)
	}
}

// window measures what both sides use while work goes on, and what is done.
// done counts operations; nil if the scenario has none.
func (r *run) window(ctx context.Context, done func() int64, work func() error) error {
	before, err := scrape(ctx, r.URL)
	if err != nil {
		return err
	}
	began, own, first := time.Now(), usage.Own(), int64(0)
	if done != nil {
		first = done()
	}
	if err := work(); err != nil {
		return err
	}
	took, used := time.Since(began).Seconds(), (usage.Own() - own).Seconds()
	if done != nil {
		r.report.Operations = done() - first
		r.report.PerSecond = float64(r.report.Operations) / took
	}
	after, err := scrape(ctx, r.URL)
	if err != nil {
		return err
	}
	r.report.Seconds = took
	r.report.Client = Usage{CPUSeconds: used}
	r.report.Server = Usage{
		CPUSeconds: after[usage.ProcessCPUSeconds] - before[usage.ProcessCPUSeconds], RSSBytes: int64(after[usage.ProcessRSSBytes]),
		HeapBytes:               heap(after),
		GarbageCollectionCycles: int64(after[usage.GoCollections] - before[usage.GoCollections]),
	}
	if n := float64(r.report.Operations); n > 0 {
		r.report.Client.CPUMicrosPerOperation = r.report.Client.CPUSeconds / n * 1e6
		r.report.Server.CPUMicrosPerOperation = r.report.Server.CPUSeconds / n * 1e6
	}
	return nil
}

func (r *run) latency(name string, h *histogram.Histogram) {
	r.report.Latencies = append(r.report.Latencies, h.Latency(name))
}

// clock gives moments as nanoseconds, which serve as ids of requests: no two
// runs have the same ones, so a requestID made of one is never repeated.
type clock struct{ began time.Time }

func (c clock) now() int64 { return c.began.UnixNano() + int64(time.Since(c.began)) }

func (c clock) since(moment int64) time.Duration { return time.Duration(c.now() - moment) }

// sleep waits, but not longer than ctx lasts.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
