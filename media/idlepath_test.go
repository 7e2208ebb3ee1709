package media

import (
	"testing"
	"time"

	"callsvc/media/bwe"

	"github.com/pion/interceptor/pkg/twcc"
)

// idlePath is a path to a viewer whose estimate has fallen.
type idlePath struct {
	own
	t        *testing.T
	now      time.Time
	recorder *twcc.Recorder
	free     time.Time // when what is in the queue will have gone
}

// send lets a packet leave, and tells the sender what came of it.
func (p *idlePath) send(size int, rate float64, queue time.Duration, lost bool) {
	p.t.Helper()
	seq := p.leave(p.now, size, false)
	if p.free.Before(p.now) {
		p.free = p.now
	}
	if lost || p.free.Sub(p.now) > queue {
		return
	}
	p.free = p.free.Add(time.Duration(float64(size) * 8 / rate * float64(time.Second)))
	p.recorder.Record(1, seq, p.free.UnixMicro())
	for _, packet := range p.recorder.BuildFeedbackPacket() {
		b, err := packet.Marshal()
		if err != nil {
			p.t.Fatal(err)
		}
		p.reported(b, p.now)
	}
}

// probe waits for a probe and sends it; false if none comes.
func (p *idlePath) probe(within time.Duration, lost bool) bool {
	for until := p.now.Add(within); p.now.Before(until); p.now = p.now.Add(100 * time.Millisecond) {
		rate := p.c.BeginProbe(p.now.UnixNano(), p.rtt, 1e6, upcoming(&p.d))
		if rate == 0 {
			continue
		}
		const size = 300
		for sent := time.Duration(0); sent < bwe.ProbeTime; sent += 10 * time.Millisecond {
			for n := 0.0; n < rate/8/100; n += size {
				p.send(size, 10e6, time.Second, lost)
			}
			p.now = p.now.Add(10 * time.Millisecond)
		}
		p.c.EndProbe(upcoming(&p.d), p.now.UnixNano())
		return true
	}
	return false
}

// A picture alone, and a path that does not even take its lowest layer: it is
// paused, nothing is sent any more, and so nobody tells of the path. It must be
// looked for by oneself when it takes more, even if the first look is lost.
func TestAPathOnWhichNothingIsSentIsTriedAgain(t *testing.T) {
	p := &idlePath{own: own{rtt: int64(50 * time.Millisecond)}, t: t, now: time.Unix(1_000, 0), recorder: twcc.NewRecorder(1)}
	for range 300 {
		p.send(1500, 0.3e6, 200*time.Millisecond, false)
		p.now = p.now.Add(10 * time.Millisecond)
	}
	before := p.budget
	if before == 0 || before > 0.6e6 {
		t.Fatalf("the estimate is %.0f where the path takes 300,000", before)
	}
	p.now = p.now.Add(5 * time.Second)
	if !p.probe(5*time.Second, true) {
		t.Fatal("nothing is tried after five seconds of silence")
	}
	for tries := 1; p.budget < 1.5*before; tries++ {
		if !p.probe(30*time.Second, false) {
			t.Fatalf("nothing is tried any more after %d tries, the estimate is %.0f and was %.0f", tries, p.budget, before)
		}
		if tries == 5 {
			t.Fatalf("the estimate is %.0f after 4 probes that came through, and was %.0f", p.budget, before)
		}
	}
	p.now = p.now.Add(2 * time.Second)
	if p.c.BeginProbe(p.now.UnixNano(), p.rtt, 0, upcoming(&p.d)) != 0 {
		t.Error("a probe for what nobody wants")
	}
}
