package media

// policer holds one publisher to a bit rate, by a bucket that a second fills.
// Sound is let through as long as it alone does not exceed the rate; pictures
// share what is left. The zero policer lets everything through.
type policer struct {
	rate   float64 // bytes a second, 0 for no limit
	credit float64 // bytes that pictures may take now
	voices float64 // bytes that sound may take now
	at     int64   // when they were right, Unix nanoseconds
}

// resumeAt is the share of a second's bytes that must have gathered before
// pictures that were cut go on: of somebody who sends several times the rate, half
// of it would not carry a keyframe.
const resumeAt = 0.9

func newPolicer(bitrate int) policer {
	rate := float64(bitrate) / 8
	return policer{rate: rate, credit: rate, voices: rate}
}

// admits takes a packet into account, and reports whether it may be forwarded.
// cut says that the stream it is of is interrupted already.
func (b *policer) admits(audio, cut bool, size int, now int64) bool {
	if b.rate == 0 {
		return true
	}
	b.gather(now)
	n := float64(size)
	switch {
	case audio && b.voices < n, !audio && b.credit < n, !audio && cut && !b.affords(now):
		return false
	case audio:
		b.voices -= n
	}
	b.credit -= n // what sound takes is not there for pictures
	return true
}

// gather adds what came since it was looked at last.
func (b *policer) gather(now int64) {
	if b.at != 0 {
		gained := b.rate * float64(max(now-b.at, 0)) / 1e9
		b.credit, b.voices = min(b.credit+gained, b.rate), min(b.voices+gained, b.rate)
	}
	b.at = now
}

// affords reports whether pictures that were cut may go on.
func (b *policer) affords(now int64) bool {
	b.gather(now)
	return b.credit >= resumeAt*b.rate
}
