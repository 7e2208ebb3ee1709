package media

import (
	"encoding/binary"
	"sync/atomic"

	"github.com/pion/rtp"
)

// Redundant audio (RFC 2198): a packet repeats those before it. What comes so is
// taken apart at once, so that a voice is the same stream for every viewer
// whatever its publisher does, with what was lost on the way put back in. To a
// viewer who took the format and loses packets, voices are sent so.
const (
	maxRedundant  = 4         // packets one may repeat
	maxRedOffset  = 1<<14 - 1 // in units of the RTP clock: fourteen bits
	maxRedLength  = 1<<10 - 1 // octets: ten bits
	longestRepeat = 250       // octets of a packet that is worth repeating: 100 kbit/s at 20 ms
	redHeader     = 4         // octets before each block; the last has one
	redFromLoss   = 0.002     // share lost from which on a viewer is sent each packet twice: of the last seconds, so one is enough
	redMoreLoss   = 0.02      // three times,
	redUntilLoss  = 0.0002    // and once again, after some ten seconds without loss
	redRoomy      = 600_000   // bits/s that a path must take for packets to be sent three times
)

// redundant is one packet repeated in another.
type redundant struct {
	offset  uint32 // of its timestamp, back from that of the packet it is in
	length  int
	payload []byte
}

// redPacket is a payload taken apart. It points into what it was read from.
type redPacket struct {
	blocks  [maxRedundant]redundant // the oldest first
	count   int
	primary []byte
}

// parse takes a payload apart; false if it is malformed or mixes codecs.
func (r *redPacket) parse(b []byte, payloadType uint8) bool {
	r.count = 0
	for ; len(b) > 0 && b[0]&0x80 != 0; r.count++ {
		if r.count == maxRedundant || len(b) < redHeader || b[0]&0x7f != payloadType {
			return false
		}
		fields := binary.BigEndian.Uint32(b)
		r.blocks[r.count] = redundant{offset: fields >> 10 & maxRedOffset, length: int(fields & maxRedLength)}
		b = b[redHeader:]
	}
	if len(b) == 0 || b[0] != payloadType {
		return false
	}
	b = b[1:]
	for i := range r.blocks[:r.count] {
		block := &r.blocks[i]
		if block.length > len(b) {
			return false
		}
		block.payload, b = b[:block.length], b[block.length:]
	}
	r.primary = b
	return true
}

// unwrapRED turns a packet of redundant audio into the one that is in it, and
// puts back what it repeats; false if it is malformed. Called with
// link.reading held.
func (l *layer) unwrapRED(h *rtp.Header, payload *[]byte, now int64) bool {
	c := l.codecs.redOf(h.PayloadType)
	if c == nil {
		return true
	}
	var r redPacket
	if !r.parse(*payload, c.payloadType) {
		return false
	}
	h.PayloadType, *payload = c.payloadType, r.primary
	for i, block := range r.blocks[:r.count] {
		if block.length > 0 {
			back := uint16(r.count - i)
			l.recover(h.SequenceNumber-back, h.Timestamp-block.offset, c, block.payload, now)
		}
	}
	return true
}

// recover takes a packet that came inside a later one, unless it came itself.
// Its publisher is told that it was lost all the same: that is why it repeats.
func (l *layer) recover(seq uint16, timestamp uint32, c *codec, payload []byte, now int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	previous := l.seq.highest
	ext := previous + int64(int16(seq-uint16(previous)))
	before := l.hist.get(ext - 1)
	if !l.seq.lacks(ext) || before != nil && int32(timestamp-before.timestamp) <= 0 {
		return
	}
	_, verdict := l.seq.observe(seq)
	if verdict == seqNew && l.repairs(c) {
		l.lose(previous, ext, now)
	}
	l.found(ext)
	l.rtcp.recovered++
	if !l.pub.open.Load() {
		return
	}
	p := l.store(ext, &rtp.Header{Timestamp: timestamp}, c, payload, now)
	for _, s := range l.subs {
		s.forward(l, p, now)
	}
}

// lacks reports whether a packet near the newest has not come.
func (s *sequence) lacks(ext int64) bool {
	const near = maxRedundant * 2
	return s.started && ext > s.first && ext > s.highest-sequenceWindow && ext <= s.highest+near &&
		(ext > s.highest || !s.has(ext))
}

// wrapRED makes a packet that repeats those before it, in a buffer of the
// slot's. Called with both locks.
func (s *slot) wrapRED(seg *segment, p *packet, times int) []byte {
	b := s.wrapped[:0]
	var repeated [maxRedundant]*packet
	n := 0
	for back := times; back > 0; back-- {
		old := seg.layer.hist.get(p.ext - int64(back))
		if old == nil || old.codec != p.codec || len(old.payload) > longestRepeat || p.ext-int64(back) < seg.first-seg.offset {
			continue
		}
		age := p.timestamp - old.timestamp
		if age == 0 || age > maxRedOffset {
			continue // before a pause, or after a jump
		}
		b = binary.BigEndian.AppendUint32(b, uint32(0x80|seg.to.payloadType)<<24|age<<10|uint32(len(old.payload)))
		repeated[n] = old
		n++
	}
	b = append(b, seg.to.payloadType)
	for _, old := range repeated[:n] {
		b = append(b, old.payload...)
	}
	s.wrapped = append(b, p.payload...)
	return s.wrapped
}

// redundancy is how many packets each voice packet to one viewer repeats, if
// the viewer takes that.
type redundancy struct {
	level atomic.Int32
	share float64 // lost, smoothed; guarded by link.reading
}

// adapt decides by the share lost of everything the viewer is sent, and by what
// the path takes (bits per second, 0 if it is not limited): where that is little,
// losses may come of sending too much.
func (r *redundancy) adapt(share float64, budget int64) {
	most := int32(2)
	if budget != 0 && budget < redRoomy {
		most = 1
	}
	level := r.level.Load()
	switch {
	case share > redMoreLoss:
		level = 2
	case share > redFromLoss:
		level = max(level, 1)
	case share < redUntilLoss:
		level = 0
	}
	r.level.Store(min(level, most))
}

// times is how often each packet of a voice goes out.
func (r *redundancy) times() int64 { return 1 + int64(r.level.Load()) }

// report takes the share lost by one of a viewer's rare reports.
func (r *redundancy) report(share float64, budget int64) {
	r.share += (share - r.share) / 2
	r.adapt(r.share, budget)
}
