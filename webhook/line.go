package webhook

import (
	"time"

	"callsvc/call"
)

// A line is the queued callbacks of one room, in order.
type line struct {
	queue    []call.QueuedCallback
	failures int       // of the first in the queue
	due      time.Time // when it may be sent; zero is now
	sending  bool
}

// lines are all that wait, up to what is held in memory.
type lines struct {
	rooms map[call.RoomID]*line
	held  map[int64]bool // the numbers of what waits
}

func newLines() *lines {
	return &lines{rooms: map[call.RoomID]*line{}, held: map[int64]bool{}}
}

// add puts a callback at the end of its line, unless it waits already.
func (l *lines) add(q call.QueuedCallback) {
	if l.held[q.Seq] {
		return
	}
	l.held[q.Seq] = true
	if l.rooms[q.RoomID] == nil {
		l.rooms[q.RoomID] = &line{}
	}
	line := l.rooms[q.RoomID]
	line.queue = append(line.queue, q)
}

// due takes up to n callbacks that are to be sent now, one of each line.
func (l *lines) due(now time.Time, n int) []call.QueuedCallback {
	var ready []call.QueuedCallback
	for _, line := range l.rooms {
		if len(ready) >= n {
			break
		}
		if !line.sending && !line.due.After(now) {
			line.sending = true
			ready = append(ready, line.queue[0])
		}
	}
	return ready
}

// next is when a line that waits after a failure becomes due; false if none waits.
func (l *lines) next() (at time.Time, ok bool) {
	for _, line := range l.rooms {
		if !line.sending && (!ok || line.due.Before(at)) {
			at, ok = line.due, true
		}
	}
	return at, ok
}

// taken removes what was delivered. Lines that wait for a receiver that failed
// wait no longer: it is back.
func (l *lines) taken(q call.QueuedCallback) {
	recovered := l.rooms[q.RoomID].failures > 0
	l.pop(q)
	if recovered {
		for _, line := range l.rooms {
			line.due = time.Time{}
		}
	}
}

// failed puts off what was not delivered; false if it is to be given up, and it
// is removed then.
func (l *lines) failed(q call.QueuedCallback, now time.Time) bool {
	if now.Sub(q.QueuedAt.Time()) >= lifetime {
		l.pop(q)
		return false
	}
	line := l.rooms[q.RoomID]
	line.failures++
	line.sending, line.due = false, now.Add(wait(line.failures))
	return true
}

// pop removes the first of a line.
func (l *lines) pop(q call.QueuedCallback) {
	delete(l.held, q.Seq)
	line := l.rooms[q.RoomID]
	line.queue, line.failures, line.sending, line.due = line.queue[1:], 0, false, time.Time{}
	if len(line.queue) == 0 {
		delete(l.rooms, q.RoomID)
	}
}
