package media

import "callsvc/media/bitstream"

// scaledMemory is how many segments a slot remembers that drops packets of a
// scalable stream: each drop begins one, so this is two to four seconds' worth
// of retransmissions.
const scaledMemory = 64

// place says under which numbers a packet of the current layer goes out; nil if
// it does not. s.mu is held.
func (s *slot) place(p *packet, now int64) *segment {
	g := &s.segments[s.newest]
	if s.audio {
		return g
	}
	if p.ext <= s.in.highest {
		return s.placeLate(p, now)
	}
	if p.Begins && p.timestamp != s.in.timestamp && g.target != s.aim {
		g = s.retarget(p)
	}
	s.in.highest, s.in.timestamp = p.ext, p.timestamp
	if p.In.Has(g.target) {
		return g
	}
	s.drop(p)
	return nil
}

// retarget changes the target at the packet that begins a picture, if the wanted
// one can begin there, and returns the segment in use.
func (s *slot) retarget(p *packet) *segment {
	g := &s.segments[s.newest]
	to := s.reachable(p, g.target)
	if to == g.target {
		return g
	}
	if g.first-g.offset < p.ext {
		next := *g
		next.first = p.ext + g.offset
		g = s.divide(next)
	}
	if to.Spatial() != g.target.Spatial() {
		s.peer.slotSwitched() // the picture is of another size
	}
	g.target = to
	return g
}

// reachable is the target that can be had from a packet on, on the way from the
// one in use to the one wanted.
func (s *slot) reachable(p *packet, from bitstream.Target) bitstream.Target {
	to := s.aim
	lower := to.Spatial() < from.Spatial()
	switch {
	case to.Temporal() <= from.Temporal() && (to.Spatial() == from.Spatial() || lower && !s.current.unnested.Load()):
		return to // all of its frames have been sent
	case p.Up.Has(to) && (p.Keyframe || p.In.Has(from)):
		return to
	case p.ClimbTo > from.Temporal() && p.ClimbFrom <= from.Temporal():
		return bitstream.NewTarget(from.Spatial(), min(p.ClimbTo, to.Temporal()))
	case to.Temporal() < from.Temporal():
		return bitstream.NewTarget(from.Spatial(), to.Temporal())
	}
	return from
}

// drop leaves a packet out without leaving a gap: what comes after it is
// numbered one less, and so are VP8's pictures, whose receivers wait for each.
func (s *slot) drop(p *packet) {
	g := &s.segments[s.newest]
	first := p.ext + g.offset // what the next packet is numbered
	picture := uint16(0)
	if s.in.dropped != p.timestamp || !s.in.dropping {
		picture = 1
	}
	s.in.dropped, s.in.dropping = p.timestamp, true
	if g.first < first {
		next := *g
		next.first = first
		g = s.divide(next)
	}
	g.offset--
	if g.from.format == formatVP8 {
		g.pictureID -= picture
	}
}

// placeLate finds the place of a packet that was overtaken. Its number was kept
// for it: if it is not to be sent, padding takes its place.
func (s *slot) placeLate(p *packet, now int64) *segment {
	above := s.out.highest + 1
	for i := range len(s.segments) {
		g := &s.segments[(s.newest+len(s.segments)-i)%len(s.segments)]
		if g.layer != s.current || g.switched > p.ext {
			return nil // older than the switch
		}
		out := p.ext + g.offset
		if out < g.first {
			above = g.first
			continue
		}
		switch {
		case out >= above: // among those that were dropped
			return nil
		case !p.In.Has(g.target):
			s.fill(g, p, now)
			return nil
		}
		return g
	}
	return nil
}

// fill sends padding (RFC 3550 section 5.1) under the number of a packet that
// is not for this viewer.
func (s *slot) fill(g *segment, p *packet, now int64) {
	h := &s.header
	h.SSRC, h.PayloadType, h.SequenceNumber = s.bind.ssrc, g.to.payloadType, uint16(p.ext+g.offset)
	h.Timestamp, h.Marker, h.Padding = p.timestamp+g.timestamp, false, true
	s.write(h, padding[:], now)
	h.Padding = false
}

// push begins a segment.
func (s *slot) push(g segment) *segment {
	s.newest = (s.newest + 1) % len(s.segments)
	s.segments[s.newest] = g
	return &s.segments[s.newest]
}

// divide begins a segment within the time of one layer. There will be many: the
// first makes room for them.
func (s *slot) divide(g segment) *segment {
	if len(s.segments) == segmentMemory {
		longer := make([]segment, scaledMemory)
		n := copy(longer, s.segments[s.newest+1:])
		copy(longer[n:], s.segments[:s.newest+1])
		s.segments, s.newest = longer, segmentMemory-1
	}
	return s.push(g)
}
