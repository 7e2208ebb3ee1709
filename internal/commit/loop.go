package commit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"callsvc/call"
)

// Store makes changes durable. One call is one transaction; it is never called
// concurrently.
type Store interface {
	Commit(ctx context.Context, groups [][]call.Change) error
}

// ErrClosed is returned after Close, or after the store has failed.
var ErrClosed = errors.New("the decision loop is closed")

// Tx is one decision being made. It is valid only inside the function it was
// handed to.
type Tx struct {
	changes []call.Change
	after   []func()
}

// Save notes a change to be stored with this decision.
func (t *Tx) Save(c call.Change) { t.changes = append(t.changes, c) }

// Remember notes the answer to a request, so that the same request does nothing
// twice, not even after a crash. A request without an idempotency key leaves
// nothing.
func (t *Tx) Remember(who call.Caller, at call.Millis, result any) error {
	if who.RequestID == "" {
		return nil
	}
	b, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("encode the answer to remember: %w", err)
	}
	t.Save(call.Remember{UserID: who.UserID, RequestID: who.RequestID, Result: b, At: at})
	return nil
}

// After notes something to be done once the decision is stored. It runs on the
// teller's goroutine and must not block.
func (t *Tx) After(f func()) { t.after = append(t.after, f) }

// decision is a function on its way through the loop.
type decision struct {
	decide  func(*Tx) error
	tx      Tx
	err     error
	claimed atomic.Bool   // made, or withdrawn
	made    chan struct{} // closed when made; nil if nobody waits
	done    chan struct{} // closed when stored, or refused; nil if nobody waits
}

// run makes the decision, unless it was withdrawn. A refusal leaves nothing
// behind.
func (d *decision) run() {
	if d.claimed.Swap(true) {
		return
	}
	if d.err = d.decide(&d.tx); d.err != nil {
		d.tx = Tx{}
	}
	if d.made != nil {
		close(d.made)
	}
}

// withdraw keeps the decision from being made; false if that has begun.
func (d *decision) withdraw() bool { return !d.claimed.Swap(true) }

// Loop is the decision loop. Create it with New, start it with Run.
type Loop struct {
	store   Store
	slots   chan struct{} // bounds the decisions that callers wait for
	posted  *queue[*decision]
	decided *queue[*decision]
	stored  *queue[*decision]
	failed  chan struct{}
	mu      sync.Mutex
	err     error
}

// maxWaiting bounds how many callers of Do wait at once; more wait before they
// are queued.
const maxWaiting = 8192

// New makes a loop over a store.
func New(store Store) *Loop {
	return &Loop{
		store: store, slots: make(chan struct{}, maxWaiting), failed: make(chan struct{}),
		posted: newQueue[*decision](), decided: newQueue[*decision](), stored: newQueue[*decision](),
	}
}

// Run decides and commits until ctx is done, then finishes what was posted
// before and returns; or until the store fails, whose error it returns.
func (l *Loop) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, l.posted.close)
	defer stop()
	var stages sync.WaitGroup
	stages.Go(func() { l.commitAll(context.WithoutCancel(ctx)) })
	stages.Go(l.tellAll)
	for {
		batch, ok := l.posted.take()
		for _, d := range batch {
			d.run()
			if !l.decided.put(d) {
				d.finish(ErrClosed)
			}
		}
		if !ok {
			break
		}
	}
	l.decided.close()
	stages.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// commitAll stores decisions, all that are there at a time.
func (l *Loop) commitAll(ctx context.Context) {
	defer l.stored.close()
	for {
		batch, ok := l.decided.take()
		if err := l.commitBatch(ctx, batch); err != nil {
			l.fail(err, batch)
			return
		}
		l.stored.put(batch...)
		if !ok {
			return
		}
	}
}

func (l *Loop) commitBatch(ctx context.Context, batch []*decision) error {
	groups := make([][]call.Change, 0, len(batch))
	for _, d := range batch {
		if len(d.tx.changes) > 0 {
			groups = append(groups, d.tx.changes)
		}
	}
	if len(groups) == 0 {
		return nil
	}
	if err := l.store.Commit(ctx, groups); err != nil {
		return fmt.Errorf("store %d decisions: %w", len(groups), err)
	}
	return nil
}

// tellAll lets out the consequences of what is stored, while the committer
// stores what comes next.
func (l *Loop) tellAll() {
	for ok := true; ok; {
		var batch []*decision
		batch, ok = l.stored.take()
		for _, d := range batch {
			for _, f := range d.tx.after {
				f()
			}
			d.finish(nil)
		}
	}
}

// fail stops the loop for good and refuses everyone who waits.
func (l *Loop) fail(err error, batch []*decision) {
	l.mu.Lock()
	l.err = err
	l.mu.Unlock()
	close(l.failed)
	l.posted.close()
	for ok := true; ok; {
		for _, d := range batch {
			d.finish(ErrClosed)
		}
		batch, ok = l.decided.take()
	}
	for _, d := range batch {
		d.finish(ErrClosed)
	}
}

func (d *decision) finish(err error) {
	if d.err == nil {
		d.err = err
	}
	if d.done != nil {
		close(d.done)
	}
}

// Failed is closed when the store has failed.
func (l *Loop) Failed() <-chan struct{} { return l.failed }

// Do decides and waits until the decision is stored. An error from decide
// leaves nothing behind and is returned. When ctx ends before its turn has come,
// the decision is never made. When it ends later nothing can stop what was
// decided from being stored, and that is waited for: who asks twice, because
// the store takes its time, must not be served twice. So the outcome is always
// known, and decide is not running, once Do has returned.
func (l *Loop) Do(ctx context.Context, decide func(*Tx) error) error {
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait for a decision: %w", ctx.Err())
	}
	defer func() { <-l.slots }()
	d := &decision{decide: decide, made: make(chan struct{}), done: make(chan struct{})}
	if !l.posted.put(d) {
		return ErrClosed
	}
	select {
	case <-d.done:
		return d.err
	case <-ctx.Done():
		if d.withdraw() {
			return fmt.Errorf("wait for a decision: %w", ctx.Err())
		}
		<-d.done
		return d.err
	}
}

// Post decides without waiting. It never blocks. After Close it does nothing
// and reports false.
func (l *Loop) Post(decide func(*Tx)) bool {
	return l.posted.put(&decision{decide: func(tx *Tx) error { decide(tx); return nil }})
}

// Ask runs a question on the loop and waits for it, but not for the store: it
// sees every decision made before, stored or not. When ctx ends before its turn
// has come, it is never asked; when it ends later, the answer is waited for.
func (l *Loop) Ask(ctx context.Context, question func()) error {
	d := &decision{decide: func(*Tx) error { question(); return nil }, made: make(chan struct{})}
	if !l.posted.put(d) {
		return ErrClosed
	}
	select {
	case <-d.made:
		return nil
	case <-ctx.Done():
		if d.withdraw() {
			return fmt.Errorf("wait for an answer: %w", ctx.Err())
		}
		<-d.made
		return nil
	}
}
