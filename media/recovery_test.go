package media

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// camera is what a page sends of 540 lines: three layers, bits/s.
func camera() []float64 { return []float64{150_000, 450_000, 1_100_000} }

// later is a way that takes as much longer from the 20th second on.
func later(by time.Duration) func(float64) time.Duration {
	return func(t float64) time.Duration {
		if t < 20 {
			return 0
		}
		return by
	}
}

// Who goes to another network, or whose route changes, has a longer way and no
// queue.
func TestALongerWayIsNoQueue(t *testing.T) {
	const rtt, buffer = 20 * time.Millisecond, 300 * time.Millisecond
	for _, b := range []bottleneck{
		{name: "200 ms round trip, nothing limited", capacity: steady(10e6), wanted: 1.1e6, layers: camera(), fps: 15, rtt: rtt, buffer: buffer, longer: later(100 * time.Millisecond)},
		{name: "60 ms round trip, nothing limited", capacity: steady(10e6), wanted: 1.1e6, layers: camera(), fps: 15, rtt: rtt, buffer: buffer, longer: later(30 * time.Millisecond)},
		{name: "200 ms round trip, 5 % loss", capacity: steady(10e6), wanted: 1.1e6, layers: camera(), fps: 15, rtt: rtt, buffer: buffer, loss: 0.05, longer: later(100 * time.Millisecond)},
		{name: "200 ms round trip, 10 ms jitter", capacity: steady(10e6), wanted: 1.1e6, layers: camera(), fps: 15, rtt: rtt, buffer: buffer, jitter: 10 * time.Millisecond, longer: later(100 * time.Millisecond)},
	} {
		t.Run(b.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := travel(b, &own{rtt: int64(b.rtt)})
				t.Logf("%+v", j)
				if j.lowest < 1.4e6 {
					t.Errorf("limited to %.0f bits/s", j.lowest)
				}
			})
		})
	}
}

// Networks that let voices go first make the picture come later than the voice.
// What has been overtaken is not lost, and there is no queue.
func TestAPictureBehindTheVoiceIsNotLost(t *testing.T) {
	for _, by := range []time.Duration{20 * time.Millisecond, 80 * time.Millisecond, 250 * time.Millisecond, 600 * time.Millisecond} {
		for _, loss := range []float64{0, 0.02} {
			t.Run(fmt.Sprintf("%s, %.0f %% lost", by, 100*loss), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := bottleneck{
						capacity: steady(10e6), wanted: 1.1e6, layers: camera(), fps: 15, loss: loss,
						rtt: 20 * time.Millisecond, buffer: 300 * time.Millisecond, detour: later(by),
					}
					j := travel(b, &own{rtt: int64(b.rtt)})
					t.Logf("%+v", j)
					if j.lowest < 1.4e6 || j.used < 0.95*(1-loss) {
						t.Errorf("limited to %.0f bits/s, %.2f used", j.lowest, j.used)
					}
				})
			})
		}
	}
}

// Where the path becomes narrow, what is too much is known as soon as feedback can
// tell, and no voice waits for longer than what was sent until then takes.
func TestVoicesDoNotWaitBehindWhatIsTooMuch(t *testing.T) {
	const buffer = 320 * time.Millisecond
	narrowTo := func(rate float64) func(float64) float64 {
		return func(t float64) float64 {
			if t < 20 {
				return 3e6
			}
			return rate
		}
	}
	for _, c := range []struct {
		b         bottleneck
		concealed time.Duration // at most; 300 ms of queue take a second at 0.3 Mbit/s
		lost      float64
		still     time.Duration
	}{
		{bottleneck{name: "0.3 Mbit/s", capacity: narrowTo(0.3e6), rtt: 50 * time.Millisecond}, 750 * time.Millisecond, 0.001, time.Second},
		{bottleneck{name: "0.4 Mbit/s", capacity: narrowTo(0.4e6), rtt: 50 * time.Millisecond}, 500 * time.Millisecond, 0.001, time.Second},
		{bottleneck{name: "0.4 Mbit/s, 2 % loss", capacity: narrowTo(0.4e6), rtt: 50 * time.Millisecond, loss: 0.02}, 700 * time.Millisecond, 0.03, time.Second},
		{bottleneck{name: "0.4 Mbit/s over 200 ms", capacity: narrowTo(0.4e6), rtt: 200 * time.Millisecond}, 800 * time.Millisecond, 0.005, 1200 * time.Millisecond},
	} {
		b := c.b
		b.wanted, b.layers, b.fps, b.buffer = 1.1e6, camera(), 15, buffer
		t.Run(b.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := travel(b, &own{rtt: int64(b.rtt)})
				t.Logf("%+v", j)
				if j.concealed > c.concealed || j.lost > c.lost || j.still > c.still {
					t.Errorf("%v concealed, want %v; %.3f lost, want %.3f; nothing seen for %v, want %v", j.concealed, c.concealed, j.lost, c.lost, j.still, c.still)
				}
			})
		})
	}
}

// A path that was narrow for a while is found to be wide again.
func TestWhatThePathTakesAgainIsFoundSoon(t *testing.T) {
	for _, c := range []struct {
		b    bottleneck
		most float64 // seconds
	}{
		{bottleneck{name: "as much as before", rtt: 50 * time.Millisecond}, 2},
		{bottleneck{name: "over 200 ms", rtt: 200 * time.Millisecond}, 3},
		{bottleneck{name: "with 2 % loss", rtt: 50 * time.Millisecond, loss: 0.02}, 2},
	} {
		b := c.b
		b.capacity, b.wanted, b.layers, b.fps, b.buffer = step, 1.1e6, camera(), 15, 320*time.Millisecond
		t.Run(b.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := travel(b, &own{rtt: int64(b.rtt)})
				t.Logf("%+v", j)
				if j.recovered > c.most || j.lost > 0.05 || j.padding > 0.06 {
					t.Errorf("after %.0f s, want %.0f; %.3f lost, %.3f padding", j.recovered, c.most, j.lost, j.padding)
				}
			})
		})
	}
}
