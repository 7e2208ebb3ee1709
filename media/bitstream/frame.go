package bitstream

// Frame is what a packet says of the frame it is part of, whatever the codec.
type Frame struct {
	Keyframe     bool // a decoder can start with this packet
	Begins, Ends bool // first and last packet of its spatial layer's part of the picture
	Layer        Target
	In           Targets // those that need it
	Up           Targets // those that can be switched to at it
	// A viewer of temporal layers up to climbFrom, or of more, can be given those
	// up to climbTo from this frame on; nothing if climbTo is 0.
	ClimbFrom, ClimbTo uint8
}

// Plain is one of a stream without layers.
func Plain(keyframe bool) Frame {
	f := Frame{Keyframe: keyframe, In: allTargets}
	if keyframe {
		f.Up = allTargets
	}
	return f
}

// Alone reports whether the frame is of use to viewers of its spatial layer
// only: those of higher ones do without (K-SVC).
func (f *Frame) Alone() bool { return !f.In.Has(Everything) }

// Counters are fields of a payload descriptor that count up from frame to
// frame, and where they stand: VP8 (RFC 7741 section 4.2) and VP9 (RFC 9628
// section 4.2) have the same two. A position of 0 means that the field is
// absent: the first octet is never one of them.
type Counters struct {
	PictureIDAt int
	longID      bool // 15 bits rather than 7
	tl0At       int
	PictureID   uint16
	TL0         uint8
}

// readPictureID notes the picture id at payload[at] and returns what follows it.
func (c *Counters) readPictureID(payload []byte, at int) (int, bool) {
	if len(payload) <= at {
		return at, false
	}
	c.PictureIDAt, c.PictureID = at, uint16(payload[at]&0x7f)
	if payload[at]&0x80 == 0 {
		return at + 1, true
	}
	if len(payload) <= at+1 {
		return at, false
	}
	c.longID = true
	c.PictureID = c.PictureID<<8 | uint16(payload[at+1])
	return at + 2, true
}

// readTL0 notes the index of the lowest temporal layer at payload[at].
func (c *Counters) readTL0(payload []byte, at int) (int, bool) {
	if len(payload) <= at {
		return at, false
	}
	c.tl0At, c.TL0 = at, payload[at]
	return at + 1, true
}

// Write puts other counters into a payload these were read from.
func (c *Counters) Write(payload []byte, pictureID uint16, tl0 uint8) {
	switch {
	case c.PictureIDAt == 0:
	case c.longID:
		payload[c.PictureIDAt] = 0x80 | uint8(pictureID>>8&0x7f)
		payload[c.PictureIDAt+1] = uint8(pictureID)
	default:
		payload[c.PictureIDAt] = uint8(pictureID & 0x7f)
	}
	if c.tl0At != 0 {
		payload[c.tl0At] = tl0
	}
}
