package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"callsvc/internal/histogram"
)

// reconnect cuts all clients off and lets them come back at once, each to its
// session, while other pairs go on inviting and accepting.
func reconnect(ctx context.Context, r *run) error {
	others, err := newPairs(ctx, r, r.Users, r.Bystanders, false)
	if err != nil {
		return err
	}
	defer others.conns.drop()
	conns, err := r.crowd(ctx, r.Prefix, 0, r.Users, func(int) handler { return ignore })
	if err != nil {
		return err
	}
	s := &storm{run: r, back: make(crowd, r.Users)}
	if s.tickets, err = s.prepare(conns); err != nil {
		return err
	}
	defer func() { s.back.drop() }()
	if err := others.work(ctx, r.Rate, r.Warmup); err != nil {
		return err
	}
	others.measure()
	conns.drop()
	err = r.window(ctx, s.served.Count, func() error {
		calm := make(chan error, 1)
		go func() { calm <- others.work(ctx, r.Rate, r.Duration) }()
		s.rage(ctx)
		return <-calm
	})
	if err != nil {
		return err
	}
	r.latency("cut off → served again", &s.served)
	r.lost(s.back)
	return others.finish(ctx)
}

// storm is everybody who comes back.
type storm struct {
	run     *run
	tickets []ticket
	back    crowd
	served  histogram.Histogram
}

// prepare makes tickets beforehand: signing them is no work of the clients.
func (s *storm) prepare(conns crowd) ([]ticket, error) {
	tickets := make([]ticket, len(conns))
	for i, c := range conns {
		t, err := s.run.ticket(i, c.user)
		if err != nil {
			return nil, err
		}
		t.session, t.after = c.session, c.seq.Load()
		tickets[i] = t
	}
	return tickets, nil
}

// rage lets all come back and waits until each is served, or has given up when
// the scenario's time was over.
func (s *storm) rage(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.run.Duration)
	defer cancel()
	began := time.Now()
	var all sync.WaitGroup
	for i := range s.tickets {
		all.Go(func() {
			if c := s.comeBack(ctx, s.tickets[i]); c != nil {
				s.served.Record(time.Since(began))
				s.back[i] = c
			}
		})
	}
	all.Wait()
}

// comeBack tries until it is let in, as a client does.
func (s *storm) comeBack(ctx context.Context, t ticket) *conn {
	for {
		c, err := s.run.dial(ctx, t, ignore)
		if err == nil {
			if !c.resumed {
				s.run.failed("not resumed")
			}
			return c
		}
		if ctx.Err() != nil {
			s.run.failed("not served in time")
			return nil
		}
		s.run.failed(fmt.Sprintf("connect: %v", err))
		if sleep(ctx, waitOf(err)) != nil {
			s.run.failed("not served in time")
			return nil
		}
	}
}

// waitOf is how long the server asked a client to wait, a second if it did not.
func waitOf(err error) time.Duration {
	var r *refused
	if errors.As(err, &r) && r.after > 0 {
		return r.after
	}
	return time.Second
}
