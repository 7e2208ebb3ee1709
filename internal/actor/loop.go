package actor

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// ErrClosed is returned for a closure that a closed loop will not run.
var ErrClosed = errors.New("actor: the loop is closed")

// Loop runs closures in the order they were handed in, on one goroutine.
// Methods may be called from any goroutine.
//
// The queue has no bound of its own, because those who post cannot wait and
// must not lose anything. What bounds it is their number and rate: an owner
// lets in a limited number of posters, each of them limited in turn.
type Loop struct {
	mu     sync.Mutex
	queue  []func()
	closed bool
	wake   chan struct{}
	done   chan struct{}
}

// New starts a loop. It runs until Stop or Close.
func New() *Loop {
	l := &Loop{wake: make(chan struct{}, 1), done: make(chan struct{})}
	go l.run()
	return l
}

// Post queues f and does not wait; closures may post too. It reports false,
// and drops f, once the loop is closed.
func (l *Loop) Post(f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.queue = append(l.queue, f)
	l.signal()
	return true
}

// Do queues f and waits until it has run. It returns nil if f has run, and
// otherwise ErrClosed or ctx's error, and then f never will. It must not be
// called from a closure.
func (l *Loop) Do(ctx context.Context, f func()) error {
	var claimed atomic.Bool
	over := make(chan struct{})
	queued := l.Post(func() {
		defer close(over)
		if claimed.CompareAndSwap(false, true) {
			f()
		}
	})
	if !queued {
		return ErrClosed
	}
	select {
	case <-over:
	case <-ctx.Done():
		if claimed.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-over
	}
	return nil
}

// Stop ends the loop after what is queued and does not wait; closures may call it.
func (l *Loop) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.signal()
}

// Close stops the loop and waits until its goroutine is over. It may be called
// more than once, but not from a closure.
func (l *Loop) Close() {
	l.Stop()
	<-l.done
}

func (l *Loop) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *Loop) run() {
	defer close(l.done)
	for {
		l.mu.Lock()
		batch, closed := l.queue, l.closed
		l.queue = nil
		l.mu.Unlock()
		for _, f := range batch {
			f()
		}
		if len(batch) > 0 {
			continue
		}
		if closed {
			return
		}
		<-l.wake
	}
}
