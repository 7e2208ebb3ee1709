package media

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"callsvc/media/bwe"

	"github.com/pion/rtp"
)

// How video goes to a viewer whose path is known to be narrow: a keyframe, or
// what a newcomer is sent of the past, would fill the queue in front of the
// bottleneck at once, and voices would wait behind it (or be dropped).
const (
	paceInterval = 5 * time.Millisecond
	paceFactor   = 2.5                    // of the estimate: bursts shrink, frames do not wait
	paceBelow    = 20_000_000             // bits/s: where no burst that occurs takes long, nothing is paced
	paceLongest  = 400 * time.Millisecond // what is held back goes within it, however narrow the path
	paceBurst    = 3 * receiveMTU         // bytes that go at once after a pause
	paceReplay   = 50_000_000             // bits/s of what a newcomer is sent of the past where the path is not known to be narrow: sockets have small buffers
)

// pacer lets go, every paceInterval, what the lanes of an engine hold back. It
// has the only timer, which runs only while there is something to do.
type pacer struct {
	mu     sync.Mutex
	lanes  []*lane
	closed bool
	wake   chan struct{}
	done   chan struct{}
}

func newPacer() *pacer {
	p := &pacer{wake: make(chan struct{}, 1), done: make(chan struct{})}
	go p.run()
	return p
}

// add makes the pacer see to a lane until it has nothing left to do.
func (p *pacer) add(l *lane) {
	p.mu.Lock()
	p.lanes = append(p.lanes, l)
	p.mu.Unlock()
	p.signal()
}

func (p *pacer) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// close ends the pacer. What is held back stays unsent.
func (p *pacer) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.signal()
	<-p.done
}

func (p *pacer) run() {
	defer close(p.done)
	for range p.wake {
		ticker := time.NewTicker(paceInterval)
		for p.release(nanos(time.Now())) {
			<-ticker.C
		}
		ticker.Stop()
		if p.isClosed() {
			return
		}
	}
}

func (p *pacer) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// release sees to every lane once; false if none is left.
func (p *pacer) release(now int64) bool {
	p.mu.Lock()
	lanes := p.lanes
	p.lanes = nil
	closed := p.closed
	p.mu.Unlock()
	if closed {
		return false
	}
	busy := lanes[:0]
	for _, l := range lanes {
		if l.release(now) {
			busy = append(busy, l)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lanes = append(busy, p.lanes...)
	return len(p.lanes) > 0
}

// lane is the way of the video to one viewer, before the link. Voices do not
// take it.
type lane struct {
	peer    *Peer
	replays atomic.Int32 // under way
	backlog atomic.Bool  // something is held or on its way to the link

	mu      sync.Mutex
	held    []held  // oldest first
	bytes   int     // in held
	credit  float64 // bytes that may go now
	at      int64   // when credit was right, Unix nanoseconds
	probing probing
	active  bool // the pacer has it
	sending bool // what is due is on its way to the link: nothing may overtake it
}

// held is a datagram kept back.
type held struct {
	*datagram
	number   uint16 // transport-wide
	numbered bool
}

// laneWriter is the rtpWriter of a slot whose packets take a lane.
type laneWriter struct {
	lane        *lane
	transportCC uint8 // id of the header extension, 0 if absent
}

// probing is a probe being sent.
type probing struct {
	rate   float64 // bits/s in all, 0 if none is
	began  int64
	before uint64 // bytes that had left when it began
}

// WriteRTP encrypts a packet and sends it, at once or when its time has come.
func (w *laneWriter) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	p := w.lane.peer
	if !w.lane.paces(p.budget.Load()) {
		return p.link.write(h, payload, true)
	}
	d, to, err := p.link.seal(h, payload)
	if err != nil {
		return 0, err
	}
	n, packet := d.n, held{datagram: d}
	if v := h.GetExtension(w.transportCC); len(v) == 2 {
		packet.number, packet.numbered = binary.BigEndian.Uint16(v), true
	}
	if to.tcp == nil && w.lane.hold(packet, nanos(time.Now())) {
		return n, nil
	}
	return n, p.link.enqueue(d, to)
}

// narrow reports whether an estimate is one of a path on which bursts do harm.
func narrow(rate int64) bool { return rate != 0 && rate <= paceBelow }

// paces reports whether what is sent now may have to wait: because the path is
// narrow, or behind what a newcomer is sent of the past.
func (l *lane) paces(rate int64) bool {
	return narrow(rate) || l.replays.Load() > 0 || l.backlog.Load()
}

// hold keeps a datagram back; false if it may go at once.
func (l *lane) hold(d held, now int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.earn(now)
	if len(l.held) == 0 && !l.sending && l.credit > 0 {
		l.credit -= float64(d.n)
		return false
	}
	if d.numbered {
		l.peer.departures.Hold(d.number)
	}
	l.held = append(l.held, d)
	l.backlog.Store(true)
	l.bytes += d.n
	l.activate()
	return true
}

// activate has the pacer see to the lane. l.mu is held.
func (l *lane) activate() {
	if !l.active {
		l.active = true
		l.peer.engine.pacer.add(l)
	}
}

// earn adds what may go since the last time. l.mu is held.
func (l *lane) earn(now int64) {
	rate := float64(paceReplay) / 8
	if budget := l.peer.budget.Load(); narrow(budget) {
		rate = paceFactor * float64(budget) / 8
	}
	rate = max(rate, float64(l.bytes)/paceLongest.Seconds())
	most := max(paceBurst, rate*2*paceInterval.Seconds()) // less would be the limit itself, between two ticks
	l.credit = min(l.credit+rate*float64(now-l.at)/1e9, most)
	l.at = now
}

// release lets go what is due; false if nothing is left to do.
func (l *lane) release(now int64) bool {
	due, pad := l.due(now)
	link := l.peer.link
	for _, d := range due {
		if d.numbered {
			l.peer.departures.Left(d.number, now)
		}
		to := link.path.Load()
		if to == nil || link.enqueue(d.datagram, to) != nil {
			continue // the transport is closing
		}
	}
	if pad > 0 {
		l.peer.pad(pad, now)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sending = false
	l.backlog.Store(len(l.held) > 0)
	l.active = len(l.held) > 0 || l.probing.rate > 0
	return l.active
}

// due takes what may go now off the queue, and says how many bytes of padding
// a probe is to send besides.
func (l *lane) due(now int64) (due []held, pad int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.earn(now)
	n := 0
	for n < len(l.held) && l.credit > 0 {
		l.credit -= float64(l.held[n].n)
		l.bytes -= l.held[n].n
		n++
	}
	due, l.held, l.sending = l.held[:n:n], l.held[n:], n > 0
	if len(l.held) == 0 {
		l.held = nil
	}
	p := &l.probing
	if p.rate == 0 {
		return due, 0
	}
	number, bytes := l.peer.departures.Progress()
	if elapsed := now - p.began; elapsed < int64(bwe.ProbeTime) {
		return due, int(p.rate/8*float64(elapsed)/1e9) - int(bytes-p.before)
	}
	l.peer.congestion.EndProbe(number, now)
	p.rate = 0
	return due, 0
}

// probe begins to send at a rate, padding added, for probeTime.
func (l *lane) probe(rate float64, now int64) {
	_, before := l.peer.departures.Progress()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.probing = probing{rate: rate, began: now, before: before}
	l.activate()
}

// pad sends some bytes of padding, as retransmissions of nothing (RFC 3550
// section 5.1, RFC 4588), if there is a slot that can.
func (p *Peer) pad(bytes int, now int64) {
	for _, s := range p.allSlots() {
		for !s.audio && bytes > 0 {
			n := s.pad(now)
			if n == 0 {
				break
			}
			bytes -= n
		}
	}
}

// padding is a payload of nothing but that; its last octet is its length.
var padding = [255]byte{254: 255}

// pad sends one packet of padding and returns its size, 0 if the slot has no
// retransmissions or never sent anything.
func (s *slot) pad(now int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.segments[s.newest].to
	if to == nil || to.rtx == 0 || s.bind.rtxSSRC == 0 || s.bind.transportCC == 0 {
		return 0
	}
	s.out.rtx++
	h := &s.repair
	h.PayloadType, h.SequenceNumber = to.rtx, s.out.rtx
	h.Timestamp, h.Marker, h.Padding = s.out.timestamp, false, true
	sent := s.write(h, padding[:], now)
	h.Padding = false
	if !sent {
		return 0
	}
	return packetOverhead + len(padding)
}
