package media

// vp8Descriptor says where a VP8 payload descriptor (RFC 7741 section 4.2)
// holds the fields that count up from frame to frame. A position of 0 means
// the field is absent: the first octet is never one of them.
type vp8Descriptor struct {
	pictureIDAt int
	longID      bool // 15 bits rather than 7
	tl0At       int
	pictureID   uint16
	tl0         uint8
	keyframe    bool  // this packet begins a key frame
	begins      bool  // this packet begins a frame
	temporal    uint8 // layer of the frame
	sync        bool  // the frame depends on the lowest temporal layer only
	size        uint8 // of the descriptor
}

// parseVP8 reads the descriptor of a VP8 payload; ok is false if it is cut short.
func parseVP8(payload []byte) (d vp8Descriptor, ok bool) {
	if len(payload) < 1 {
		return d, false
	}
	first, at := payload[0], 1
	if first&0x80 != 0 { // X: extension octet
		if len(payload) < 2 {
			return d, false
		}
		ext := payload[1]
		at = 2
		if at, ok = d.readPictureID(payload, at, ext&0x80 != 0); !ok {
			return d, false
		}
		if ext&0x40 != 0 { // L: TL0PICIDX
			if len(payload) <= at {
				return d, false
			}
			d.tl0At, d.tl0 = at, payload[at]
			at++
		}
		if ext&0x30 != 0 { // T or K: one more octet
			if len(payload) <= at {
				return d, false
			}
			if ext&0x20 != 0 {
				d.temporal, d.sync = payload[at]>>6, payload[at]&0x20 != 0
			}
			at++
		}
	}
	if len(payload) <= at {
		return d, false
	}
	d.size = uint8(at)
	// S=1, PID=0: the frame begins here; P=0 in its header: a key frame.
	d.begins = first&0x10 != 0 && first&0x07 == 0
	d.keyframe = d.begins && payload[at]&0x01 == 0
	return d, true
}

// readPictureID notes the picture id at payload[at] and returns what follows it.
func (d *vp8Descriptor) readPictureID(payload []byte, at int, present bool) (int, bool) {
	if !present {
		return at, true
	}
	if len(payload) <= at {
		return at, false
	}
	d.pictureIDAt, d.pictureID = at, uint16(payload[at]&0x7f)
	if payload[at]&0x80 == 0 {
		return at + 1, true
	}
	if len(payload) <= at+1 {
		return at, false
	}
	d.longID = true
	d.pictureID = d.pictureID<<8 | uint16(payload[at+1])
	return at + 2, true
}

// write puts other counters into a payload this descriptor was read from.
func (d *vp8Descriptor) write(payload []byte, pictureID uint16, tl0 uint8) {
	switch {
	case d.pictureIDAt == 0:
	case d.longID:
		payload[d.pictureIDAt] = 0x80 | uint8(pictureID>>8&0x7f)
		payload[d.pictureIDAt+1] = uint8(pictureID)
	default:
		payload[d.pictureIDAt] = uint8(pictureID & 0x7f)
	}
	if d.tl0At != 0 {
		payload[d.tl0At] = tl0
	}
}
