package media

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// crowd is many who look at a camera and hear voices, through a simulated server
// of one processor. Its time is its own.
type crowd struct {
	o         *overload
	viewers   int     // there now
	voices    int     // that each of them hears
	pictures  bool    // whether there is a camera
	cost      float64 // nanoseconds to send one packet to one of them
	rank      []int32
	voiceRank []int32 // of the voices that are not to be heard first
	shed      []bool  // waits for a keyframe
	quota     int64   // nanoseconds that the server runs in each quotaPeriod, all of it or less
	left      int64   // of that, in the current one
	period    int64   // which is that
	now       int64   // when the next packet comes
	free      int64   // when the server will have done what came before
	wanted    int64   // when a keyframe comes that was asked for; 0 if none was
	asked     int64   // when that was last
	lateMax   time.Duration
}

const (
	frameInterval = int64(time.Second) / 30
	framePackets  = 4 // of a frame
	keyframeTimes = 8 // times a frame
	voiceInterval = int64(20 * time.Millisecond)
	regulars      = 100
	quotaPeriod   = int64(5 * time.Millisecond)
)

// newCrowd has regulars who take a share of what the server can.
func newCrowd(voices int, pictures bool, share, quota float64, most int, seed uint64) *crowd {
	each := 50 * voices
	if pictures {
		each += framePackets * 30
	}
	a := &crowd{
		o: &overload{procs: 1}, viewers: regulars, voices: voices, pictures: pictures,
		cost: share * quota * 1e9 / float64(regulars*each), quota: int64(quota * float64(quotaPeriod)),
		rank: make([]int32, most), voiceRank: make([]int32, most), shed: make([]bool, most), now: 1e18, free: 1e18,
	}
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range a.rank {
		a.rank[i] = random.Int32N(shedAll - shedImportant)
		a.voiceRank[i] = shedAll + random.Int32N(shedVoices)
	}
	return a
}

// works returns when the server will have done what takes it so long, if it begins
// then. One with a quota stands still when it is used up, until the next period
// begins (cpu.max of cgroups).
func (a *crowd) works(begin, work int64) int64 {
	for {
		if period := begin / quotaPeriod; period != a.period {
			a.period, a.left = period, a.quota
		}
		if a.quota == quotaPeriod || work < a.left {
			a.left -= work
			return begin + work
		}
		work -= a.left
		begin = (begin/quotaPeriod + 1) * quotaPeriod
	}
}

// read is when the server comes to what comes now.
func (a *crowd) read() int64 {
	start := a.works(max(a.now, a.free), 0)
	if start > a.free {
		a.o.wait(a.free, start)
	}
	a.o.look(start, start-a.now, func() bool { return false })
	return start
}

// send is what follows for so many.
func (a *crowd) send(start int64, to int) { a.free = a.works(start, int64(a.cost*float64(to))) }

// voice forwards a packet of the n-th voice, and returns to how many.
func (a *crowd) voice(n int) int {
	start, sent := a.read(), 0
	for i := range a.viewers {
		if n == 0 || !a.o.sheds(a.voiceRank[i]) {
			sent++
		}
	}
	a.lateMax = max(a.lateMax, time.Duration(start-a.now))
	a.send(start, sent)
	return sent
}

// picture forwards a packet of a frame, and returns to how many.
func (a *crowd) picture(key, first bool) int {
	start, sent := a.read(), 0
	for i := range a.viewers {
		switch {
		case a.o.sheds(a.rank[i]):
			a.shed[i] = true
		case !a.shed[i] || key && first:
			a.shed[i] = false
			sent++
		}
	}
	a.send(start, sent)
	return sent
}

// tick asks for a keyframe if somebody waits for one, as often as publishers are asked.
func (a *crowd) tick() {
	for i := range a.viewers {
		if a.shed[i] && !a.o.sheds(a.rank[i]) && a.o.takesUp(a.now) && a.now-a.asked >= int64(keyframeInterval) {
			a.asked, a.wanted = a.now, a.now+int64(30*time.Millisecond)
		}
	}
}

// run goes on for a while, and returns how much of what would be sent to all was.
func (a *crowd) run(d time.Duration) float64 {
	sent, all := 0, 0
	for end := a.now + int64(d); a.now < end; a.now += int64(time.Millisecond / 3) {
		at := func(interval int64) bool {
			return a.now/int64(time.Millisecond/3)%(interval/int64(time.Millisecond/3)) == 0
		}
		if at(int64(tickInterval)) {
			a.tick()
		}
		if at(voiceInterval) {
			for n := range a.voices {
				sent += a.voice(n)
				all += a.viewers
			}
		}
		if a.pictures && at(frameInterval) {
			key, packets := a.wanted != 0 && a.now >= a.wanted, framePackets
			if key {
				a.wanted, packets = 0, framePackets*keyframeTimes
			}
			for n := range packets {
				sent += a.picture(key, n == 0)
			}
			all += a.viewers * packets
		}
	}
	return float64(sent) / float64(all)
}

// double lets twice as much come as the server can, by more viewers, and has them
// leave again. No voice may be later than that.
func (a *crowd) double(t *testing.T, latest time.Duration) {
	t.Helper()
	if got := a.run(5 * time.Second); got < 1 || a.o.active() {
		t.Fatalf("%.2f of all was sent before", got)
	}
	a.viewers = len(a.rank)
	a.run(2 * time.Second)
	if got := a.run(10*time.Second) * 2; got < 0.7 {
		t.Errorf("%.2f of what the server can was sent, want 0.7", got)
	}
	if a.lateMax > latest {
		t.Errorf("a voice was %v late", a.lateMax)
	}
	a.viewers = regulars
	a.run(2 * time.Second)
	if got := a.run(5 * time.Second); got < 1 || a.o.active() {
		t.Errorf("two seconds after it ended %.2f of all is sent", got)
	}
}

func TestAnOverloadEndsWithItsCause(t *testing.T) {
	for _, share := range []float64{0.5, 0.7, 0.8, 0.9} { // of what the server can, before and after
		for _, quota := range []float64{1, 0.25} { // of a processor
			for seed := range uint64(3) {
				most := int(2 * regulars / share) // twice what the server can
				name := fmt.Sprintf("%.0f %% before, of %.0f %% of a processor, seed %d", 100*share, 100*quota, seed)
				t.Run(name, func(t *testing.T) {
					newCrowd(1, true, share, quota, most, seed).double(t, 700*time.Millisecond)
				})
				if share > 0.8 {
					continue // without pictures the server has less to do than when it stops to find out
				}
				t.Run(name+", voices alone", func(t *testing.T) { // pictures are given up first, though there are none
					newCrowd(3, false, share, quota, most, seed).double(t, 900*time.Millisecond)
				})
			}
		}
	}
}
