package media

import (
	"math/bits"
	"strconv"
)

// A scalable stream carries several layers in one RTP stream: spatial ones make
// the picture larger, temporal ones make it move more smoothly, and each needs
// those below. A target says up to which layers a viewer gets it.
type target uint8

const (
	temporalBits = 2
	maxTemporal  = 1<<temporalBits - 1
	maxSpatial   = 7
	// everything is the target of who takes the whole stream.
	everything target = maxSpatial<<temporalBits | maxTemporal
)

// targets is a set of them, a bit each.
type targets uint32

// allTargets is what a frame of a stream without layers belongs to.
const allTargets = ^targets(0)

func newTarget(spatial, temporal uint8) target {
	return target(min(spatial, maxSpatial)<<temporalBits | min(temporal, maxTemporal))
}

func (t target) spatial() uint8  { return uint8(t) >> temporalBits }
func (t target) temporal() uint8 { return uint8(t) & maxTemporal }

// upTo is the same target of a stream whose highest layers are those of top: who
// gets these gets whatever more there will be.
func (t target) upTo(top target) target {
	spatial, temporal := t.spatial(), t.temporal()
	if spatial == top.spatial() {
		spatial = maxSpatial
	}
	if temporal == top.temporal() {
		temporal = maxTemporal
	}
	return newTarget(spatial, temporal)
}

// String is the target as SVC's scalability modes count: "s1t2".
func (t target) String() string {
	return "s" + strconv.Itoa(int(t.spatial())) + "t" + strconv.Itoa(int(t.temporal()))
}

func (s targets) has(t target) bool { return s>>t&1 != 0 }

func (s targets) with(t target) targets { return s | 1<<t }

// top is the highest spatial and the highest temporal layer in the set.
func (s targets) top() target {
	if s == 0 {
		return 0
	}
	spatial := uint8(31-bits.LeadingZeros32(uint32(s))) >> temporalBits
	folded := s | s>>16
	folded |= folded >> 8
	folded |= folded >> 4
	temporal := uint8(31 - bits.LeadingZeros32(uint32(folded&0xf)))
	return newTarget(spatial, temporal)
}

// from is the set of targets that need a frame of a layer: those with as much
// of both kinds, or more.
func (t target) from() targets {
	const everySpatial = 0x11111111
	temporal := targets(0xf<<t.temporal()) & 0xf
	return temporal * everySpatial & (allTargets << (t.spatial() << temporalBits))
}

// atSpatial is the set of targets with the spatial layer of this one and its
// temporal layer or more.
func (t target) atSpatial() targets {
	return targets(0xf<<t.temporal()) & 0xf << (t.spatial() << temporalBits)
}
