package media

import (
	"math"
	"time"
)

// timeline is the line between this server's clock and the timestamps of a
// slot, as the last sender report told the viewer. Browsers take the mean of
// some twenty reports for the truth, so whatever comes into the slot is stamped
// to lie on the line: voice and picture would be apart for as long otherwise.
type timeline struct {
	at    int64 // Unix nanoseconds
	rtp   uint32
	clock uint32 // 0 while the line is not known
}

// stamp is the timestamp of something captured at a moment.
func (t timeline) stamp(at int64) uint32 { return t.rtp + units(at-t.at, t.clock) }

// captured is the moment of a timestamp near the line's.
func (t timeline) captured(rtp uint32) int64 {
	return t.at + int64(int32(rtp-t.rtp))*1e6/int64(t.clock)*1e3
}

// units converts nanoseconds to units of an RTP clock.
func units(ns int64, clock uint32) uint32 { return uint32(ns / 1e3 * int64(clock) / 1e6) }

// place is where a layer's timestamps are on this server's clock: by its
// publisher's last sender report, and one offset for all that publisher sends, so
// that voice and picture stay together. ok is false while it is not known. l.mu is held.
func (l *layer) place(clock uint32) (t timeline, ok bool) {
	sr, offset := &l.rtcp.sr, l.pub.peer.clockOffset.Load()
	if sr.arrived == 0 || l.rtcp.moved || offset == math.MaxInt64 {
		return timeline{}, false
	}
	return timeline{at: sr.ntp + offset, rtp: sr.rtp, clock: clock}, true
}

// mostOff is how far (nanoseconds) something may be from where the time that
// passed would put it: publishers report what they like.
const mostOff = int64(1e9)

// movedAt notes whether a packet belongs to timestamps of which the last sender
// report did not tell, as when another device goes on with a microphone's. l.mu is held.
func (l *layer) movedAt(timestamp, clock uint32, now int64) {
	l.rtcp.moved = false
	if t, ok := l.place(clock); ok {
		late := now - t.captured(timestamp)
		l.rtcp.moved = late > mostOff || late < -mostOff
	}
}

// follow is the timestamp with which a slot goes on when it switches to a layer
// of which the newest packet has the timestamp newest, behind units before that:
// where it lies on the slot's line, or as long after the last one as time passed
// if the line or the layer's place on it is not known. Called with both locks.
func (s *slot) follow(l *layer, clock, newest, behind uint32, now int64) uint32 {
	elapsed := (now - s.out.at) * int64(clock) / 1e9
	next := s.out.timestamp + uint32(max(elapsed-int64(behind), 1))
	t, known := l.place(clock)
	if !known || s.timeline.clock != clock {
		return next
	}
	exact := s.timeline.stamp(t.captured(newest)) - behind
	if off := time.Duration(int32(exact-next)) * time.Second / time.Duration(clock); off.Abs() > time.Duration(mostOff) {
		return next
	}
	return s.out.timestamp + uint32(max(int32(exact-s.out.timestamp), 1))
}
