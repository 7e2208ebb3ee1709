package limit_test

import (
	"strconv"
	"testing"
	"time"

	"callsvc/internal/limit"

	"pgregory.net/rapid"
)

func TestEachKeyHasItsOwnBucket(t *testing.T) {
	l := limit.NewKeyed[string](limit.Rate{PerSecond: 10, Burst: 3})
	now := time.Unix(1000, 0)
	for _, c := range []struct {
		key   string
		n     int
		later time.Duration
		want  time.Duration
	}{
		{key: "ana", n: 3},
		{key: "ana", n: 1, want: 100 * time.Millisecond},
		{key: "bo", n: 2},
		{key: "bo", n: 2, want: 100 * time.Millisecond}, // one was left, and stays
		{key: "bo", n: 1},
		{key: "ana", n: 1, later: 100 * time.Millisecond},
		{key: "ana", n: 1, want: 100 * time.Millisecond},
		{key: "cy", n: 1000}, // more than ever fits: a full bucket
		{key: "cy", n: 1000, want: 300 * time.Millisecond},
	} {
		now = now.Add(c.later)
		if foreseen := l.Wait(c.key, c.n, now); foreseen != c.want {
			t.Errorf("%s, %d: waits %v, want %v", c.key, c.n, foreseen, c.want)
		}
		if got := l.Take(c.key, c.n, now); got != c.want {
			t.Errorf("%s takes %d: waits %v, want %v", c.key, c.n, got, c.want)
		}
	}
}

func TestNoLimit(t *testing.T) {
	l := limit.NewKeyed[int](limit.Rate{})
	for range 1000 {
		if wait := l.Take(1, 1000, time.Unix(1000, 0)); wait != 0 {
			t.Fatalf("waits %v", wait)
		}
	}
}

// Whatever is asked, nobody gets more than a burst and the rate since, and who
// waits as long as told is served.
func TestALimitHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perSecond, burst := rapid.Float64Range(0.1, 100).Draw(t, "rate"), rapid.IntRange(1, 50).Draw(t, "burst")
		l := limit.NewKeyed[string](limit.Rate{PerSecond: perSecond, Burst: burst})
		began := time.Unix(1000, 0)
		now, taken := began, 0
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "ms")) * time.Millisecond)
			n := rapid.IntRange(1, burst).Draw(t, "n")
			wait := l.Take("ana", n, now)
			if wait > 0 {
				now = now.Add(wait + time.Microsecond)
				if again := l.Take("ana", n, now); again > 0 {
					t.Fatalf("after waiting %v it is to wait %v", wait, again)
				}
			}
			taken += n
			if most := float64(burst) + perSecond*now.Sub(began).Seconds() + 1e-3; float64(taken) > most {
				t.Fatalf("%d taken, at most %g are allowed", taken, most)
			}
		}
	})
}

func BenchmarkTake(b *testing.B) {
	l := limit.NewKeyed[string](limit.Rate{PerSecond: 1e9, Burst: 1e9})
	keys := make([]string, 1000)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	now := time.Unix(1000, 0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Take(keys[i%len(keys)], 1, now)
	}
}
