package push

import (
	"context"
	"fmt"
	"sync"
	"time"

	"callsvc/call"
)

// How long it is tried to send.
const (
	maxTries    = 5
	endPatience = time.Minute    // to say that an invitation is over
	longest     = 24 * time.Hour // how long an invitation without a timeout rings a closed page
)

// delivery is one invitation on its way to one user.
type delivery struct {
	*ringing
	user   call.UserID
	heard  bool            // an earlier run of the server may have pushed the beginning
	ctx    context.Context // ends when the invitation is over for the user
	cancel context.CancelFunc

	mu      sync.Mutex
	busy    bool // in the queue, or with a worker
	again   bool // woken while busy
	outcome call.InviteeState

	// The rest belongs to the worker that has it.
	prepared bool
	notice   notice
	name     string
	token    string
	deadline time.Time // of trying
	ended    bool      // what is sent now is that it is over
	targets  []*target
}

// target is a subscription that a message is sent to.
type target struct {
	sub     call.PushSubscription
	tries   int
	next    time.Time // of the next try
	settled bool      // nothing is left to try
	deaf    bool      // the push service takes nothing for it
}

// wake puts a delivery into the queue, unless it is there or being worked on,
// and then it is worked on once more. It does not block.
func (s *Service) wake(d *delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy {
		d.again = true
		return
	}
	s.enqueue(d)
}

// rest ends a worker's turn.
func (s *Service) rest(d *delivery) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy = false
	if d.again {
		d.again = false
		s.enqueue(d)
	}
}

// enqueue wants d.mu held.
func (s *Service) enqueue(d *delivery) {
	select {
	case s.queue <- d:
		d.busy = true
	default:
		s.counts.dropped.Add(1)
		s.log.Warn("too many pushes are waiting; one is not sent", "inviteID", d.inviteID, "user", d.user)
	}
}

// end says that the invitation is over for the user. It does not block.
func (s *Service) end(d *delivery, outcome call.InviteeState) {
	d.mu.Lock()
	d.outcome = outcome
	d.mu.Unlock()
	d.cancel()
	s.wake(d)
}

// step is a worker's turn at a delivery: it sends what is due and sees to it
// that there is another turn if something is left.
func (s *Service) step(d *delivery) {
	d.mu.Lock()
	outcome := d.outcome
	d.mu.Unlock()
	ctx := d.ctx
	if outcome != "" {
		ctx = s.ctx
	}
	if !d.prepared && (outcome == "" || d.heard) {
		d.prepared = true
		if err := s.prepare(ctx, d); err != nil && ctx.Err() == nil {
			s.log.Error("an invitation could not be pushed", "inviteID", d.inviteID, "user", d.user, "error", err)
		}
	}
	if outcome != "" {
		d.turn()
	}
	s.sendDue(ctx, d, outcome)
	if next, ok := d.next(); ok {
		time.AfterFunc(time.Until(next), func() { s.wake(d) })
	}
}

// prepare finds out whether and where to send.
func (s *Service) prepare(ctx context.Context, d *delivery) (err error) {
	var pushed bool
	if d.notice, pushed, err = d.read(); err != nil || !pushed {
		return err
	}
	d.deadline = time.Now().Add(longest)
	if d.expiresAt != 0 {
		d.deadline = d.expiresAt.Time()
	}
	subs, err := s.store.PushSubscriptions(ctx, d.user)
	if err != nil || len(subs) == 0 {
		return err
	}
	allowed, err := s.people.MayDisturb(ctx, d.inviter, d.user)
	if err != nil || !allowed {
		return err
	}
	if d.name, err = s.people.Name(ctx, d.inviter); err != nil {
		return err
	}
	if d.token, err = s.tokens.IssueAnswer(d.user, d.inviteID, time.Until(d.deadline)); err != nil {
		return fmt.Errorf("issue an answer token: %w", err)
	}
	for _, sub := range subs {
		d.targets = append(d.targets, &target{sub: sub})
	}
	return nil
}

// turn makes the end what is sent from now on, to whoever may have heard of the
// beginning.
func (d *delivery) turn() {
	if d.ended {
		return
	}
	d.ended, d.deadline = true, time.Now().Add(endPatience)
	for _, t := range d.targets {
		t.settled = t.deaf || t.tries == 0 && !d.heard
		t.tries, t.next = 0, time.Time{}
	}
}

// sendDue sends to all targets whose time has come, to all at once.
func (s *Service) sendDue(ctx context.Context, d *delivery, outcome call.InviteeState) {
	var sending sync.WaitGroup
	now := time.Now()
	for _, t := range d.targets {
		if !t.settled && !t.next.After(now) {
			sending.Go(func() { s.try(ctx, d, t, outcome) })
		}
	}
	sending.Wait()
}

// next is when something is left to do; false if nothing is.
func (d *delivery) next() (next time.Time, ok bool) {
	for _, t := range d.targets {
		if !t.settled && (!ok || t.next.Before(next)) {
			next, ok = t.next, true
		}
	}
	return next, ok
}
