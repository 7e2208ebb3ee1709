package signaling

import (
	"sync/atomic"

	"callsvc/call"
)

// counters count what happened since the start.
type counters struct {
	open                                                       atomic.Int64
	invited, accepted, rejected, cancelled, timedOut, modified atomic.Int64
}

// of is the counter of an event.
func (c *counters) of(ev call.InvitationEvent) *atomic.Int64 {
	switch ev.(type) {
	case call.AcceptInvitation:
		return &c.accepted
	case call.RejectInvitation:
		return &c.rejected
	case call.CancelInvitation:
		return &c.cancelled
	case call.ExpireInvitation:
		return &c.timedOut
	}
	return &c.modified
}

// Stats are the service's figures: Open now, the rest since the start.
type Stats struct {
	Open, Invited, Accepted, Rejected, Cancelled, TimedOut, Modified int64
}

// Stats returns the figures as they are. Safe from any goroutine.
func (s *Service) Stats() Stats {
	c := &s.counts
	return Stats{
		Open: c.open.Load(), Invited: c.invited.Load(), Accepted: c.accepted.Load(), Rejected: c.rejected.Load(),
		Cancelled: c.cancelled.Load(), TimedOut: c.timedOut.Load(), Modified: c.modified.Load(),
	}
}
