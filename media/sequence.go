package media

// The limits of RFC 3550 appendix A.1: how far a stream may jump ahead before
// it counts as restarted, and how far back a late packet is still taken.
const (
	maxDropout     = 3000
	sequenceWindow = 1024
)

// verdict says what a packet's sequence number means.
type verdict int

const (
	seqNew       verdict = iota // the newest so far
	seqLate                     // older than the newest, not seen before
	seqDuplicate                // seen before
	seqStale                    // too old to tell
	seqRestart                  // the sender started a new sequence
)

// sequence extends 16-bit RTP sequence numbers to ones that never wrap, and
// remembers which of the last ones arrived.
type sequence struct {
	started  bool
	first    int64 // where the current run began
	highest  int64
	seen     [sequenceWindow / 64]uint64
	received uint64 // distinct packets of all runs
	earlier  uint64 // packets expected in earlier runs
	bad      uint16 // the number that would confirm a restart
	badSet   bool
}

// observe takes the next packet's number.
func (s *sequence) observe(seq uint16) (int64, verdict) {
	if !s.started {
		s.begin(1<<16 | int64(seq))
		return s.highest, seqNew
	}
	diff := int64(int16(seq - uint16(s.highest)))
	switch ext := s.highest + diff; {
	case diff > maxDropout || diff < -maxDropout:
		if !s.badSet || s.bad != seq {
			s.bad, s.badSet = seq+1, true
			return 0, seqStale
		}
		s.restart(seq)
		return s.highest, seqRestart
	case diff > 0:
		s.advance(ext)
		return ext, seqNew
	case diff <= -sequenceWindow || ext < s.first:
		return 0, seqStale
	case s.has(ext):
		return ext, seqDuplicate
	default:
		s.mark(ext)
		return ext, seqLate
	}
}

func (s *sequence) begin(ext int64) {
	s.started, s.badSet = true, false
	s.first, s.highest = ext, ext
	s.seen = [sequenceWindow / 64]uint64{}
	s.mark(ext)
}

// restart continues above everything seen so far, so that extended numbers
// stay unique over the life of the stream.
func (s *sequence) restart(seq uint16) {
	s.earlier = s.expected()
	s.begin((s.highest>>16+1)<<16 | int64(seq))
}

// expected is how many packets the sender sent, as far as the numbers tell.
func (s *sequence) expected() uint64 {
	if !s.started {
		return 0
	}
	return s.earlier + uint64(s.highest-s.first+1)
}

func (s *sequence) advance(ext int64) {
	if ext-s.highest >= sequenceWindow {
		s.seen = [sequenceWindow / 64]uint64{}
	} else {
		for e := s.highest + 1; e < ext; e++ {
			s.clear(e)
		}
	}
	s.clear(ext)
	s.highest, s.badSet = ext, false
	s.mark(ext)
}

func (s *sequence) has(ext int64) bool {
	i := ext % sequenceWindow
	return s.seen[i/64]&(1<<(i%64)) != 0
}

func (s *sequence) mark(ext int64) {
	i := ext % sequenceWindow
	s.seen[i/64] |= 1 << (i % 64)
	s.received++
}

func (s *sequence) clear(ext int64) {
	i := ext % sequenceWindow
	s.seen[i/64] &^= 1 << (i % 64)
}
