package limit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how much may be done a second, and at once after a pause. The zero
// Rate is no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// keptKeys is how many keys a Keyed has room for, twice: some 10 MiB.
const keptKeys = 1 << 15

// Keyed is a limit that holds for each key by itself. Its methods may be called
// from any goroutine. A nil Keyed limits nothing.
type Keyed[K comparable] struct {
	rate Rate
	kept int

	mu             sync.Mutex // guards what follows
	recent, before map[K]*rate.Limiter
}

// NewKeyed makes a limit, nil if the rate is no limit.
func NewKeyed[K comparable](r Rate) *Keyed[K] {
	if r.PerSecond <= 0 {
		return nil
	}
	return &Keyed[K]{rate: r, kept: keptKeys, recent: map[K]*rate.Limiter{}}
}

// Take does n at that moment and returns 0; or, if it is too much, does nothing
// and returns how long to wait until it is not. More than a burst counts as a
// burst: it waits for a full bucket.
func (l *Keyed[K]) Take(key K, n int, now time.Time) time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.bucket(key).ReserveN(now, min(n, l.rate.Burst))
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// Wait is how long until n may be done, 0 for at once. It does nothing.
func (l *Keyed[K]) Wait(key K, n int, now time.Time) time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.bucket(key).ReserveN(now, min(n, l.rate.Burst))
	defer r.CancelAt(now)
	return r.DelayFrom(now)
}

// bucket wants l.mu held.
func (l *Keyed[K]) bucket(key K) *rate.Limiter {
	if b := l.recent[key]; b != nil {
		return b
	}
	b := l.before[key]
	if b == nil {
		b = rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)
	}
	if len(l.recent) >= l.kept {
		l.recent, l.before = map[K]*rate.Limiter{}, l.recent
	}
	l.recent[key] = b
	return b
}
