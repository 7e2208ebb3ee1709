package media

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
	timestamp uint32
	pictureID uint16
	tl0       uint8
}

// outState is the newest packet a slot sent.
type outState struct {
	highest   int64
	timestamp uint32
	at        int64 // Unix nanoseconds, 0 if nothing was sent
	pictureID uint16
	tl0       uint8
	rtx       uint16 // sequence number of the last retransmission
}

// patch writes the continued VP8 counters into a packet's payload. They are
// computed from what the publisher wrote, so it may be done for slot after slot.
func (g *segment) patch(p *packet) (pictureID uint16, tl0 uint8) {
	if g.from.format != formatVP8 {
		return 0, 0
	}
	pictureID, tl0 = p.vp8.pictureID+g.pictureID, p.vp8.tl0+g.tl0
	p.vp8.write(p.payload, pictureID, tl0)
	return pictureID, tl0
}

// switchTo begins a new segment with packet p. Its timestamp goes on from the
// last one by the time that passed, so that the receiver's clock line stays
// straight; reference is the publisher's timestamp of this moment, later than
// p's in a replay. It fails if the viewer has not negotiated the codec.
func (s *slot) switchTo(l *layer, p *packet, reference uint32, now int64) bool {
	to := s.bind.codecs.byKey(p.codec.key)
	if to == nil {
		return false
	}
	timestamp := s.out.timestamp
	if s.out.at != 0 {
		elapsed := (now - s.out.at) * int64(to.clock) / 1e9
		behind := int64(int32(reference - p.timestamp))
		timestamp += uint32(max(elapsed-behind, 1))
	}
	first := s.out.highest + 1
	s.newest = (s.newest + 1) % segmentMemory
	s.segments[s.newest] = segment{
		layer: l, from: p.codec, to: to,
		first: first, offset: first - p.ext,
		timestamp: timestamp - p.timestamp,
		pictureID: s.out.pictureID + 1 - p.vp8.pictureID,
		tl0:       s.out.tl0 + 1 - p.vp8.tl0,
	}
	s.current, s.next = l, nil
	s.counts.switched = true
	s.peer.slotSwitched()
	return true
}

// segmentOf finds the segment an outgoing sequence number belongs to.
func (s *slot) segmentOf(ext int64) *segment {
	for i := range segmentMemory {
		g := &s.segments[(s.newest+segmentMemory-i)%segmentMemory]
		if g.layer != nil && g.first <= ext {
			return g
		}
	}
	return nil
}
