package media

import "cmp"

// A path that has become too narrow for what was sent has a queue in front of it.
// Until that is gone no picture follows: it would be late, and every voice behind
// it. What the slots go on with then is a keyframe.

// drains reports whether there is such a queue in the path to the viewer.
func (p *Peer) drains(now int64) bool { return now < p.drained.Load() }

// withholds reports whether a packet of a layer is not to be forwarded now, for
// overload or for the queue in the path, and notes that something is missing then.
// s.mu is held.
func (s *slot) withholds(l *layer, now int64) bool {
	drains := !s.audio && s.peer.drains(now)
	if !drains && !s.peer.engine.overload.sheds(s.rank.Load()) {
		return false
	}
	s.shed = s.shed || s.current == l || drains
	return true
}

// awaited is the layer with whose keyframe a slot goes on that was shed: the one
// it was given since, if it was; nil if it was not shed. s.mu is held.
func (s *slot) awaited() *layer {
	if !s.shed {
		return nil
	}
	return cmp.Or(s.next, s.current)
}
