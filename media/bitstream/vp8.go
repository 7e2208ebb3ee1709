package bitstream

// VP8 is a VP8 payload descriptor (RFC 7741 section 4.2) as far as it
// matters here.
type VP8 struct {
	Counters
	Keyframe bool  // this packet begins a key frame
	begins   bool  // this packet begins a frame
	temporal uint8 // layer of the frame
	sync     bool  // the frame depends on the lowest temporal layer only
	Size     uint8 // of the descriptor
}

// ParseVP8 reads the descriptor of a VP8 payload; ok is false if it is cut short.
func ParseVP8(payload []byte) (d VP8, ok bool) {
	if len(payload) < 1 {
		return d, false
	}
	first, at := payload[0], 1
	if first&0x80 != 0 { // X: extension octet
		if at, ok = d.readExtension(payload); !ok {
			return d, false
		}
	}
	if len(payload) <= at {
		return d, false
	}
	d.Size = uint8(at)
	// S=1, PID=0: the frame begins here; P=0 in its header: a key frame.
	d.begins = first&0x10 != 0 && first&0x07 == 0
	d.Keyframe = d.begins && payload[at]&0x01 == 0
	return d, true
}

// readExtension reads what the extension octet announces and returns where it ends.
func (d *VP8) readExtension(payload []byte) (at int, ok bool) {
	if len(payload) < 2 {
		return 0, false
	}
	extension, at := payload[1], 2
	if extension&0x80 != 0 { // I
		if at, ok = d.readPictureID(payload, at); !ok {
			return 0, false
		}
	}
	if extension&0x40 != 0 { // L
		if at, ok = d.readTL0(payload, at); !ok {
			return 0, false
		}
	}
	if extension&0x30 == 0 { // neither T nor K
		return at, true
	}
	if len(payload) <= at {
		return 0, false
	}
	if extension&0x20 != 0 { // T
		d.temporal, d.sync = payload[at]>>6, payload[at]&0x20 != 0
	}
	return at + 1, true
}

// Frame says what the codec-independent code needs to know.
func (d *VP8) Frame() Frame {
	f := Plain(d.Keyframe)
	f.Begins = d.begins
	f.Layer = NewTarget(0, d.temporal)
	f.In = f.Layer.from()
	if d.sync && d.temporal > 0 && d.begins {
		f.ClimbFrom, f.ClimbTo = d.temporal-1, d.temporal
	}
	return f
}
