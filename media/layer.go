package media

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"callsvc/media/bitstream"

	"github.com/pion/rtp"
)

// layer is one RTP stream a publication consists of: the only one, or one
// simulcast encoding.
type layer struct {
	pub    *publication
	rid    string
	ssrc   uint32
	codecs *codecs
	// Header extension ids of the publisher's PeerConnection, 0 if absent.
	levelID, rotationID, dependencyID uint8

	// unnested is set while lower spatial layers are not part of higher ones
	// (K-SVC): to go down takes a keyframe then.
	unnested atomic.Bool

	// affordable is set while the layer is cut and its publisher's bit rate would
	// take a keyframe by now.
	affordable atomic.Bool

	// mu orders packets with attaching and NACK answers. It is held while a
	// packet goes out to all slots; slot.mu is taken inside it, never around.
	mu      sync.Mutex
	seq     sequence
	hist    history
	missing []missing
	subs    []*slot // that carry this layer or wait for its keyframe, in any order
	broken  bool    // the last packets were skipped
	cut     bool    // by the policer; guarded by the publisher's link.reading instead
	rtcp    receiverState
	lastAt  int64  // when the last packet came, Unix nanoseconds
	codec   *codec // of that packet
	counts  layerCounts

	interval interval // the router's
	meter    meter
	sent     bool                                     // as the router last saw it
	asleep   bool                                     // its publisher was told that nobody looks at it
	wakeBy   int64                                    // when it should be back, Unix nanoseconds
	sizes    [bitstream.MaxSpatial + 1]bitstream.Size // by spatial layer, as the last keyframe said
	top      uint8                                    // highest spatial layer
	deps     *bitstream.Structure                     // nil before the first
	upright  bool                                     // the receiver turns it a quarter: width is height
}

// layerCounts grow under layer.mu; the tick takes them away.
type layerCounts struct{ packets, bytes, duplicates uint64 }

func newLayer(pub *publication, rid string, ssrc uint32, table *codecs) *layer {
	size := videoHistory
	if pub.source.Audio() {
		size = audioHistory
	}
	l := &layer{pub: pub, rid: rid, ssrc: ssrc, codecs: table, hist: newHistory(size)}
	return l
}

// take takes one RTP packet at now (Unix nanoseconds): everything that happens
// to a packet begins here. repaired says that it was sent again: the time that
// took tells nothing of the path's jitter. It returns the sequence numbers to ask
// for again, in a slice of its own.
func (l *layer) take(h *rtp.Header, payload []byte, now int64, repaired bool) []uint16 {
	if int(h.PayloadType) >= len(l.codecs) {
		return nil
	}
	c := l.codecs[h.PayloadType]
	if c == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	previous := l.seq.highest
	ext, verdict := l.seq.observe(h.SequenceNumber)
	switch verdict {
	case seqDuplicate, seqStale:
		l.counts.duplicates++
		return nil
	case seqRestart:
		l.restart()
	case seqLate:
		l.found(ext)
	}
	l.counts.packets++
	l.counts.bytes += uint64(len(payload))
	woke := l.stateAt(now) != alive
	l.lastAt, l.codec = now, c
	if !repaired && l.rtcp.arrived(h.Timestamp, c.clock, now) {
		l.movedAt(h.Timestamp, c.clock, now)
	}
	if !l.pub.open.Load() {
		return nil
	}
	var ask []uint16
	if verdict == seqNew && l.repairs(c) && !l.broken {
		ask = l.lose(previous, ext, now)
	}
	l.broken = false
	p := l.store(ext, h, c, payload, now)
	l.pub.heard(l, p, now)
	if woke && !l.pub.source.Audio() {
		l.pub.peer.router.loop.post(func() { l.pub.peer.router.woke(l) })
	}
	for _, s := range l.subs {
		s.forward(l, p, now)
	}
	return ask
}

// store puts a packet into the history, parsed.
func (l *layer) store(ext int64, h *rtp.Header, c *codec, payload []byte, now int64) *packet {
	p := l.hist.place(ext)
	p.timestamp, p.codec, p.marker = h.Timestamp, c, h.Marker
	p.payload = append(p.payload, payload...)
	if v := h.GetExtension(l.levelID); l.levelID != 0 && len(v) == 1 {
		p.level, p.hasLevel = v[0], true
	}
	if v := h.GetExtension(l.rotationID); l.rotationID != 0 && len(v) == 1 {
		p.rotation, p.hasRotation = v[0], true
	}
	if v := h.GetExtension(l.dependencyID); l.dependencyID != 0 && c.format == formatAV1 {
		p.descriptor = append(p.descriptor, v...)
	}
	l.understand(p)
	l.meter.count(p.Layer, p.Alone(), len(payload), now)
	l.hist.added(p)
	return p
}

// restart is called when the publisher began a new sequence: what is stored
// has nothing to do with what comes, and the packet before is lost. A picture
// goes on with a keyframe, which somebody must ask for.
func (l *layer) restart() {
	l.hist.forget()
	l.missing = l.missing[:0]
	interrupted := false
	for _, s := range l.subs {
		interrupted = s.restart(l) || interrupted
	}
	if interrupted && !l.pub.source.Audio() {
		l.pub.peer.router.loop.post(func() { l.pub.askKeyframe(time.Now(), l) })
	}
}

// attach makes a slot want this layer up to a target, and replays what came since
// the last keyframe if the slot can start there. It reports whether the slot still
// waits, so that somebody must ask for a keyframe.
func (l *layer) attach(s *slot, to bitstream.Target, now int64) (waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.subs, s) {
		l.subs = append(l.subs, s)
	}
	if carries, waits := s.expect(l, to); carries {
		return waits
	}
	from := l.hist.replayFrom()
	if from == 0 || l.stateAt(now) != alive {
		return true // what was sent last is not what there is to be seen
	}
	newest := l.hist.get(l.hist.highest)
	if newest == nil {
		return true
	}
	pace := s.replayable(l.hist.get(from), newest, now-l.lastAt, now)
	if pace == 0 {
		return true
	}
	s.peer.lane.replays.Add(1)
	defer s.peer.lane.replays.Add(-1)
	for ext := from; ext <= l.hist.highest; ext++ {
		if p := l.hist.get(ext); p != nil {
			s.replay(l, p, newest, pace, now)
		}
	}
	return false
}

// detach ends what attach began.
func (l *layer) detach(s *slot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.subs, s); i >= 0 {
		last := len(l.subs) - 1
		l.subs[i], l.subs[last] = l.subs[last], nil
		l.subs = l.subs[:last]
	}
	s.release(l)
}

// viewers lists the slots that carry the layer or wait for it.
func (l *layer) viewers() []*slot {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.subs)
}

// forget drops the history, when the publication is muted.
func (l *layer) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hist.forget()
	l.missing = l.missing[:0]
}

// copyPacket copies a stored packet for a NACK answer; what it consists of goes into buf.
func (l *layer) copyPacket(ext int64, buf []byte) (packet, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.hist.get(ext)
	if p == nil || len(p.payload)+len(p.descriptor) > len(buf) {
		return packet{}, false
	}
	c := *p
	n := copy(buf, p.payload)
	c.payload = buf[:n:n]
	c.descriptor = buf[n : n+copy(buf[n:], p.descriptor)]
	return c, true
}
