package mediabench

import (
	"encoding/binary"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"callsvc/internal/histogram"
)

// meter measures what arrives.
type meter struct {
	began  time.Time
	window atomic.Pointer[window]

	mu      sync.Mutex // guards streams
	streams []*stream
}

// window is a time in which what was sent is counted.
type window struct {
	from         int64
	to           atomic.Int64 // MaxInt64 until it is over
	video, audio histogram.Histogram
}

func newMeter() *meter { return &meter{began: time.Now()} }

// now is the clock of the tails.
func (m *meter) now() int64 { return int64(time.Since(m.began)) }

// open begins a window.
func (m *meter) open() {
	w := &window{from: m.now()}
	w.to.Store(math.MaxInt64)
	m.window.Store(w)
}

// seal ends it: of what is sent from now on nothing counts.
func (m *meter) seal() { m.window.Load().to.Store(m.now()) }

// close gives it back when what was on its way has had time to come.
func (m *meter) close() *window {
	w := m.window.Load()
	m.window.Store(nil)
	return w
}

// stream is what one receiver gets in one track.
type stream struct {
	video bool

	mu sync.Mutex // guards the following
	totals
	course
	first     uint64 // the first sequence number of all, extended
	last      uint64 // the greatest sequence number so far, extended (RFC 3550)
	seen      seen
	started   bool   // in the window, with the following
	low, high uint64 // sequence numbers of its first and last packet
	got       uint64 // packets between them
}

// course is what came since the beginning, whatever the window: different packets,
// and how many there should have been by their numbers.
type course struct{ packets, expected uint64 }

// totals are what a window brought.
type totals struct {
	packets, bytes, lost, repeated, others uint64
}

// seen remembers which of the last sequence numbers came.
type seen [64]uint64

// mark reports whether a number is new, and forgets old ones.
func (s *seen) mark(number uint64) bool {
	const words = uint64(len(seen{}))
	word, bit := number/64%words, uint64(1)<<(number%64)
	if s[word]&bit != 0 {
		return false
	}
	s[word] |= bit
	s[(word+words/2)%words] = 0
	return true
}

// between is how many came of the numbers after one and before another, as far
// as they are remembered.
func (s *seen) between(low, high uint64) uint64 {
	const words = uint64(len(seen{}))
	came := uint64(0)
	for number := max(low+1, high-min(high, words/2*64)); number < high; number++ {
		came += s[number/64%words] >> (number % 64) & 1
	}
	return came
}

// add begins a stream that somebody gets.
func (m *meter) add(video bool, by *arrival) *stream {
	s := &stream{video: video}
	m.mu.Lock()
	m.streams = append(m.streams, s)
	m.mu.Unlock()
	by.receives(video)
	return s
}

// receive reads a track until it ends.
func (m *meter) receive(track *webrtc.TrackRemote, by *arrival) {
	s := m.add(track.Kind() == webrtc.RTPCodecTypeVideo, by)
	buffer := make([]byte, 1600)
	for {
		n, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		t, ours := readTail(buffer[:n])
		if ours {
			by.saw(t)
		}
		s.take(buffer[:n], t, ours, m.now(), m.window.Load())
	}
}

// take counts a packet. Those that were sent in the window are measured; what is
// missing of the sequence numbers between them was lost. The server gives these
// numbers, so what it leaves out on purpose is not.
func (s *stream) take(packet []byte, t tail, ours bool, now int64, w *window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number, fresh := s.mark(packet)
	switch {
	case w == nil:
	case !fresh:
		s.repeated++
	case ours && t.sent >= w.from && t.sent < w.to.Load():
		s.measure(t, len(packet), now, w)
		s.span(number, true)
	default:
		if !ours {
			s.others++
		}
		s.span(number, false)
	}
}

// count takes a packet of which nobody knows when it was sent: those that come
// while the window is open count.
func (s *stream) count(packet []byte, w *window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number, fresh := s.mark(packet)
	switch {
	case w == nil:
	case !fresh:
		s.repeated++
	case w.to.Load() == math.MaxInt64:
		s.totals.packets++
		s.bytes += uint64(len(packet))
		s.span(number, true)
	default:
		s.span(number, false)
	}
}

// mark notes that a packet came, and reports its extended sequence number and
// whether it had not come before. s.mu is held.
func (s *stream) mark(packet []byte) (number uint64, fresh bool) {
	number = s.extend(binary.BigEndian.Uint16(packet[2:]))
	fresh = s.seen.mark(number)
	if fresh && number >= s.first {
		s.course.packets++
	}
	return number, fresh
}

// newest is the greatest sequence number so far, extended.
func (s *stream) newest() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// extend makes a sequence number that does not wrap, starting where there is
// room below.
func (s *stream) extend(number uint16) uint64 {
	if s.last == 0 {
		s.last = 1<<16 | uint64(number)
		s.first = s.last
		return s.last
	}
	n := uint64(int64(s.last) + int64(int16(number-uint16(s.last))))
	s.last = max(s.last, n)
	return n
}

// span counts a packet between the first and the last of the window. Others than
// the window's own, who came before, are between them only once one of those follows.
func (s *stream) span(number uint64, own bool) {
	switch {
	case own && !s.started:
		s.started, s.low, s.high, s.got = true, number, number, 1
	case !s.started || number < s.low:
	case number < s.high:
		s.got++
	case own:
		s.got, s.high = s.got+s.seen.between(s.high, number)+1, number
	}
}

// reset forgets what was counted.
func (s *stream) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started, s.totals = false, totals{}
}

// sum is what the window brought.
func (s *stream) sum() totals {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.totals
	if s.started {
		t.lost = s.high - s.low + 1 - s.got
	}
	return t
}

// soFar is what came since the beginning.
func (s *stream) soFar() course {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last > 0 {
		s.expected = s.last - s.first + 1
	}
	return s.course
}

// measure counts a packet of the window.
func (s *stream) measure(t tail, size int, now int64, w *window) {
	s.totals.packets++
	s.bytes += uint64(size)
	h := &w.audio
	if s.video {
		h = &w.video
	}
	h.Record(time.Duration(now - t.sent))
}

// all lists the streams there are.
func (m *meter) all() []*stream {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]*stream(nil), m.streams...)
}
