package session

import (
	"strconv"
	"testing"
	"time"

	"callsvc/call"
)

// Internal, because forgetting is not to be seen from outside: who is
// forgotten has the whole burst again, and that is why they may be.
func TestTheInviteLimiterForgetsTheIdle(t *testing.T) {
	l := newInviteLimiter(10, 2)
	now := time.Unix(1000, 0)
	for n := range 10 * minSweep {
		now = now.Add(10 * time.Millisecond)
		l.take(call.UserID(strconv.Itoa(n)), now)
	}
	if len(l.users) > minSweep {
		t.Errorf("%d users are remembered", len(l.users))
	}
	last := call.UserID(strconv.Itoa(10*minSweep - 1))
	l.take(last, now)
	if wait := l.take(last, now); wait != 100*time.Millisecond {
		t.Errorf("the newest waits %v, want 100ms", wait)
	}
}
