package media

import (
	"testing"
	"time"
)

func TestALaneLetsGoAtItsRateHoweverManyTicksThatTakes(t *testing.T) {
	const size, packets = 1200, 600
	for _, c := range []struct {
		name   string
		budget int64
		rate   float64 // bits/s at which the lane lets go
	}{
		{"a narrow path", 15_000_000, paceFactor * 15_000_000},
		{"a path of which nothing is known", 0, paceReplay},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Peer{}
			p.budget.Store(c.budget)
			l := &lane{peer: p, active: true}
			l.at = 1
			for range packets {
				l.hold(held{datagram: &datagram{n: size}}, l.at)
			}
			bits := float64(packets * size * 8)
			took := time.Duration(bits / c.rate * float64(time.Second))
			gone, ticks := 0, 0
			for now := l.at; gone < packets && ticks < 1000; ticks++ {
				now += int64(paceInterval)
				due, _ := l.due(now)
				gone += len(due)
				if most := c.rate/8*2*paceInterval.Seconds() + size; float64(len(due)*size) > most {
					t.Fatalf("%d bytes went at once, at most %.0f should", len(due)*size, most)
				}
			}
			if want := int(took/paceInterval) + 2; ticks > want || ticks < want-4 {
				t.Errorf("%d of %d packets were gone after %d ticks, want all after about %d", gone, packets, ticks, want)
			}
		})
	}
}
