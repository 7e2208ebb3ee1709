package bench

import "context"

// roundtrip lets pairs invite and accept: at a rate, or as fast as they can.
func roundtrip(ctx context.Context, r *run) error {
	p, err := newPairs(ctx, r, 0, r.Users, r.Rate == 0)
	if err != nil {
		return err
	}
	defer p.conns.drop()
	p.start()
	if err := p.work(ctx, r.Rate, r.Warmup); err != nil {
		return err
	}
	p.measure()
	err = r.window(ctx, p.done.Load, func() error { return p.work(ctx, r.Rate, r.Duration) })
	if err != nil {
		return err
	}
	return p.finish(ctx)
}
