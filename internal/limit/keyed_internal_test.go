package limit

import (
	"testing"
	"time"
)

// Internal, because forgetting is not to be seen from outside.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	l := NewKeyed[int](Rate{PerSecond: 0.001, Burst: 1})
	now := time.Unix(1000, 0)
	const regular = -1
	l.Take(regular, 1, now)
	for n := range 10 * keptKeys {
		l.Take(n, 1, now)
		if n%1000 == 0 && l.Take(regular, 1, now) == 0 {
			t.Fatal("a key that is used again and again was forgotten")
		}
		if kept := len(l.recent) + len(l.before); kept > 2*keptKeys {
			t.Fatalf("%d keys are kept", kept)
		}
	}
}
