package media

import "time"

// replayPace is how many times as fast as they were made stored pictures are
// played to a viewer; 0 is not at all.
type replayPace uint32

const (
	asMade replayPace = 1
	// atOnce leaves a millisecond or two for what took keyframeRefusal, and
	// still different timestamps for the pictures of any camera.
	atOnce replayPace = 256
)

// replayable says how a slot can be sent what is stored of a layer from its last
// keyframe on, of which the newest packet came so long ago (nanoseconds): as it
// was made if that takes no longer than the slot has been idle. A slot that is in use
// shows the pictures all at once, and those of a short time only: the viewer sees them
// go by. On a narrow path they would stand in the queue for longer than a new
// keyframe takes.
func (s *slot) replayable(key, newest *packet, since, now int64) replayPace {
	if !s.peer.connected.Load() || !s.audio && s.peer.drains(now) {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	clock := int64(newest.codec.clock)
	span := int64(int32(newest.timestamp - key.timestamp))
	switch {
	case s.out.at == 0 || span <= (now-s.out.at)*clock/int64(time.Second):
		return asMade
	case s.audio || narrow(s.peer.budget.Load()):
		return 0
	case since+span*int64(time.Second)/clock <= int64(keyframeRefusal):
		return atOnce
	}
	return 0
}

// replay sends a stored packet; newest is the last one stored, whose time is now.
func (s *slot) replay(l *layer, p, newest *packet, pace replayPace, now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == l {
		s.hasten(p, pace)
	} else if !s.switchTo(l, p, newest.timestamp, (newest.timestamp-p.timestamp)/uint32(pace), now) {
		return
	}
	if g := s.place(p, now); g != nil {
		s.send(g, p, now)
	}
}

// hasten begins a segment with the next picture of a replay that is played faster
// than it was made, so that the timestamps do not run ahead of the clock. s.mu is held.
func (s *slot) hasten(p *packet, pace replayPace) {
	step := int32(p.timestamp - s.in.timestamp)
	if pace == asMade || step <= 0 {
		return
	}
	g := s.segments[s.newest]
	g.first = p.ext + g.offset
	g.timestamp = s.out.timestamp + max(uint32(step)/uint32(pace), 1) - p.timestamp
	s.divide(g)
}
