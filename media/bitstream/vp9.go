package bitstream

import "encoding/binary"

// maxVP9Layers bounds the spatial layers of a VP9 stream (RFC 9628 section 4.2.1).
const maxVP9Layers = MaxSpatial + 1

// VP9 is a VP9 payload descriptor (RFC 9628 section 4.2) as far as it
// matters here.
type VP9 struct {
	Counters
	begins, ends bool  // of a frame of one spatial layer
	predicted    bool  // from another picture
	unused       bool  // by higher spatial layers
	up           bool  // higher temporal layers need nothing from before
	spatial      uint8 // layer of the frame
	temporal     uint8
	Layers       uint8              // spatial ones, if it says so
	Sizes        [maxVP9Layers]Size // of these, if it says so
}

// Keyframe reports whether the packet begins a key picture: its lowest spatial
// layer, not predicted from another picture.
func (d *VP9) Keyframe() bool { return d.begins && !d.predicted && d.spatial == 0 }

// ParseVP9 reads the descriptor of a VP9 payload; ok is false if it is cut short.
func ParseVP9(payload []byte) (d VP9, ok bool) {
	if len(payload) < 1 {
		return d, false
	}
	first, at := payload[0], 1
	flexible := first&0x10 != 0
	d.predicted, d.begins, d.ends, d.unused = first&0x40 != 0, first&0x08 != 0, first&0x04 != 0, first&0x01 != 0
	if first&0x80 != 0 { // I
		if at, ok = d.readPictureID(payload, at); !ok {
			return d, false
		}
	}
	if first&0x20 != 0 { // L
		if len(payload) <= at {
			return d, false
		}
		d.temporal, d.up, d.spatial = payload[at]>>5, payload[at]&0x10 != 0, payload[at]>>1&0x07
		at++
		if !flexible {
			if at, ok = d.readTL0(payload, at); !ok {
				return d, false
			}
		}
	}
	if d.predicted && flexible {
		at = skipReferences(payload, at)
	}
	if first&0x02 != 0 { // V
		if at, ok = d.readStructure(payload, at); !ok {
			return d, false
		}
	}
	return d, at < len(payload)
}

// skipReferences goes over the reference indices, three at most.
func skipReferences(payload []byte, at int) int {
	for range 3 {
		if at >= len(payload) || payload[at]&0x01 == 0 { // N: no more follow
			return at + 1
		}
		at++
	}
	return at
}

// readStructure reads the scalability structure (RFC 9628 section 4.2.1) and
// returns where it ends.
func (d *VP9) readStructure(payload []byte, at int) (int, bool) {
	if len(payload) <= at {
		return 0, false
	}
	header := payload[at]
	at++
	d.Layers = header>>5 + 1
	if header&0x10 != 0 { // Y: sizes
		if len(payload) < at+4*int(d.Layers) {
			return 0, false
		}
		for i := range d.Layers {
			d.Sizes[i] = Size{binary.BigEndian.Uint16(payload[at:]), binary.BigEndian.Uint16(payload[at+2:])}
			at += 4
		}
	}
	if header&0x08 == 0 { // G: no pictures of a group are described
		return at, true
	}
	if len(payload) <= at {
		return 0, false
	}
	pictures := int(payload[at])
	at++
	for range pictures {
		if len(payload) <= at {
			return 0, false
		}
		at += 1 + int(payload[at]>>2&0x03)
	}
	return at, true
}

// Frame says what the codec-independent code needs to know; top is the highest
// spatial layer of the stream.
func (d *VP9) Frame(top uint8) Frame {
	f := Plain(d.Keyframe())
	f.Begins, f.Ends = d.begins, d.ends
	f.Layer = NewTarget(d.spatial, d.temporal)
	f.In = f.Layer.from()
	if d.unused && d.spatial < top {
		f.In = f.Layer.atSpatial()
	}
	if d.up && d.begins {
		f.ClimbFrom, f.ClimbTo = f.Layer.Temporal(), MaxTemporal
	}
	return f
}
