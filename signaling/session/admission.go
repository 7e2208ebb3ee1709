package session

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"callsvc/call"
)

// admission lets connections in a few at a time. When a server restarts,
// everybody comes back at once; who is connected already must not wait behind
// them all. Those who wait have a goroutine that does nothing, in the order
// they came; those for whom it would take too long are told to come back.
type admission struct {
	slots    chan struct{} // one per connection being let in, or let in just now
	rest     time.Duration // how long a slot is taken at least: so the rate holds
	waiting  atomic.Int64
	most     int64
	patience time.Duration
}

// maxSlots is how many connections are let in at a time.
const maxSlots = 32

func newAdmission(opts Options) *admission {
	slots := min(maxSlots, opts.SignInRate)
	return &admission{
		slots: make(chan struct{}, slots), rest: time.Duration(slots) * time.Second / time.Duration(opts.SignInRate),
		most: int64(opts.MaxWaiting), patience: opts.SignInPatience,
	}
}

// enter waits for a turn, which ends with leave.
func (a *admission) enter(ctx context.Context) (leave func(), err error) {
	select {
	case a.slots <- struct{}{}:
		return a.leaver(), nil
	default:
	}
	defer a.waiting.Add(-1)
	if a.waiting.Add(1) > a.most {
		return nil, crowded()
	}
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	select {
	case a.slots <- struct{}{}:
		return a.leaver(), nil
	case <-ctx.Done():
		return nil, crowded()
	}
}

// leaver gives back a slot taken now, when it has rested.
func (a *admission) leaver() func() {
	since := time.Now()
	return func() { time.AfterFunc(a.rest-time.Since(since), func() { <-a.slots }) }
}

// Who is told to come back comes back after the first of these, at the latest
// after both: at random, or all would meet again.
const (
	crowdedPause  = time.Second
	crowdedSpread = 9 * time.Second
)

func crowded() error {
	return call.Errorf(call.CodeRateLimited, "very many connect at this moment: come back when told").
		After(crowdedPause + rand.N(crowdedSpread))
}

const (
	// spreadOf is how much of the time after a restart each session asks for: a
	// thousand sign in a second.
	spreadOf  = time.Millisecond
	maxSpread = 10 * time.Second
)

// spread is within what time clients should come back if the server goes away
// now. It wants h.mu held.
func (h *Hub) spread() time.Duration {
	return min(maxSpread, time.Duration(len(h.sessions))*spreadOf)
}
