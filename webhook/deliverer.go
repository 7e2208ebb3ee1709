package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"callsvc/call"
)

// Bounds of a deliverer.
const (
	maxInFlight = 16   // requests at once
	maxHeld     = 4096 // callbacks in memory; the rest wait in the store
	settleEvery = 200 * time.Millisecond
	maxSettle   = 256 // deliveries noted down at once
	storeRetry  = time.Second
)

// A Queue keeps callbacks that wait for delivery. Implemented by the store.
type Queue interface {
	QueuedCallbacks(ctx context.Context, after int64, limit int) ([]call.QueuedCallback, error)
	SettleCallbacks(ctx context.Context, delivered []int64, dead map[int64]string) error
	RequeueCallbacks(ctx context.Context, from, to int64, deadOnly bool, at call.Millis) (int64, error)
}

// A Sender delivers one callback, or returns why not. Called by several
// goroutines at once.
type Sender interface {
	Send(ctx context.Context, cb call.Callback) error
}

// Deliverer sends what is queued. Make one with New and start it with Run.
type Deliverer struct {
	queue   Queue
	sender  Sender
	log     *slog.Logger
	wake    chan struct{} // something was queued
	replays chan replay
	results chan result

	// Owned by Run.
	lines     *lines
	read      int64 // up to where the queue was read
	more      bool  // there may be more to read
	inFlight  int
	delivered []int64
	dead      map[int64]string
	settleAt  time.Time // zero: nothing to settle
	down      bool      // the last attempt failed

	sent, failures, buried, waiting atomic.Int64
}

// result is how one delivery went.
type result struct {
	q   call.QueuedCallback
	err error
}

// New makes a deliverer.
func New(queue Queue, sender Sender, log *slog.Logger) *Deliverer {
	return &Deliverer{
		queue: queue, sender: sender, log: log,
		wake: make(chan struct{}, 1), replays: make(chan replay), results: make(chan result, maxInFlight),
		lines: newLines(), more: true, dead: map[int64]string{},
	}
}

// Wake says that something was queued. It never blocks.
func (d *Deliverer) Wake() {
	select {
	case d.wake <- struct{}{}:
	default: // it is awake already
	}
}

// replay asks Run to queue callbacks again.
type replay struct {
	from, to int64
	deadOnly bool
	answer   chan<- replayed
}

type replayed struct {
	n   int64
	err error
}

// Replay queues callbacks of those numbers (both included) again, all or only
// those that were given up, and returns how many. Run must be running.
func (d *Deliverer) Replay(ctx context.Context, from, to int64, deadOnly bool) (int64, error) {
	answer := make(chan replayed, 1)
	select {
	case d.replays <- replay{from, to, deadOnly, answer}:
		done := <-answer
		return done.n, done.err
	case <-ctx.Done():
		return 0, fmt.Errorf("replay callbacks: %w", ctx.Err())
	}
}

// Stats are a deliverer's figures: Waiting are held in memory, the others count
// since the start.
type Stats struct{ Delivered, Failed, Dead, Waiting int64 }

// Stats returns the figures. Safe from any goroutine.
func (d *Deliverer) Stats() Stats {
	return Stats{Delivered: d.sent.Load(), Failed: d.failures.Load(), Dead: d.buried.Load(), Waiting: d.waiting.Load()}
}

// Run delivers until ctx is done. Then it waits for what is under way, notes
// it down, and returns.
func (d *Deliverer) Run(ctx context.Context) {
	var sending sync.WaitGroup
	for ctx.Err() == nil {
		d.load(ctx)
		d.start(ctx, &sending)
		d.waiting.Store(int64(len(d.lines.held)))
		d.await(ctx)
		if err := d.settle(ctx, false); err != nil {
			d.log.Warn("delivered callbacks will be sent once more unless this succeeds soon", "error", err)
		}
	}
	sending.Wait()
	for d.inFlight > 0 {
		if r := <-d.results; r.err == nil {
			d.take(r)
		} else {
			d.inFlight-- // cut off, and still queued
		}
	}
	if err := d.settle(context.WithoutCancel(ctx), true); err != nil {
		d.log.Warn("delivered callbacks will be sent once more", "error", err)
	}
}

// load reads more of the queue when there is room.
func (d *Deliverer) load(ctx context.Context) {
	room := maxHeld - len(d.lines.held)
	if !d.more || room < maxHeld/4 {
		return
	}
	found, err := d.queue.QueuedCallbacks(ctx, d.read, room)
	if err != nil {
		if ctx.Err() == nil {
			d.log.Warn("the queue of callbacks cannot be read; trying again", "error", err)
		}
		return // more stays true, and await does not wait long
	}
	for _, q := range found {
		d.lines.add(q)
		d.read = q.Seq
	}
	d.more = len(found) == room
}

// start sends what is due.
func (d *Deliverer) start(ctx context.Context, sending *sync.WaitGroup) {
	for _, q := range d.lines.due(time.Now(), maxInFlight-d.inFlight) {
		d.inFlight++
		sending.Go(func() { d.results <- result{q, d.sender.Send(ctx, q.Callback)} })
	}
}

// await waits until there is something to do.
func (d *Deliverer) await(ctx context.Context) {
	alarm := time.NewTimer(d.idle(time.Now()))
	defer alarm.Stop()
	select {
	case r := <-d.results:
		d.take(r)
	case <-d.wake:
		d.more = true
	case r := <-d.replays:
		n, err := d.again(ctx, r)
		r.answer <- replayed{n, err}
	case <-alarm.C:
	case <-ctx.Done():
	}
}

// again queues callbacks again. What was delivered is noted down before, or it
// would be noted down as delivered after.
func (d *Deliverer) again(ctx context.Context, r replay) (int64, error) {
	if err := d.settle(ctx, true); err != nil {
		return 0, err
	}
	n, err := d.queue.RequeueCallbacks(ctx, r.from, r.to, r.deadOnly, call.MillisOf(time.Now()))
	if n > 0 {
		d.read, d.more = min(d.read, r.from-1), true
	}
	return n, err
}

// idle is how long nothing is to be done if nothing happens.
func (d *Deliverer) idle(now time.Time) time.Duration {
	until := now.Add(time.Hour)
	if d.more && len(d.lines.held) < maxHeld*3/4 {
		until = now.Add(storeRetry)
	}
	if at, ok := d.lines.next(); ok && d.inFlight < maxInFlight && at.Before(until) {
		until = at
	}
	if !d.settleAt.IsZero() && d.settleAt.Before(until) {
		until = d.settleAt
	}
	return max(0, until.Sub(now))
}

// take notes how a delivery went.
func (d *Deliverer) take(r result) {
	d.inFlight--
	switch {
	case r.err == nil:
		d.sent.Add(1)
		d.lines.taken(r.q)
		d.delivered = append(d.delivered, r.q.Seq)
		if d.down {
			d.log.Info("the receiver of callbacks is back")
		}
	case d.lines.failed(r.q, time.Now()):
		d.failures.Add(1)
		if !d.down {
			d.log.Warn("a callback was not delivered; it will be tried again for 72 hours", "seq", r.q.Seq, "event", r.q.Event, "error", r.err)
		}
	default:
		d.failures.Add(1)
		d.buried.Add(1)
		d.dead[r.q.Seq] = r.err.Error()
		d.log.Warn("a callback was given up; replay it when the receiver is well", "seq", r.q.Seq, "event", r.q.Event, "error", r.err)
	}
	d.down = r.err != nil
	if d.settleAt.IsZero() {
		d.settleAt = time.Now().Add(settleEvery)
	}
}

// settle notes down what was delivered or given up, many at a time.
func (d *Deliverer) settle(ctx context.Context, now bool) error {
	n := len(d.delivered) + len(d.dead)
	switch {
	case n == 0:
		d.settleAt = time.Time{}
		return nil
	case !now && n < maxSettle && time.Now().Before(d.settleAt):
		return nil
	}
	if err := d.queue.SettleCallbacks(ctx, d.delivered, d.dead); err != nil {
		d.settleAt = time.Now().Add(storeRetry)
		return fmt.Errorf("note down what was delivered: %w", err)
	}
	d.delivered, d.settleAt = d.delivered[:0], time.Time{}
	clear(d.dead)
	return nil
}
