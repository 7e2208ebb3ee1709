package bench

import (
	"context"

	"callsvc/internal/usage"
)

// idle connects sessions that do nothing and reports what one costs the server.
func idle(ctx context.Context, r *run) error {
	before, err := scrape(ctx, r.URL)
	if err != nil {
		return err
	}
	conns, err := r.crowd(ctx, r.Prefix, 0, r.Users, func(int) handler { return ignore })
	if err != nil {
		return err
	}
	defer conns.drop()
	if err := sleep(ctx, r.Warmup); err != nil {
		return err
	}
	if err := r.window(ctx, nil, func() error { return sleep(ctx, r.Duration) }); err != nil {
		return err
	}
	s := &r.report.Server
	s.Sessions = r.Users
	s.RSSBytesPerSession = (s.RSSBytes - int64(before[usage.ProcessRSSBytes])) / int64(r.Users)
	s.HeapBytesPerSession = (s.HeapBytes - heap(before)) / int64(r.Users)
	r.lost(conns)
	return nil
}

func ignore(*conn, *frame) {}
