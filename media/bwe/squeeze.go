package bwe

// A path that becomes much narrower at once shows in the first packets that come
// over it: what left together comes one after another, each later than the one
// before by the time that one took. The line through the delays of whole groups
// needs a second and more of a camera's frames to bend, in which all that is
// sent piles up, and voices behind it.
const (
	squeezeQueue   = 60.0  // milliseconds by which packets take ever longer
	squeezeNoise   = 10.0  // which are none
	squeezeLeast   = 3     // packets that say so
	squeezeSpan    = 80.0  // milliseconds in which they came, at least
	squeezeShare   = 0.6   // of what came before that comes now, at most
	squeezeDip     = 0.25  // of the growth that is lost again: it was no queue
	squeezeStep    = 2.0   // times as large as those before is a step that begins anew
	squeezeHorizon = 500.0 // milliseconds within which the growth must be seen
)

// squeeze watches for that.
type squeeze struct {
	least, peak float64 // delay
	usual       float64 // bits/s that came while it was the least, 0 before anything did
	step        float64 // by which the delay has grown at most from one packet to the next
	from        point   // the packet after it: that step the way itself may have become longer by, or stood still for
	last        float64 // arrival
	bytes       int     // after from
	packets     int
}

// add takes a packet that arrived, in the order they were sent; usual is what came
// of late, in bits/s.
func (s *squeeze) add(departed, arrived float64, size int, usual float64) {
	here := point{arrived, arrived - departed}
	grown, step := s.peak-s.least, here.delay-s.peak
	switch {
	case s.usual == 0, here.delay < s.least, -step > max(squeezeDip*grown, squeezeNoise), arrived-s.from.at > squeezeHorizon:
		*s = squeeze{least: here.delay, peak: here.delay, usual: usual, from: here}
	case max(here.delay, s.peak) < s.least+squeezeNoise:
		*s = squeeze{least: s.least, peak: max(here.delay, s.peak), usual: usual, from: here}
	case step > squeezeStep*s.step:
		s.step, s.peak, s.from, s.bytes, s.packets = step, here.delay, here, 0, 0
	default:
		s.peak, s.last = max(s.peak, here.delay), max(s.last, arrived)
		s.bytes, s.packets = s.bytes+size, s.packets+1
	}
}

// rate is what the path carries now, in bits/s; 0 if nothing says that it has
// become narrow.
func (s *squeeze) rate() float64 {
	took := s.last - s.from.at
	if s.packets < squeezeLeast || took < squeezeSpan || s.peak-s.from.delay < squeezeQueue {
		return 0
	}
	rate := float64(s.bytes) * 8 / took * 1e3
	if rate > squeezeShare*s.usual {
		return 0
	}
	return rate
}
