package media

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
		p.frame = plainFrame(h264Keyframe(p.payload))
		if size, ok := h264Size(p.payload); p.keyframe && ok {
			l.resized(size)
		}
	default:
		p.frame = plainFrame(false)
	}
	if p.hasRotation {
		l.upright = p.rotation&1 != 0
	}
}

// resized notes the picture size of a stream with one spatial layer.
func (l *layer) resized(size frameSize) {
	l.sizes, l.top = [maxSpatial + 1]frameSize{size}, 0
}

func (l *layer) understandVP8(p *packet) {
	d, ok := parseVP8(p.payload)
	if !ok {
		p.frame = plainFrame(false)
		return
	}
	p.frame, p.counters = d.frame(), d.frameCounters
	if !p.keyframe {
		return
	}
	if size, ok := vp8Size(p.payload[d.size:]); ok {
		l.resized(size)
	}
}

func (l *layer) understandVP9(p *packet) {
	d, ok := parseVP9(p.payload)
	if !ok {
		p.frame = plainFrame(false)
		return
	}
	if d.layers > 0 {
		l.top = d.layers - 1
		if d.sizes[0].height > 0 {
			l.sizes = d.sizes
		}
	}
	p.frame, p.counters = d.frame(l.top), d.frameCounters
	l.nested(p)
}

func (l *layer) understandAV1(p *packet) {
	p.frame = plainFrame(av1Keyframe(p.payload))
	if len(p.descriptor) == 0 {
		return
	}
	d, structure, ok := l.deps.read(p.descriptor)
	if !ok {
		p.descriptor = p.descriptor[:0]
		return
	}
	if structure != l.deps {
		l.deps, l.top = structure, structure.top().spatial()
		if structure.sizes[0].height > 0 {
			l.sizes = structure.sizes
		}
		p.structure = structure
	}
	p.begins, p.ends, p.layer, p.in = d.begins, d.ends, d.layer, d.in
	p.frameNumber, p.mask = d.number, d.mask
	if !p.keyframe {
		p.up = d.up
	}
	l.nested(p)
}

// nested notes whether lower spatial layers are part of higher ones.
func (l *layer) nested(p *packet) {
	switch {
	case p.alone():
		l.unnested.Store(true)
	case p.keyframe:
		l.unnested.Store(false)
	}
}
