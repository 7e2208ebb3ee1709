package media_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"callsvc/media"
)

// passing is a datagram of the server's, seen on its way to a client.
type passing struct {
	at    time.Time
	size  int
	audio bool
}

// watchServer notes the RTP that comes from the server. The voices of these
// tests are short, the pictures are not.
func (w *world) watchServer() func() []passing {
	var mu sync.Mutex
	var seen []passing
	look := func(b []byte, up bool) bool {
		if rtcp := len(b) > 1 && b[1] >= 192 && b[1] <= 223; !up && len(b) > 24 && b[0]>>6 == 2 && !rtcp {
			mu.Lock()
			seen = append(seen, passing{time.Now(), len(b), b[1]&0x7f == 111})
			mu.Unlock()
		}
		return false
	}
	w.drop.Store(&look)
	return func() []passing {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}

// most is the most bytes of video in any window.
func most(seen []passing, window time.Duration) int {
	best := 0
	for i, first := range seen {
		sum := 0
		for _, p := range seen[i:] {
			if p.at.Sub(first.at) > window {
				break
			}
			if !p.audio {
				sum += p.size
			}
		}
		best = max(best, sum)
	}
	return best
}

func TestAReplayIsSpreadOnlyWhereThePathIsNarrow(t *testing.T) {
	const narrow, window = 300_000, 20 * time.Millisecond
	for _, c := range []struct {
		name   string
		budget int64
	}{{"nothing is known of the path", 0}, {"the path is narrow", narrow}, {"the path is wide", 100e6}} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				ana := w.client(strings.Repeat("a", 300), clientOption{publish: true}) // its packets contain its name
				ana.join("r")
				w.eventually("ana publishes", func() bool { return w.engine.Stats().PacketsIn > 200 })
				ben := w.client("ben", clientOption{pairs: 1})
				seen := w.watchServer()
				ben.join("r")
				media.SetBudget(ben.peer, c.budget)
				ben.watch(string(ana.user))
				w.eventually("ben sees ana", func() bool { return len(ben.box(ben.videoSlot(0)).all()) > 30 })
				time.Sleep(2 * time.Second)
				burst := most(seen(), window)
				limit := media.PaceBurst + int(media.PaceFactor*narrow/8*window.Seconds()) + 500
				if spread := burst <= limit; spread != (c.budget == narrow) {
					t.Errorf("%d bytes of video in %v, where the pace is %d", burst, window, limit)
				}
				for i, p := range ben.box(ben.videoSlot(0)).all() {
					if i > 0 && p.SequenceNumber != ben.box(ben.videoSlot(0)).all()[i-1].SequenceNumber+1 {
						t.Fatalf("packet %d is out of order", i)
					}
				}
			})
		})
	}
}
