package media

import "sync"

// loop runs functions one after another on one goroutine. Posting never blocks.
type loop struct {
	mu     sync.Mutex
	queue  []func()
	closed bool
	wake   chan struct{}
	done   chan struct{}
}

// newLoop returns a loop that nobody runs yet.
func newLoop() *loop {
	return &loop{wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// post queues f. It reports false, and drops f, once the loop is closed.
func (l *loop) post(f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.queue = append(l.queue, f)
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return true
}

// do queues f and waits until it has run. It must not be called on the loop.
func (l *loop) do(f func()) bool {
	ran := make(chan struct{})
	if !l.post(func() { defer close(ran); f() }) {
		return false
	}
	<-ran
	return true
}

// drain runs what is queued and reports whether the loop goes on.
func (l *loop) drain() bool {
	for {
		l.mu.Lock()
		queue, closed := l.queue, l.closed
		l.queue = nil
		l.mu.Unlock()
		if len(queue) == 0 {
			return !closed
		}
		for _, f := range queue {
			f()
		}
	}
}

// close stops the loop after what is queued; done is closed then.
func (l *loop) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	select {
	case l.wake <- struct{}{}:
	default:
	}
}
