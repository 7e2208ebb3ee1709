package testkit

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Event is a notification of the server's.
type Event struct {
	Name string
	P
}

// String shows the event for a message.
func (e Event) String() string { return fmt.Sprintf("%s%v", e.Name, map[string]any(e.P)) }

// noise are the events whose number hangs on the clock: a story that tells the
// order of events leaves them out.
func noise() []string {
	return []string{
		"onNetworkQuality", "onStatistics", "onUserVoiceVolume", "onSlots", "onActiveSpeakerChanged", "onEncodingsWanted",
	}
}

// Inbox keeps the events of a session in order and checks their numbers.
type Inbox struct {
	mu      sync.Mutex
	seq     int64
	events  []Event // in order, noise left out
	taken   int     // of events
	noise   []Event
	faults  []string
	changed chan struct{}
}

// NewInbox makes an empty inbox.
func NewInbox() *Inbox { return &Inbox{changed: make(chan struct{})} }

// Add takes an event in. Its seq must be one more than the one before.
func (b *Inbox) Add(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	if got := e.Int("seq"); got != b.seq {
		b.faults = append(b.faults, fmt.Sprintf("%s has seq %d, want %d", e.Name, got, b.seq))
		b.seq = got
	}
	if slices.Contains(noise(), e.Name) {
		b.noise = append(b.noise, e)
	} else {
		b.events = append(b.events, e)
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

// Renumber begins anew: a new session counts from 1.
func (b *Inbox) Renumber() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq = 0
}

// Seq is the number of the last event.
func (b *Inbox) Seq() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seq
}

// Faults lists the events whose number was wrong.
func (b *Inbox) Faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.faults)
}

// take returns the next event nobody took, false and a channel that is closed
// when more come if there is none.
func (b *Inbox) take() (Event, bool, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken == len(b.events) {
		return Event{}, false, b.changed
	}
	b.taken++
	return b.events[b.taken-1], true, nil
}

// Next takes the next event, noise left out.
func (b *Inbox) Next(patience time.Duration) (Event, bool) {
	deadline := time.After(patience)
	for {
		e, ok, changed := b.take()
		if ok {
			return e, true
		}
		select {
		case <-changed:
		case <-deadline:
			return Event{}, false
		}
	}
}

// Await waits until some event, noise or not, taken or not, fits.
func (b *Inbox) Await(patience time.Duration, fits func(Event) bool) (Event, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return b.Find(ctx.Done(), fits)
}

// Find is Await that ends when stop is closed.
func (b *Inbox) Find(stop <-chan struct{}, fits func(Event) bool) (Event, bool) {
	for {
		b.mu.Lock()
		changed := b.changed
		all := slices.Concat(b.noise, b.events)
		b.mu.Unlock()
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i], true
		}
		select {
		case <-changed:
		case <-stop:
			return Event{}, false
		}
	}
}

// Untaken returns the events nobody took, noise left out.
func (b *Inbox) Untaken() []Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.events[b.taken:])
}

// All returns every event so far, noise left out.
func (b *Inbox) All() []Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.events)
}
