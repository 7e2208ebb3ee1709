package media_test

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"callsvc/call"
)

// events records what a peer's observer is told, in words.
type events struct {
	mu       sync.Mutex
	lines    []string
	speakers []call.UserID
	slots    []call.Slot
	last     call.Millis // of TransportDown
	loud     [][]call.Volume
	own      call.Quality
	ownAt    []time.Time
	stats    call.Statistics
	asked    []call.SenderWanted // by EncodingsWanted
}

func (e *events) add(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lines = append(e.lines, fmt.Sprintf(format, args...))
}

func (e *events) TransportUp(call.Millis) { e.add("up") }
func (e *events) TransportDown(last call.Millis) {
	e.add("down")
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = last
}
func (e *events) Available(s call.Source, available bool) { e.add("%s %t", s, available) }
func (e *events) Slots(slots []call.Slot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.slots = slots
}

func (e *events) EncodingsWanted(senders []call.SenderWanted) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = senders
}

func (e *events) Volumes(v []call.Volume) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.loud = append(e.loud, v)
}

func (e *events) ActiveSpeaker(user call.UserID, _ call.Millis) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.speakers = append(e.speakers, user)
}

// speaker is who was last told to speak, "-" before anybody was.
func (e *events) speaker() call.UserID {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.speakers) == 0 {
		return "-"
	}
	return e.speakers[len(e.speakers)-1]
}

func (e *events) NetworkQuality(local call.Quality, _ []call.UserQuality) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.own, e.ownAt = local, append(e.ownAt, time.Now())
}

func (e *events) quality() call.Quality {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.own
}

// graded is when the quality was told.
func (e *events) graded() []time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.ownAt)
}

func (e *events) told() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.lines)
}

func (e *events) has(line string) bool { return slices.Contains(e.told(), line) }

// carries says what a slot was last told to carry, as "user stream".
func (e *events) carries(mid string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.slots {
		if s.MID == mid && s.UserID != "" {
			return string(s.UserID) + " " + string(s.Stream)
		}
	}
	return ""
}
