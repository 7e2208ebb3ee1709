package webhook

import (
	"math/rand/v2"
	"time"
)

// How long a receiver that fails is left alone, and how long it is tried.
const (
	firstWait = time.Second
	maxWait   = 10 * time.Minute
	lifetime  = 72 * time.Hour
)

// wait is the time to the next attempt after so many failures: it doubles, and
// a random part of up to a fifth keeps lines from coming all at once.
func wait(failures int) time.Duration {
	d := maxWait
	if shift := failures - 1; shift < 10 {
		d = min(maxWait, firstWait<<shift)
	}
	return d - rand.N(d/5)
}
