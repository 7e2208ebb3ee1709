package media

import (
	"testing"
	"time"

	"callsvc/call"
	"callsvc/media/bwe"

	"github.com/pion/rtcp"
)

func TestTheLevelOfSheddingFollowsTheLoad(t *testing.T) {
	for _, c := range []struct {
		name   string
		load   float64 // of what one processor can, video and voices
		voices float64 // share of the load that cannot be shed
	}{
		{"half of what it can", 0.5, 0.1},
		{"nine tenths", 0.9, 0.1},
		{"a little too much", 1.2, 0.1},
		{"twice as much", 2, 0.1},
		{"three times", 3, 0.2},
	} {
		t.Run(c.name, func(t *testing.T) {
			const second = 20 // periods
			level, delivered := 0, 0.0
			done := func(load float64) float64 {
				return load*c.voices + load*(1-c.voices)*(1-float64(level)/shedAll)
			}
			behind := 0
			for n := range 5 * second {
				work := done(c.load)
				if work > 1 {
					behind++
				}
				level = nextLevel(level, work > 1, 1-work)
				if n >= 2*second {
					delivered += min(work, 1) / (3 * second)
				}
			}
			if want := min(c.load, 1) * 0.7; delivered < want {
				t.Errorf("%.2f of the capacity was used, want %.2f", delivered, want)
			}
			if c.load <= 1 && (level != 0 || behind > 0) {
				t.Errorf("level %d with a load that can be carried", level)
			}
			if most := second; behind > most {
				t.Errorf("behind in %d periods, want no more than %d", behind, most)
			}
			for range 2 * second { // the load ends
				level = nextLevel(level, false, 1-done(0.3))
			}
			if level != 0 {
				t.Errorf("level %d two seconds after the load's end", level)
			}
		})
	}
}

func TestALateServerShedsWhatDoesNotDrain(t *testing.T) {
	const ms = int64(time.Millisecond)
	constant := func(late int64) func(int64) int64 { return func(int64) int64 { return late } }
	for _, c := range []struct {
		name  string
		late  func(at int64) int64 // nanoseconds that packets wait, at a millisecond of the story
		sheds bool
	}{
		{"packets wait a little", constant(20 * ms), false},
		{"a keyframe that drains within a second", func(at int64) int64 { return max(min(at, 200-(at-200)/5), 0) * ms }, false},
		{"one that drains slowly", func(at int64) int64 { return max(min(at, 200-(at-200)/10), 0) * ms }, false},
		{"ever more", func(at int64) int64 { return at / 2 * ms }, true},
		{"long, and never less", constant(100 * ms), true},
		{"far too long, if less and less", func(at int64) int64 { return max(3000-at, 0) * ms }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOverload()
			began, shed := int64(1e18), false
			for at := int64(0); at < 1000; at += 10 {
				now := began + at*ms
				o.wait(now-5*ms, now)
				o.look(now, c.late(at), func() bool { return false })
				shed = shed || o.active()
				if c.late(at) > int64(excusedFrom) && at > shedPeriod.Milliseconds() && !o.late(now) {
					t.Errorf("viewers' paths are blamed for %d ms of waiting", c.late(at)/ms)
				}
			}
			if shed != c.sheds {
				t.Errorf("shed: %t, want %t", shed, c.sheds)
			}
		})
	}
}

func TestVoicesAreNotGivenUpForWhatDrainsWithoutPictures(t *testing.T) {
	const ms = int64(time.Millisecond)
	for _, c := range []struct {
		name  string
		late  func(at int64) int64 // milliseconds that packets wait, at a millisecond of the story
		sheds bool
	}{
		{"it drains", func(at int64) int64 { return max(1000-at/2, 0) }, false},
		{"it does not", func(int64) int64 { return 700 }, true},
		{"it gets worse", func(at int64) int64 { return 700 + at }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, shed := newOverload(), 0.0
			began := int64(1e18)
			for at := int64(-100); at < 1500; at += 10 {
				now := began + at*ms
				if at == 0 {
					o.level.Store(shedAll)
				}
				o.look(now, c.late(max(at, 0))*ms, func() bool { return false })
				_, voices := o.shares()
				shed = max(shed, voices)
			}
			if got := shed > 0; got != c.sheds {
				t.Errorf("%.2f of the voices are given up, some wanted: %t", shed, c.sheds)
			}
		})
	}
}

func TestKeyframesOfWhatIsTakenUpAgainComeTogether(t *testing.T) {
	o := newOverload()
	for level, want := range map[int32]int{0: 100, 1: 20, shedAll: 20} {
		o.level.Store(level)
		times := 0
		for tick := range int64(100) {
			if o.takesUp(int64(1e18) + tick*int64(tickInterval)) {
				times++
			}
		}
		if times != want {
			t.Errorf("level %d: in %d of 100 ticks, want %d", level, times, want)
		}
	}
}

func TestAServerIsBehindWhenItsSocketIsNeverEmpty(t *testing.T) {
	long, short := func() bool { return true }, func() bool { return false }
	for _, c := range []struct {
		name    string
		wait    int64 // nanoseconds in each 10 ms
		backlog func() bool
		sheds   bool
	}{
		{"the reader waits half of the time", 5e6, short, false},
		{"the reader waits now and then", 1e5, short, false},
		{"the reader never waits", 0, short, true},
		{"the network takes less than is sent", 5e6, long, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := &overload{procs: 2}
			now := int64(1e18)
			o.wait(now, now)
			for range 50 {
				now += 10e6
				if c.wait > 0 {
					o.wait(now-c.wait, now)
				}
				o.look(now, -1, c.backlog)
			}
			if o.active() != c.sheds {
				t.Errorf("level %d, shedding wanted: %t", o.level.Load(), c.sheds)
			}
		})
	}
}

func TestOverloadShedsPicturesAndNeverVoices(t *testing.T) {
	voice := newStage(call.SourceMic, "audio/opus", 48000, 10)
	picture := newStage(call.SourceCamera, "video/VP8", 90000, 10)
	o := picture.layer.pub.peer.engine.overload
	for i, s := range picture.slots {
		s.chance = int32(i) * 10
		s.setRank(i == 0) // the first is a shared screen
	}
	voice.layer.pub.peer.engine.overload.level.Store(shedAll)
	picture.packet(vp8(true, 20))
	voice.packet(make([]byte, 80))
	o.level.Store(50) // above the ranks 10, 20, 30 and 40; the screen's is 64
	for range 5 {
		picture.packet(vp8(false, 20))
		voice.packet(make([]byte, 80))
	}
	for i := range picture.slots {
		want := 6
		if i >= 1 && i <= 4 {
			want = 1
		}
		if got := picture.sinks[i].count; got != want {
			t.Errorf("viewer %d of rank %d got %d packets, want %d", i, picture.slots[i].rank.Load(), got, want)
		}
		if got := voice.sinks[i].count; got != 6 {
			t.Errorf("viewer %d heard %d packets, want 6", i, got)
		}
	}
}

func TestVoicesAreGivenUpAfterAllPicturesAndNotTheFirst(t *testing.T) {
	voice := newStage(call.SourceMic, "audio/opus", 48000, 10)
	o := voice.layer.pub.peer.engine.overload
	voice.slots[0].setRank(true) // for its listener it is the one to be heard first
	send := func(level int32) (heard int) {
		o.level.Store(level)
		before := 0
		for _, w := range voice.sinks {
			before += w.count
		}
		voice.packet(make([]byte, 80))
		for _, w := range voice.sinks {
			heard += w.count
		}
		return heard - before
	}
	var firsts []uint16
	for _, s := range []struct{ level, want int }{{0, 10}, {shedAll, 10}, {shedMost, 1}, {shedMost, 1}, {shedAll, 10}} {
		if got := send(int32(s.level)); got != s.want {
			t.Errorf("at level %d %d hear it, want %d", s.level, got, s.want)
		}
		for _, w := range voice.sinks[len(firsts):] {
			firsts = append(firsts, w.last.SequenceNumber)
		}
	}
	for i, w := range voice.sinks {
		want := 3
		if i == 0 {
			want = 5
		}
		if apart := int(w.last.SequenceNumber - firsts[i]); w.count != want || apart != want-1 {
			t.Errorf("listener %d got %d packets with numbers %d apart, want %d without a gap", i, w.count, apart, want)
		}
	}
	if pictures, voices := o.shares(); pictures != 1 || voices != 0 {
		t.Errorf("%.2f of pictures and %.2f of voices given up, want 1 and 0", pictures, voices)
	}
}

func TestWhatWasShedGoesOnWithAKeyframeAndWithoutAGap(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	s, w := st.slots[0], st.sinks[0]
	o := s.peer.engine.overload
	st.packet(vp8(true, 20))
	before := w.last.SequenceNumber
	o.level.Store(shedAll)
	for range 100 {
		st.packet(vp8(false, 20))
	}
	if l := s.resumes(o); l != nil {
		t.Error("a keyframe is asked for while the slot is shed")
	}
	o.level.Store(0)
	st.packet(vp8(false, 20))
	if w.count != 1 {
		t.Fatalf("%d packets went out, want none without a keyframe", w.count-1)
	}
	if l := s.resumes(o); l != st.layer {
		t.Error("no keyframe is asked for")
	}
	st.packet(vp8(true, 20))
	st.packet(vp8(false, 20))
	if w.count != 3 || w.last.SequenceNumber != before+2 {
		t.Errorf("%d packets went out, the last %d after the one before; want 3 and 2", w.count, w.last.SequenceNumber-before)
	}
	if l := s.resumes(o); l != nil {
		t.Error("a keyframe is asked for though one came")
	}
}

func TestWhatNobodyIsSentIsNotEvenDecrypted(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 2)
	o := st.layer.pub.peer.engine.overload
	st.packet(vp8(true, 20))
	if st.layer.sheds(o, st.now) {
		t.Fatal("shed without overload")
	}
	o.level.Store(shedAll)
	st.slots[0].rank.Store(shedAll) // as nothing is: this one stays
	if st.layer.sheds(o, st.now) {
		t.Fatal("shed though one is still sent it")
	}
	st.slots[0].setRank(false)
	if !st.layer.sheds(o, st.now) {
		t.Fatal("not shed though nobody is sent it")
	}
	st.header.SequenceNumber += 50 // went by
	o.level.Store(0)
	if ask := st.layer.receive(&st.header, vp8(false, 20), st.now); len(ask) > 0 {
		t.Errorf("%d packets are asked for again that were dropped here", len(ask))
	}
	if st.sinks[0].count != 1 {
		t.Error("what comes after a hole went out without a keyframe")
	}
}

func TestAnOverloadedServerRepairsNothing(t *testing.T) {
	st := newStage(call.SourceCamera, "video/VP8", 90000, 1)
	s := st.slots[0]
	st.packet(vp8(true, 20))
	st.packet(vp8(false, 20))
	lost := st.sinks[0].last.SequenceNumber
	nack := &rtcp.TransportLayerNack{Nacks: []rtcp.NackPair{{PacketID: lost}}}
	buf := make([]byte, receiveMTU)
	s.peer.engine.overload.level.Store(1)
	s.answer(nack, buf, st.now)
	if s.counts.resent != 0 {
		t.Error("a packet was sent again under overload")
	}
	s.peer.engine.overload.level.Store(0)
	s.answer(nack, buf, st.now)
	if s.counts.resent != 1 {
		t.Error("a packet was not sent again after it")
	}
}

func TestWhatWaitedInTheServerIsNotHeldAgainstThePath(t *testing.T) {
	const interval = int64(10 * time.Millisecond)
	// tell sends packets for a second and a half that take ever longer, and lets feedback follow.
	tell := func(c *bwe.Estimator, d *bwe.Departures, now int64, take func(*bwe.Feedback, int64)) int64 {
		for range 15 {
			f := &bwe.Feedback{Base: uint16(upcoming(d))}
			for i := range int64(10) {
				d.Leave(now, 1200, bwe.Picture)
				f.Arrivals = append(f.Arrivals, now+int64(upcoming(d))*int64(2*time.Millisecond)+i)
				now += interval
			}
			take(f, now)
		}
		return now
	}
	for _, late := range []bool{false, true} {
		var c bwe.Estimator
		var d bwe.Departures
		o, target := &overload{}, int64(0)
		now := int64(1e18)
		if late {
			o.behindAt.Store(now + int64(1500*time.Millisecond))
		}
		now = tell(&c, &d, now, func(f *bwe.Feedback, at int64) {
			if o.late(at) {
				c.Excused(&d, f, at)
			} else {
				target, _ = c.Reported(&d, f, at, int64(20*time.Millisecond))
			}
		})
		if limited := target > 0; limited == late || !c.Informed() {
			t.Errorf("late %t: target %d", late, target)
		}
		if o.late(now + int64(lateFor)) {
			t.Error("late for ever")
		}
	}
}
