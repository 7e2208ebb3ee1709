package bitstream

import (
	"encoding/binary"
	"slices"
)

// The dependency descriptor (AOM "RTP Payload Format for AV1", appendix A) is a
// header extension. It says of each frame which decode targets need it, by
// reference to a structure that comes with keyframes.
const (
	maxTemplates  = 64
	maxTargets    = 32
	MandatorySize = 3 // octets of a descriptor without extended fields
	// maxDescriptor is the longest that is read and forwarded. Structures of the
	// largest scalability modes take about a hundred octets.
	MaxDescriptor = 255
	// MaxRewritten is how much room RewriteDescriptor needs at most.
	MaxRewritten = MaxDescriptor + maxTargets/8 + 1
)

// Indications of what a frame is to a decode target.
const (
	dtiAbsent = iota
	dtiDiscardable
	dtiSwitch
	dtiRequired
)

// frameTemplate is what frames have in common.
type frameTemplate struct {
	layer Target
	dti   [maxTargets]uint8 // by decode target
	in    Targets
	up    Targets
}

// Structure is what the descriptors of a stream refer to. It is never
// changed, only replaced.
type Structure struct {
	offset    uint8 // of template ids
	templates []frameTemplate
	targets   []Target              // by decode target: the layers that make it up
	active    uint32                // decode targets that are being sent
	decodes   [Everything + 1]uint8 // the decode target for each of our targets
	Sizes     [MaxSpatial + 1]Size  // by spatial layer; zero if not told
}

// Descriptor is one packet's, read.
type Descriptor struct {
	Begins, Ends bool
	Number       uint16 // of the frame
	Layer        Target
	In, Up       Targets
	Mask         Mask
}

// Mask is where a descriptor says which decode targets are active,
// or would say it.
type Mask struct {
	at, targets int // in bits
	present     bool
}

// Read reads a descriptor by the structure of those before it, nil if there is
// none, and returns the one that holds from now on. It is false for one that
// cannot be understood.
func (s *Structure) Read(b []byte) (d Descriptor, now *Structure, ok bool) {
	if len(b) < MandatorySize || len(b) > MaxDescriptor {
		return d, s, false
	}
	r := bitReader{b: b}
	d.Begins, d.Ends = r.flag(), r.flag()
	id := uint8(r.bits(6))
	d.Number = uint16(r.bits(16))
	now, custom := s, false
	if len(b) > MandatorySize {
		structured, masked := r.flag(), r.flag()
		custom = r.flag()
		r.bits(2) // custom frame and chain differences
		if structured {
			now = readStructure(&r)
		}
		if now == nil {
			return d, s, false
		}
		d.Mask = Mask{at: r.at, targets: len(now.targets), present: masked}
		if masked {
			now = now.withActive(r.bits(len(now.targets)))
		}
	}
	if now == nil || r.short {
		return d, s, false
	}
	index := int(id+maxTemplates-now.offset) % maxTemplates
	if index >= len(now.templates) {
		return d, s, false
	}
	t := now.templates[index]
	if custom {
		for i := range now.targets {
			t.dti[i] = uint8(r.bits(2))
		}
		now.sum(&t)
	}
	d.Layer, d.In, d.Up = t.layer, t.in, t.up
	return d, now, !r.short
}

// withActive is the structure when only some decode targets are sent.
func (s *Structure) withActive(active uint32) *Structure {
	if active == s.active {
		return s
	}
	changed := *s
	changed.active, changed.templates = active, slices.Clone(s.templates)
	changed.resolve()
	return &changed
}

// readStructure reads template_dependency_structure; nil if there is none.
func readStructure(r *bitReader) *Structure {
	offset, count := uint8(r.bits(6)), int(r.bits(5))+1
	var layers []Target
	for spatial, temporal, next := uint8(0), uint8(0), uint32(0); next != 3; {
		if len(layers) == maxTemplates || spatial > MaxSpatial || r.short {
			return nil
		}
		layers = append(layers, NewTarget(spatial, temporal))
		switch next = r.bits(2); next {
		case 1:
			temporal++
		case 2:
			spatial, temporal = spatial+1, 0
		}
	}
	fresh := &Structure{
		offset: offset, active: uint32(1<<count - 1),
		templates: make([]frameTemplate, len(layers)), targets: make([]Target, count),
	}
	for i := range fresh.templates {
		t := &fresh.templates[i]
		t.layer = layers[i]
		for j := range fresh.targets {
			if t.dti[j] = uint8(r.bits(2)); t.dti[j] != dtiAbsent {
				fresh.targets[j] = NewTarget(
					max(fresh.targets[j].Spatial(), t.layer.Spatial()), max(fresh.targets[j].Temporal(), t.layer.Temporal()))
			}
		}
	}
	fresh.skipReferences(r)
	if r.flag() { // resolutions_present_flag
		for spatial := range layers[len(layers)-1].Spatial() + 1 {
			fresh.Sizes[spatial] = Size{uint16(r.bits(16) + 1), uint16(r.bits(16) + 1)}
		}
	}
	if r.short {
		return nil
	}
	fresh.resolve()
	return fresh
}

// skipReferences goes over template_fdiffs and template_chains: what they say
// is for decoders.
func (s *Structure) skipReferences(r *bitReader) {
	for range s.templates {
		for r.flag() && !r.short {
			r.bits(4)
		}
	}
	chains := r.nonSymmetric(uint32(len(s.targets) + 1))
	if chains == 0 {
		return
	}
	for range s.targets {
		r.nonSymmetric(chains)
	}
	for range s.templates {
		for range chains {
			r.bits(4)
		}
	}
}

// resolve finds the decode target that each of our targets means: of those that
// are active the largest that is not larger.
func (s *Structure) resolve() {
	for x := range Everything + 1 {
		best, found := 0, false
		for i, t := range s.targets {
			fits := s.active>>i&1 != 0 && t.Spatial() <= x.Spatial() && t.Temporal() <= x.Temporal()
			if fits && (!found || t > s.targets[best]) {
				best, found = i, true
			}
		}
		if !found {
			best = s.lowest()
		}
		s.decodes[x] = uint8(best)
	}
	for i := range s.templates {
		s.sum(&s.templates[i])
	}
}

// Top is the largest of the decode targets that are sent.
func (s *Structure) Top() Target {
	var highest Target
	for i, t := range s.targets {
		if s.active>>i&1 != 0 {
			highest = max(highest, t)
		}
	}
	return highest
}

// lowest is the smallest decode target.
func (s *Structure) lowest() int {
	best := 0
	for i, t := range s.targets {
		if t < s.targets[best] {
			best = i
		}
	}
	return best
}

// sum finds which of our targets a template's frames are for.
func (s *Structure) sum(t *frameTemplate) {
	t.in, t.up = 0, 0
	for x := range Everything + 1 {
		switch t.dti[s.decodes[x]] {
		case dtiSwitch:
			t.in, t.up = t.in.With(x), t.up.With(x)
		case dtiDiscardable, dtiRequired:
			t.in = t.in.With(x)
		}
	}
}

// ActiveFor is which decode targets a viewer of a target can decode.
func (s *Structure) ActiveFor(x Target) uint32 {
	var mask uint32
	for i, t := range s.targets {
		if s.active>>i&1 != 0 && t.Spatial() <= x.Spatial() && t.Temporal() <= x.Temporal() {
			mask |= 1 << i
		}
	}
	return mask
}

// RewriteDescriptor copies a descriptor for another frame number, and, if
// restrict is set, for these decode targets only. It returns the length, 0 if
// to is too short.
func RewriteDescriptor(to, from []byte, number uint16, m Mask, restrict bool, active uint32) int {
	if len(to) < len(from)+maxTargets/8 || len(from) < MandatorySize {
		return 0
	}
	n := copy(to, from)
	binary.BigEndian.PutUint16(to[1:], number)
	if !restrict || m.targets == 0 {
		return n
	}
	if m.present {
		putBits(to, m.at, m.targets, active)
		return n
	}
	const activePresent = 25 // the bit that says so, behind that of the structure
	clear(to[n:])
	shiftBits(to, m.at, 8*n, m.targets)
	putBits(to, activePresent, 1, 1)
	putBits(to, m.at, m.targets, active)
	return (8*n + m.targets + 7) / 8
}
