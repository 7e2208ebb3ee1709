package media

import "callsvc/media/bitstream"

// understand reads what a packet says of its frame. l.mu is held.
func (l *layer) understand(p *packet) {
	switch p.codec.format {
	case formatVP8:
		l.understandVP8(p)
	case formatVP9:
		l.understandVP9(p)
	case formatAV1:
		l.understandAV1(p)
	case formatH264:
		p.Frame = bitstream.Plain(bitstream.H264Keyframe(p.payload))
		if size, ok := bitstream.H264Size(p.payload); p.Keyframe && ok {
			l.resized(size)
		}
	default:
		p.Frame = bitstream.Plain(false)
	}
	if p.hasRotation {
		l.upright = p.rotation&1 != 0
	}
}

// beginsPicture reports whether a decoder can begin with a payload. What is in a
// format we do not read might be anything.
func (c *codecs) beginsPicture(payloadType uint8, payload []byte) bool {
	codec := c[payloadType&0x7f]
	if codec == nil {
		return false
	}
	switch codec.format {
	case formatVP8:
		d, ok := bitstream.ParseVP8(payload)
		return ok && d.Frame().Keyframe
	case formatVP9:
		d, ok := bitstream.ParseVP9(payload)
		return ok && d.Frame(0).Keyframe
	case formatAV1:
		return bitstream.AV1Keyframe(payload)
	case formatH264:
		return bitstream.H264Keyframe(payload)
	}
	return true
}

// resized notes the picture size of a stream with one spatial layer.
func (l *layer) resized(size bitstream.Size) {
	l.sizes, l.top = [bitstream.MaxSpatial + 1]bitstream.Size{size}, 0
}

func (l *layer) understandVP8(p *packet) {
	d, ok := bitstream.ParseVP8(p.payload)
	if !ok {
		p.Frame = bitstream.Plain(false)
		return
	}
	p.Frame, p.counters = d.Frame(), d.Counters
	if !p.Keyframe {
		return
	}
	if size, ok := bitstream.VP8Size(p.payload[d.Size:]); ok {
		l.resized(size)
	}
}

func (l *layer) understandVP9(p *packet) {
	d, ok := bitstream.ParseVP9(p.payload)
	if !ok {
		p.Frame = bitstream.Plain(false)
		return
	}
	if d.Layers > 0 {
		l.top = d.Layers - 1
		if d.Sizes[0].Height > 0 {
			l.sizes = d.Sizes
		}
	}
	p.Frame, p.counters = d.Frame(l.top), d.Counters
	l.nested(p)
}

func (l *layer) understandAV1(p *packet) {
	p.Frame = bitstream.Plain(bitstream.AV1Keyframe(p.payload))
	if len(p.descriptor) == 0 {
		return
	}
	d, structure, ok := l.deps.Read(p.descriptor)
	if !ok {
		p.descriptor = p.descriptor[:0]
		return
	}
	if structure != l.deps {
		l.deps, l.top = structure, structure.Top().Spatial()
		if structure.Sizes[0].Height > 0 {
			l.sizes = structure.Sizes
		}
		p.structure = structure
	}
	p.Begins, p.Ends, p.Layer, p.In = d.Begins, d.Ends, d.Layer, d.In
	p.frameNumber, p.mask = d.Number, d.Mask
	if !p.Keyframe {
		p.Up = d.Up
	}
	l.nested(p)
}

// nested notes whether lower spatial layers are part of higher ones.
func (l *layer) nested(p *packet) {
	switch {
	case p.Alone():
		l.unnested.Store(true)
	case p.Keyframe:
		l.unnested.Store(false)
	}
}
