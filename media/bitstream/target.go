package bitstream

import (
	"math/bits"
	"strconv"
)

// Target says up to which layers a viewer gets a scalable stream, which carries
// several in one RTP stream: spatial ones make the picture larger, temporal ones
// make it move more smoothly, and each needs those below.
type Target uint8

const (
	temporalBits = 2
	MaxTemporal  = 1<<temporalBits - 1
	MaxSpatial   = 7
	// Everything is the target of who takes the whole stream.
	Everything Target = MaxSpatial<<temporalBits | MaxTemporal
)

// Targets is a set of them, a bit each.
type Targets uint32

// allTargets is what a frame of a stream without layers belongs to.
const allTargets = ^Targets(0)

// NewTarget is the target up to a spatial and a temporal layer; of higher ones
// than there can be it is the highest.
func NewTarget(spatial, temporal uint8) Target {
	return Target(min(spatial, MaxSpatial)<<temporalBits | min(temporal, MaxTemporal))
}

// Spatial is the highest spatial layer, 0 the smallest picture.
func (t Target) Spatial() uint8 { return uint8(t) >> temporalBits }

// Temporal is the highest temporal layer, 0 the fewest pictures.
func (t Target) Temporal() uint8 { return uint8(t) & MaxTemporal }

// UpTo is the same target of a stream whose highest layers are those of top: who
// gets these gets whatever more there will be.
func (t Target) UpTo(top Target) Target {
	spatial, temporal := t.Spatial(), t.Temporal()
	if spatial == top.Spatial() {
		spatial = MaxSpatial
	}
	if temporal == top.Temporal() {
		temporal = MaxTemporal
	}
	return NewTarget(spatial, temporal)
}

// String is the target as SVC's scalability modes count: "s1t2".
func (t Target) String() string {
	return "s" + strconv.Itoa(int(t.Spatial())) + "t" + strconv.Itoa(int(t.Temporal()))
}

// Has reports whether a target is in the set.
func (s Targets) Has(t Target) bool { return s>>t&1 != 0 }

// With is the set and one more.
func (s Targets) With(t Target) Targets { return s | 1<<t }

// Top is the highest spatial and the highest temporal layer in the set.
func (s Targets) Top() Target {
	if s == 0 {
		return 0
	}
	spatial := uint8(31-bits.LeadingZeros32(uint32(s))) >> temporalBits
	folded := s | s>>16
	folded |= folded >> 8
	folded |= folded >> 4
	temporal := uint8(31 - bits.LeadingZeros32(uint32(folded&0xf)))
	return NewTarget(spatial, temporal)
}

// from is the set of targets that need a frame of a layer: those with as much
// of both kinds, or more.
func (t Target) from() Targets {
	const everySpatial = 0x11111111
	temporal := Targets(0xf<<t.Temporal()) & 0xf
	return temporal * everySpatial & (allTargets << (t.Spatial() << temporalBits))
}

// atSpatial is the set of targets with the spatial layer of this one and its
// temporal layer or more.
func (t Target) atSpatial() Targets {
	return Targets(0xf<<t.Temporal()) & 0xf << (t.Spatial() << temporalBits)
}
