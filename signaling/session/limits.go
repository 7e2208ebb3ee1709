package session

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"callsvc/call"
)

// inviteLimiter bounds how fast each user invites, whatever the number of
// their sessions. It forgets users whose limit has filled up again.
type inviteLimiter struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	users   map[call.UserID]*rate.Limiter
	sweepAt int // as many users as this are a reason to look who can be forgotten
}

const minSweep = 1024

func newInviteLimiter(perSecond float64, burst int) *inviteLimiter {
	return &inviteLimiter{rate: rate.Limit(perSecond), burst: burst, users: map[call.UserID]*rate.Limiter{}, sweepAt: minSweep}
}

// take counts one invitation and returns 0, or how long the user has to wait.
func (l *inviteLimiter) take(user call.UserID, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.users[user]
	if u == nil {
		l.sweep(now)
		u = rate.NewLimiter(l.rate, l.burst)
		l.users[user] = u
	}
	r := u.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func (l *inviteLimiter) sweep(now time.Time) {
	if len(l.users) < l.sweepAt {
		return
	}
	for id, u := range l.users {
		if u.TokensAt(now) >= float64(l.burst) {
			delete(l.users, id)
		}
	}
	l.sweepAt = max(minSweep, 2*len(l.users))
}
