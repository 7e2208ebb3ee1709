package media

import "callsvc/media/bitstream"

// segmentMemory is how many switches back a NACK can still be answered.
const segmentMemory = 4

// segment is the time a slot carried one layer without interruption. What was
// added to each number is all a slot must remember: the layer's history has
// the packets.
type segment struct {
	layer     *layer
	from, to  *codec // the publisher's and the viewer's name of the codec
	first     int64  // extended sequence number it begins with, outgoing
	offset    int64  // outgoing minus incoming
	switched  int64  // where the layer was switched to, incoming
	timestamp uint32
	pictureID uint16
	frame     uint16 // number in the dependency descriptor
	tl0       uint8
	target    bitstream.Target
}

// inState is the newest packet a slot was given of its current layer.
type inState struct {
	highest   int64
	timestamp uint32
	dropped   uint32 // timestamp of the picture last dropped, if any was
	dropping  bool
}

// outState is the newest packet a slot sent.
type outState struct {
	highest   int64
	timestamp uint32
	at        int64 // Unix nanoseconds, 0 if nothing was sent
	pictureID uint16
	frame     uint16
	tl0       uint8
	rtx       uint16 // sequence number of the last retransmission
}

// patch writes the continued counters into a VP8 or VP9 packet's payload. They
// are computed from what the publisher wrote, so it may be done for slot after slot.
func (g *segment) patch(p *packet) (pictureID uint16, tl0 uint8) {
	if g.from.format != formatVP8 && g.from.format != formatVP9 {
		return 0, 0
	}
	pictureID, tl0 = p.counters.PictureID+g.pictureID, p.counters.TL0+g.tl0
	p.counters.Write(p.payload, pictureID, tl0)
	return pictureID, tl0
}

// marks reports whether a packet is the last of its picture for the viewer.
func (g *segment) marks(p *packet) bool {
	return p.marker || p.Ends && p.Layer.Spatial() == g.target.Spatial()
}

// switchTo begins a new segment with packet p. Its timestamp goes on from the
// last one on the slot's line, so that the receiver's stays straight; newest is
// that of the layer's newest packet, and p goes out as if it were behind it by so
// much, which in a replay is not nothing. Called with both locks. It fails if the
// viewer has not negotiated the codec.
func (s *slot) switchTo(l *layer, p *packet, newest, behind uint32, now int64) bool {
	to := s.bind.codecs.decoderOf(p.codec)
	if to == nil {
		return false
	}
	timestamp := s.out.timestamp
	if s.out.at != 0 {
		timestamp = s.follow(l, to.clock, newest, behind, now)
	}
	first := s.out.highest + 1
	if l == s.next {
		s.aim = s.nextAim
	}
	s.current, s.next, s.shed = l, nil, false
	s.in = inState{highest: p.ext - 1, timestamp: p.timestamp}
	s.push(segment{
		layer: l, from: p.codec, to: to, target: s.aim,
		first: first, offset: first - p.ext, switched: p.ext,
		timestamp: timestamp - p.timestamp,
		pictureID: s.out.pictureID + 1 - p.counters.PictureID,
		tl0:       s.out.tl0 + 1 - p.counters.TL0,
		frame:     s.out.frame + 1 - p.frameNumber,
	})
	s.counts.switched = true
	s.peer.slotSwitched()
	return true
}

// segmentOf finds the segment an outgoing sequence number belongs to.
func (s *slot) segmentOf(ext int64) *segment {
	for i := range len(s.segments) {
		g := &s.segments[(s.newest+len(s.segments)-i)%len(s.segments)]
		if g.layer != nil && g.first <= ext {
			return g
		}
	}
	return nil
}
