package media

import (
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

// How video is given up while the server has more to do than it can. A slot's
// rank says when: the level that is above it sheds the slot. Voices come after
// the last picture, and for each listener the one to be heard first never does.
const (
	shedAll       = 256                    // the level at which no picture goes out
	shedVoices    = 128                    // levels above it, at the last of which everybody hears one voice only
	shedMost      = shedAll + shedVoices   // the highest level, and the rank that is never shed
	shedImportant = 64                     // what a shared screen or the one who speaks is ranked higher
	shedStep      = 16                     // of the level, up, in each period that the server is behind
	restoreStep   = 16                     // down, while it has room
	probeStep     = 2                      // down, while it has little
	shedPeriod    = 50 * time.Millisecond  // between two looks
	behindAfter   = 50 * time.Millisecond  // how long the socket may not be found empty, where lateness is not known
	roomy         = 0.30                   // share of the time there is nothing to do
	tight         = 0.10                   // below it the level stays
	lateAfter     = 60 * time.Millisecond  // how long packets may wait
	burstTime     = 250 * time.Millisecond // for which they may wait longer: a keyframe to everybody is a burst that drains
	looksCompared = 3                      // of which the least waiting counts: within a frame it goes up and down
	hopeless      = 500 * time.Millisecond // of waiting, after which that it drains is no comfort
	excusedFrom   = 20 * time.Millisecond  // of waiting, from which on viewers' paths are not blamed
	resumeTime    = time.Second            // between keyframes for what is taken up again while more is shed
	lateFor       = time.Second            // after which viewers' feedback is of packets that left in time again
)

// overload measures whether the engine keeps up, and says how much is shed. Its
// reader is the goroutine that reads the socket, and calls everything but
// sending and sheds.
type overload struct {
	level    atomic.Int32
	sending  atomic.Int64 // nanoseconds that the sender was busy, in all
	behindAt atomic.Int64 // when the engine was behind last, or shed something; Unix nanoseconds

	procs       int                      // that reader and sender share
	lookedAt    int64                    // Unix nanoseconds, as the following
	busySince   int64                    // since then the socket was never found empty
	waiting     [2 * looksCompared]int64 // how long what was read had been waiting at the last looks, the latest first
	lateSince   int64                    // since then that is more than lateAfter; 0 if it is not
	waited      int64                    // nanoseconds that the reader waited since lookedAt
	lastSending int64
}

func newOverload() *overload { return &overload{procs: runtime.GOMAXPROCS(0)} }

// wait notes that the reader found the socket empty, and went on at to.
func (o *overload) wait(from, to int64) {
	o.waited += to - from
	o.busySince = to
}

// look brings the level up to date. late is for how many nanoseconds what was
// just read had waited to be, negative if that is not known; backlog reports
// whether the send queue is longer than it should be.
func (o *overload) look(now, late int64, backlog func() bool) {
	period := now - o.lookedAt
	if period < int64(shedPeriod) {
		return
	}
	sending := o.sending.Load()
	busy := shareOfTime{
		reader: 1 - float64(o.waited)/float64(period),
		sender: float64(sending-o.lastSending) / float64(period),
	}
	behind := o.waits(now, late) || backlog()
	idle := busy.idle(o.procs)
	if late >= 0 && o.least() > int64(lateAfter)/2 {
		idle = 0 // what waits comes first
	}
	level := int(o.level.Load())
	if o.lookedAt != 0 && (level > 0 || behind) {
		for range min(period/int64(shedPeriod), shedMost) { // a reader that waits long looks seldom
			level = nextLevel(level, behind, idle)
		}
		o.level.Store(int32(level))
	}
	if o.lookedAt != 0 && (level > 0 || behind || late > int64(excusedFrom)) {
		o.behindAt.Store(now)
	}
	o.lookedAt, o.waited, o.lastSending = now, 0, sending
}

// waits reports whether packets wait for longer than those of a burst do that
// the server gets over: it goes on for too long and gets no better.
func (o *overload) waits(now, late int64) bool {
	if late < 0 {
		return now-o.busySince > int64(behindAfter)
	}
	copy(o.waiting[1:], o.waiting[:])
	o.waiting[0] = late
	least, before := o.least(), slices.Min(o.waiting[looksCompared:])
	switch {
	case least <= int64(lateAfter):
		o.lateSince = 0
	case o.lateSince == 0:
		o.lateSince = now
	}
	if o.lateSince != 0 && least >= before && now-o.lateSince >= int64(burstTime) {
		return true
	}
	return least > int64(hopeless) && o.level.Load() < shedAll // without pictures it may drain: voices are not given up for what is over
}

// least is how long packets have been waiting of late, whatever else is in a frame.
func (o *overload) least() int64 { return slices.Min(o.waiting[:looksCompared]) }

// shareOfTime is how much of a period reader and sender were busy.
type shareOfTime struct{ reader, sender float64 }

// idle is what is left to whoever is the bottleneck. On one processor the two
// share it.
func (b shareOfTime) idle(procs int) float64 {
	if procs == 1 {
		return 1 - b.reader - b.sender
	}
	return 1 - max(b.reader, b.sender)
}

// nextLevel is the policy: up fast while the server is behind, down fast while
// it has room, and slowly between, to find how much it can.
func nextLevel(level int, behind bool, idle float64) int {
	switch {
	case behind:
		return min(level+shedStep, shedMost)
	case idle > tight:
		step := probeStep + (restoreStep-probeStep)*min((idle-tight)/(roomy-tight), 1)
		return max(level-int(step), 0)
	}
	return level
}

// sheds reports whether what has a rank is given up now.
func (o *overload) sheds(rank int32) bool { return rank < o.level.Load() }

// shares are how much of the pictures is given up now, and of the voices.
func (o *overload) shares() (pictures, voices float64) {
	level := o.level.Load()
	return float64(min(level, shedAll)) / shedAll, float64(max(level-shedAll, 0)) / shedVoices
}

// active reports whether anything is: then nothing is repaired, in either
// direction, because that would make more of what there is too much of.
func (o *overload) active() bool { return o.level.Load() > 0 }

// late reports whether packets waited in this server of late: what their viewers
// tell of delay and loss is not their paths' doing.
func (o *overload) late(now int64) bool { return now-o.behindAt.Load() < int64(lateFor) }

// sheds reports whether nobody is sent a layer's packets now, so that they need
// not even be decrypted. It notes that one came: the layer is alive, what is
// lost meanwhile is not asked for, and nobody can start in the past.
func (l *layer) sheds(o *overload, now int64) bool {
	if l.pub.source.Audio() || !o.active() {
		return false
	}
	l.mu.Lock()
	wanted := slices.ContainsFunc(l.subs, func(s *slot) bool { return !o.sheds(s.rank.Load()) })
	l.mu.Unlock()
	return !wanted && l.skip(now)
}

// skip notes that a packet of the layer came and is not forwarded, nor anything
// before the next keyframe; false if it must be, to make the layer known.
func (l *layer) skip(now int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seq.started {
		return false // its first packet makes it known
	}
	if !l.broken {
		l.broken = true
		l.hist.forget()
		l.missing = l.missing[:0]
		for _, s := range l.subs {
			s.pause(l)
		}
	}
	l.lastAt = now
	return true
}

// isBroken reports whether packets were skipped of late.
func (l *layer) isBroken() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// pause makes a slot that carries a layer wait for a keyframe before it goes
// on: packets are missing from here on.
func (s *slot) pause(l *layer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == l {
		s.shed = true
	}
}

// takesUp reports whether it is time to ask for keyframes of what is taken up again:
// at once when nothing is shed any more, before that for two ticks of every
// second. Each is a burst to all who look at the layer, and might be the reason
// to shed again.
func (o *overload) takesUp(now int64) bool {
	return !o.active() || now%int64(resumeTime) < 2*int64(tickInterval)
}

// resumes returns the layer that a slot which was shed needs a keyframe of to
// go on, nil if it is not to go on now.
func (s *slot) resumes(o *overload) *layer {
	if s.audio || o.sheds(s.rank.Load()) {
		return nil
	}
	s.mu.Lock()
	l := s.awaited()
	s.mu.Unlock()
	if l == nil || l.isBroken() && !l.affordable.Load() { // its packets are skipped still
		return nil
	}
	return l
}

// setRank says how important what a slot carries is.
func (s *slot) setRank(important bool) {
	rank := s.chance
	switch {
	case important && s.audio:
		rank = shedMost
	case important:
		rank += shedImportant
	}
	s.rank.Store(rank)
}
