package session

import "sync"

// lane runs functions one after another. Unlike an actor's loop it has a
// goroutine only while there is something to run: most sessions idle most of
// the time. What bounds it is session.inFlight.
type lane struct {
	group *group

	mu      sync.Mutex
	queue   []func()
	running bool
}

// push queues f. When the hub has closed, f is dropped.
func (l *lane) push(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, f)
	if l.running {
		return
	}
	l.running = l.group.start(l.run)
	if !l.running {
		l.queue = nil
	}
}

// busy reports whether something runs or waits.
func (l *lane) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.running
}

func (l *lane) run() {
	for {
		l.mu.Lock()
		batch := l.queue
		l.queue = nil
		l.running = len(batch) > 0
		l.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		for _, f := range batch {
			f()
		}
	}
}
